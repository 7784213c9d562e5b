package desk_test

import (
	"net/url"
	"testing"
)

// A person who asks for it at the desk is erased: only by who may answer her,
// and only when the word was typed.
func TestErasingAPerson(t *testing.T) {
	s := serve(t, false, spelled)
	ref := s.say(t, caller, jama, "eau", "ji tɛ an fɛ")
	other := s.say(t, caller, jama, "ecole", "le toit")
	s.visit(t, "fanta").Get("/textes/"+ref).Hides("Effacer cette personne").Post("/textes/"+ref+"/effacer", url.Values{"mot": {"EFFACER"}}).Is(403)
	v := s.visit(t, "moussa").Get("/textes/" + ref).Is(200).Shows("Effacer cette personne")
	v.Post("/textes/"+ref+"/effacer", url.Values{"mot": {"oui"}}).Is(422).Shows("Rien n&#39;a été effacé", "ji tɛ an fɛ")
	v.Post("/textes/"+ref+"/effacer", url.Values{"mot": {" effacer "}}).Is(200).Shows("Ses votes restent comptés", "Effacé à la demande").Hides("ji tɛ an fɛ", "Effacer cette personne")
	v.Get("/textes/" + other).Shows("Effacé à la demande").Hides("le toit")
	v.Post("/textes/"+ref+"/effacer", url.Values{"mot": {"EFFACER"}}).Is(422).Shows("a fait effacer ce texte")
	s.visit(t, "awa").Get("/journal").Shows("a effacé une personne à sa demande", ref).Hides(caller[4:])
}
