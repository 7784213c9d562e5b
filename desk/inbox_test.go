package desk_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk"
	"github.com/jamakan/jamakan/gsm"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/outbox"
)

// spelled writes answers as a channel of simple phones does.
func spelled(c *desk.Config) {
	c.Spell = func(o store.Opinion, a store.Answer) ([]store.Letter, error) {
		speller := gsm.NewSpeller(gsm.GSM7, nil)
		text := speller.Spell("Mairie, " + o.Reference + string(a.Verdict) + ": " + a.Text)
		alphabet, units, segments := gsm.Count(text)
		return []store.Letter{{Provider: "p", Purpose: outbox.Reply, Text: text, Alphabet: alphabet.String(), Units: units, Segments: segments}}, nil
	}
}

// say gives an opinion, and returns its reference.
func (s *stage) say(t *testing.T, number, commune, topic, words string) string {
	t.Helper()
	p, err := s.Book.Person(context.Background(), number)
	if err != nil {
		t.Fatal(err)
	}
	s.said++
	out, err := s.Book.Commit(context.Background(), store.Deed{
		ID: store.ID{1, byte(s.said >> 8), byte(s.said)}, Person: p, Channel: civic.ChannelSMS,
		Act: civic.Act{Deed: civic.GiveFeedback, Citizen: civic.Citizen{Lang: "bm", Commune: civic.Code(commune)}, Topic: topic, Text: words},
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.Code
}

// sent are the messages that wait to be handed over, opened.
func (s *stage) sent(t *testing.T) (numbers, bodies []string) {
	t.Helper()
	if err := s.Book.Letters(context.Background(), func(m outbox.Message) bool {
		to, text, err := s.Book.OpenLetter(m)
		if err != nil {
			t.Fatal(err)
		}
		numbers, bodies = append(numbers, to), append(bodies, text)
		return true
	}); err != nil {
		t.Fatal(err)
	}
	return numbers, bodies
}

const (
	caller = "+22376000001"
	jama   = "01019901" // moussa's commune
	benka  = "01019902"
)

func field(t *testing.T, page, name string) string {
	t.Helper()
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("no field %s in %s", name, page)
	}
	return m[1]
}

func TestInboxList(t *testing.T) {
	s := serve(t, false, spelled)
	water := s.say(t, caller, jama, "eau", "La pompe est <b>cassée</b>")
	other := s.say(t, caller, benka, "ecole", "école sans maître")
	rumour := s.say(t, caller, jama, "rumeur", "on dit que le maire part")
	moussa := s.visit(t, "moussa").Get("/textes").Is(200)
	moussa.Shows(water, rumour, "cassée", "&lt;b&gt;", "2 textes attendent", "Jamadugu").Hides(other, "<b>cass", caller[4:])
	s.visit(t, "awa").Get("/textes").Shows(water, other, rumour, "3 textes attendent")
	s.visit(t, "fanta").Get("/textes").Shows(water, other).Hides("reponses-pretes")
	for query, want := range map[string][2]string{
		"texte=CASSEE": {water, rumour}, "genre=rumeur": {rumour, water}, "sujet=eau": {water, rumour}, "texte=" + rumour: {rumour, water},
		"statut=tous": {water, other}, "avant=" + rumour: {water, rumour},
	} {
		moussa.Get("/textes?" + query).Is(200).Shows(`href="/textes/` + want[0] + `"><bdi>`).Hides(`href="/textes/` + want[1] + `"><bdi>`)
	}
	moussa.Get("/textes?statut=repondu").Shows("Aucun texte")
	moussa.Get("/textes?texte=moulin&commune=%00&sujet='%22%3E%3Cscript%3E&avant=%F0&genre=x").Is(200).Hides("'\"><script>")
	for i := range 70 {
		s.say(t, caller, jama, "eau", fmt.Sprintf("avis %03d", i))
	}
	seen := 0
	for v, n := moussa.Get("/textes?statut=tous"), 0; n < 9; n++ {
		seen += strings.Count(v.Page, `<li class="recu">`)
		m := regexp.MustCompile(`href="(/textes\?[^"]*avant=[^"]*)"`).FindStringSubmatch(v.Page)
		if m == nil {
			break
		}
		v.Get(strings.ReplaceAll(m[1], "&amp;", "&"))
	}
	if seen != 72 {
		t.Errorf("%d texts over the pages, want 72", seen)
	}
}

func TestAText(t *testing.T) {
	s := serve(t, false, spelled)
	ref := s.say(t, caller, jama, "eau", "ji tɛ an fɛ")
	s.visit(t, "fanta").Get("/textes/"+ref).Is(200).Shows("ji tɛ an fɛ", "pas encore lu, reçu").Hides("<textarea", "76 ••", "Voir le numéro", "inbox.js")
	v := s.visit(t, "moussa").Get("/textes/" + strings.ToLower(ref)).Is(200)
	v.Shows("lu, à répondre", "76 •• •• 01", "Bamanankan", `value="bm" selected`, "Lu, on en parlera", "a lu").Hides(caller[4:])
	v.Post("/textes/"+ref+"/classer", url.Values{"genre": {"plainte"}, "projet": {"EAU-01"}, "etiquettes": {" pompe,urgent , "}, "pour": {"moussa"}}).Is(200)
	v.Shows("C&#39;est enregistré", "pompe, urgent", `value="plainte" selected`, `value="EAU-01" selected`, `value="moussa" selected`)
	v.Post("/textes/"+ref+"/classer", url.Values{"genre": {"plainte"}, "projet": {"EAU-01"}, "etiquettes": {"pompe,urgent"}, "pour": {"fanta"}}).Is(422).Shows("ne répond pas pour cette commune")
	v.Post("/textes/"+ref+"/classer", url.Values{"genre": {"<script>"}, "etiquettes": {"pompe"}}).Is(422).Shows("pas dans la liste")
	v.Post("/textes/"+ref+"/resume", url.Values{"resume": {"appelez le 76 00 00 01"}}).Is(422).Shows("numéro de téléphone", "appelez le")
	v.Post("/textes/"+ref+"/resume", url.Values{"resume": {"Une pompe en panne"}}).Is(200).Shows("Une pompe en panne")
	v.Post("/textes/"+ref+"/numero", url.Values{}).Is(200).Shows("223 76 00 00 01", "noté dans le journal", "a regardé le numéro")
	v.Get("/textes/"+ref).Hides("76 00 00 01", caller[4:])
	v.Post("/textes/"+ref+"/clore", url.Values{"motif": {"x"}}).Is(422)
	v.Post("/textes/"+ref+"/clore", url.Values{"motif": {"doublon"}}).Is(200).Shows("Le texte est clos", "doublon")
	v.Get("/textes?miens=1&statut=tous&etiquette=pompe").Shows(ref, "clos")
	s.visit(t, "awa").Get("/journal").Shows("a regardé le numéro", "a clos").Hides("pompe en panne", "ji tɛ")
}

func TestAnswering(t *testing.T) {
	s := serve(t, false, spelled)
	ref := s.say(t, caller, jama, "eau", "ji tɛ an fɛ")
	v := s.visit(t, "moussa").Get("/textes/" + ref)
	form := url.Values{"form": {field(t, v.Page, "form")}, "langue": {"bm"}, "pret": {"Lu, on en parlera"}, "faire": {"inserer"}}
	v.Post("/textes/"+ref+"/reponse", form).Is(200).Shows("An y&#39;i ka bataki lajɛ", `class="sms">Mairie, `+ref+": An y&#39;i ka bataki lajè", "1 SMS", "signes")
	send := url.Values{"form": form["form"], "langue": {"bm"}, "texte": {"An bɛna na sini."}, "faire": {"envoyer"}, "vu": {field(t, v.Page, "vu")}}
	v.Post("/textes/"+ref+"/reponse", send).Is(422).Shows("Le texte a changé", "An bèna na sini.")
	if _, bodies := s.sent(t); len(bodies) > 0 {
		t.Fatalf("sent what nobody had seen: %q", bodies)
	}
	send.Set("vu", field(t, v.Page, "vu"))
	page := v.Page
	for range 3 {
		v.Post("/textes/"+ref+"/reponse", send).Is(200).Shows("La réponse est enregistrée", "An bɛna na sini.", "SMS en attente", "répondu")
	}
	numbers, bodies := s.sent(t)
	if len(bodies) != 1 || numbers[0] != caller || bodies[0] != "Mairie, "+ref+": An bèna na sini." || !strings.Contains(page, bodies[0]) {
		t.Errorf("%q to %q; what was shown differs", bodies, numbers)
	}
	v.Get("/textes/" + ref)
	long := url.Values{"form": {field(t, v.Page, "form")}, "langue": {"fr"}, "texte": {strings.Repeat("é ", 100)}, "faire": {"compter"}}
	v.Post("/textes/"+ref+"/reponse", long).Is(200).Shows("2 SMS", "Coûte 2 SMS")
	long.Set("texte", strings.Repeat("字", 300))
	v.Post("/textes/"+ref+"/reponse", long).Is(422).Shows("Trop long")
	long.Set("texte", " ")
	v.Post("/textes/"+ref+"/reponse", long).Is(422).Shows("Trop court")
}

func TestAnsweringARumour(t *testing.T) {
	s := serve(t, false, spelled)
	ref := s.say(t, caller, jama, "rumeur", "le maire part")
	v := s.visit(t, "moussa").Get("/textes/"+ref).Shows("C&#39;est faux", "VRAI")
	form := url.Values{"form": {field(t, v.Page, "form")}, "langue": {"fr"}, "texte": {"il reste"}, "faire": {"compter"}}
	v.Post("/textes/"+ref+"/reponse", form).Is(422).Shows("Choisissez ce qu&#39;il en est")
	form.Set("verdict", "en_cours")
	v.Post("/textes/"+ref+"/reponse", form).Is(200).Shows("On vérifie encore. Ne le dites")
	form.Set("faire", "envoyer")
	form.Set("vu", field(t, v.Page, "vu"))
	v.Post("/textes/"+ref+"/reponse", form).Is(200).Shows("lu, à répondre")
}

// Rights are looked at by the server, whatever the page showed.
func TestInboxRights(t *testing.T) {
	s := serve(t, false, spelled)
	mine, other := s.say(t, caller, jama, "eau", "ici"), s.say(t, caller, benka, "eau", "ailleurs")
	acts := map[string]url.Values{
		"classer": {"genre": {"plainte"}}, "resume": {"resume": {"x"}}, "clore": {"motif": {"doublon"}}, "numero": {},
		"reponse": {"texte": {"x"}, "faire": {"envoyer"}, "form": {"f"}},
	}
	fanta, moussa, nobody := s.visit(t, "fanta"), s.visit(t, "moussa"), s.visit(t, "")
	moussa.Get("/textes/" + other).Is(403).Hides("ailleurs")
	moussa.Get("/textes/" + other + "/entier").Is(403).Hides("ailleurs")
	for act, form := range acts {
		fanta.Get("/textes").Post("/textes/"+mine+"/"+act, clone(form)).Is(403).Hides(caller[4:])
		moussa.Get("/textes/"+mine).Post("/textes/"+other+"/"+act, clone(form)).Is(403).Hides(caller[4:])
		bare := clone(form)
		bare.Set("csrf", "")
		moussa.Get("/textes/"+mine).Post("/textes/"+mine+"/"+act, bare).Is(403).Shows("trop vieux")
		if nobody.Post("/textes/"+mine+"/"+act, clone(form)); nobody.URL.Path != "/login" {
			t.Errorf("nobody is at %s", nobody.URL)
		}
	}
	for _, path := range []string{"/textes/K7P4XY", "/textes/..%2f..%2fetc", "/textes/%00", "/textes/%FF%FE/entier"} {
		moussa.Get(path).Is(404)
	}
	for _, ref := range []string{mine, other} {
		o, err := s.Book.Text(context.Background(), ref)
		if err != nil || o.Kind != civic.OpinionKind || o.Status == civic.Replied || len(o.Replies) > 0 {
			t.Errorf("%+v %v", o, err)
		}
	}
	if _, bodies := s.sent(t); len(bodies) > 0 {
		t.Errorf("sent %q", bodies)
	}
	s.visit(t, "awa").Get("/journal").Shows("page refusée")
}

func clone(form url.Values) url.Values {
	out := url.Values{}
	for k, v := range form {
		out[k] = v
	}
	return out
}

// What phones may send is text on the page, whatever it is.
func TestHostileTexts(t *testing.T) {
	s := serve(t, false, spelled)
	v := s.visit(t, "moussa")
	for name, tc := range map[string]struct{ text, want, never string }{
		"html":     {"<script>alert(1)</script><img src=x onerror=alert(2)>", "&lt;script&gt;alert(1)", "<script>alert"},
		"quotes":   {`"><svg onload=alert(1)>'`, "&lt;svg", "<svg onload"},
		"formula":  {"=HYPERLINK(\"http://x\")", "=HYPERLINK", "href=\"http://x"},
		"template": {"{{.Me}} {{csrf .}}", "{{.Me}} {{csrf .}}", "Moussa Bala {{"},
		"bidi":     {"ab\u202ecd\u2066ef", "ab‹202E›cd‹2066›ef", "\u202e"},
		"NUL":      {"a\x00b\x1b[31mc", "a‹0000›b‹001B›[31mc", "\x00"},
		"bytes":    {"caf\xe9 \xff\xfe", "caf‹E9› ‹FF›‹FE›", string([]byte{0xff})},
		"marks":    {"z" + strings.Repeat("\u0353", 500), "z", "\x00"},
		"long":     {strings.Repeat("<&\"'", 4<<10), "Lire le texte entier", "<&\"'"},
	} {
		ref := s.say(t, caller, jama, "eau", tc.text)
		v.Get("/textes/" + ref).Is(200).Shows(tc.want).Hides(tc.never)
		v.Get("/textes?texte=" + ref + "&statut=tous").Is(200).Shows(ref).Hides(tc.never)
		v.Get("/textes/" + ref + "/entier").Is(200)
		if got := v.Header.Get("Content-Type"); got != "text/plain; charset=utf-8" || v.Header.Get("X-Content-Type-Options") != "nosniff" || strings.ContainsAny(v.Page, "\x00\u202e") || !utf8.ValidString(v.Page) {
			t.Errorf("%s: whole text as %s", name, got)
		}
	}
	ref := s.say(t, caller, jama, "eau", "x")
	v.Get("/textes/" + ref)
	v.Post("/textes/"+ref+"/reponse", url.Values{"form": {field(t, v.Page, "form")}, "langue": {"zz"}, "pret": {"<b>"}, "texte": {"<script>alert(1)</script>\x00\u202e\xff"}, "faire": {"compter"}}).
		Is(200).Shows("&lt;script&gt;").Hides("<script>alert", "\u202e", "\xff")
	huge := url.Values{"form": {"f"}, "texte": {strings.Repeat("x", 70<<10)}, "csrf": {field(t, v.Page, "csrf")}}
	if v.Post("/textes/"+ref+"/reponse", huge); v.Status != http.StatusRequestEntityTooLarge && v.Status != http.StatusForbidden {
		t.Errorf("a form of 70 KB: %d", v.Status)
	}
}

func TestReadyAnswerPages(t *testing.T) {
	s := serve(t, false, spelled)
	s.visit(t, "fanta").Get("/textes/reponses-pretes").Is(403)
	v := s.visit(t, "moussa").Get("/textes/reponses-pretes").Is(200).Shows("Lu, on en parlera", "sɛgɛsɛgɛ", "doit encore être relu").Hides("Retirer")
	v.Post("/textes/reponses-pretes", url.Values{"nom": {"Pompe"}, "genre": {"plainte"}, "texte_fr": {"On répare <b>demain</b>."}}).Is(200)
	v.Shows("Pompe", "&lt;b&gt;demain", "Lu, on en parlera", "Retirer")
	v.Post("/textes/reponses-pretes", url.Values{"nom": {"76000001"}, "texte_fr": {"x"}}).Is(422).Shows("Donnez un nom")
	v.Get("/textes/reponses-pretes?changer=Pompe").Shows(`value="plainte" selected`)
	v.Post("/textes/reponses-pretes/retirer", url.Values{"nom": {"Pompe"}}).Is(200).Hides("<b>demain")
	if all, err := s.Book.ReadyAnswers(context.Background()); err != nil || len(all) != 4 {
		t.Errorf("%+v %v", all, err)
	}
}

// Without an SMS channel nobody is answered, and the page says so.
func TestInboxWithoutAChannel(t *testing.T) {
	s := serve(t, false)
	ref := s.say(t, caller, jama, "eau", "x")
	v := s.visit(t, "moussa").Get("/textes/" + ref).Is(200).Shows("Aucun opérateur SMS")
	v.Post("/textes/"+ref+"/reponse", url.Values{"texte": {"x"}, "form": {"f"}, "faire": {"envoyer"}}).Is(422)
}
