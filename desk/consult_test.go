package desk_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk"
	"github.com/jamakan/jamakan/gsm"
	"github.com/jamakan/jamakan/locales"
	"github.com/jamakan/jamakan/ussd/menu"
)

// phones rehearse with the real menu.
type phones struct{ t *testing.T }

func (p phones) menu() *menu.Menu {
	catalog, err := locales.Embedded()
	if err != nil {
		p.t.Fatal(err)
	}
	m, err := menu.New(menu.Config{Catalog: catalog, Profile: gsm.GSM7, Limit: gsm.DefaultLimit, DefaultLang: "fr", Ussd: "*384*55#", ShortCode: "36055"})
	if err != nil {
		p.t.Fatal(err)
	}
	return m
}

func (p phones) Languages() []string { return p.menu().Languages() }

func (p phones) Preview(plan civic.Plan, consultation, lang string, commune civic.Code) ([]desk.Screen, error) {
	territory, err := civic.Kayes().With(plan.Places)
	if err != nil {
		return nil, err
	}
	var all []desk.Screen
	at := plan.Consultation(consultation).Opens.Add(time.Hour)
	for _, s := range p.menu().Preview(menu.Source{Plans: []civic.Plan{plan}, Territory: territory}, consultation, lang, commune, at) {
		all = append(all, desk.Screen{Keys: s.Keys, Text: s.Text, Units: s.Units, Limit: s.Limit, Alphabet: s.Alphabet.String(), End: s.End})
	}
	return all, nil
}

func withPhones(t *testing.T) func(*desk.Config) {
	return func(c *desk.Config) { c.Screens = phones{t} }
}

func draft() url.Values {
	return url.Values{
		"plan": {"JAM-2026-2030"}, "question_fr": {"Que faire d'abord & vite ?"}, "question_bm": {"Mun ka kan ka kɛ fɔlɔ?"},
		"place_EAU-01": {"2"}, "place_EDU-01": {"1"}, "place_SAN-01": {"3"}, "commune": {"01019901"}, "visibility": {"participation_only"},
		"opens": {"2026-12-01"}, "closes": {"2026-12-20"},
	}
}

func TestAConsultationFromDraftToAnnulment(t *testing.T) {
	s := serve(t, true, withPhones(t))
	v := s.visit(t, "moussa").Get("/consultations/nouvelle").Is(http.StatusOK)
	bad := draft()
	bad.Set("place_EDU-01", "x")
	bad.Set("question_fr", "Que faire d'abord & <b>vite</b> ?")
	bad.Set("question_bm", "")
	bad.Set("closes", "1826-12-20")
	bad.Del("commune")
	v.Post("/consultations", bad).Is(http.StatusUnprocessableEntity).Shows("n&#39;est pas un numéro", "Écrivez un texte", "de ce siècle", "une commune au moins", "formule de tableur", "Que faire d")
	v.Post("/consultations", draft()).Is(http.StatusOK).Shows("brouillon est gardé", "Dès l&#39;ouverture", "Que faire d&#39;abord &amp; vite ?")
	path := v.URL.Path
	code := path[strings.LastIndex(path, "/")+1:]
	x, _ := s.Book.Content().Consultation(code)
	if !x.Draft || len(x.Options) != 3 || x.Options[0].Project != "EDU-01" || x.Options[2].Number != 3 {
		t.Fatalf("%+v", x)
	}
	for lang, word := range map[string]string{"fr": "ole de Sabali", "bm": "Sabali lakòli"} {
		v.Get(path+"/ecrans?langue="+lang).Is(http.StatusOK).Shows(word, "sur 160", "K7P4XY").Hides("trop long")
	}
	v.Get(path).Post(path+"/ouvrir", url.Values{"when": {"now"}}).Is(http.StatusUnprocessableEntity).Shows("Regardez d")
	v.Post(path+"/ouvrir", url.Values{"when": {"now"}, "seen": {"1"}}).Is(http.StatusOK).Shows("ouverte")
	if x, _ = s.Book.Content().Consultation(code); x.State(s.Clock.Now()) != civic.Open {
		t.Fatal("it is not open")
	}
	v.Get(path + "/modifier").Is(http.StatusNotFound) // frozen
	v.Get(path).Post(path+"/prolonger", url.Values{"closes": {"2026-12-10"}, "reason": {"Pluie"}}).Is(http.StatusUnprocessableEntity).Shows("que reculer")
	v.Post(path+"/prolonger", url.Values{"closes": {"2026-12-27"}, "reason": {"Pluie"}}).Is(http.StatusOK).Shows("27/12/2026", "Pluie")
	v.Post(path+"/annuler", url.Values{"reason_fr": {"Erreur"}, "reason_bm": {"Fili"}, "confirm": {"oui"}}).Is(http.StatusUnprocessableEntity)
	v.Post(path+"/annuler", url.Values{"reason_fr": {"Erreur"}, "reason_bm": {"Fili"}, "confirm": {code}}).Is(http.StatusOK).Shows("annulée", "Erreur")
	s.visit(t, "awa").Get("/journal").Shows("consultation ouverte", "fermeture reculée", "consultation annulée", code)
}

func TestOnlyWhoAnswersForAllOfItChangesAConsultation(t *testing.T) {
	s := serve(t, true, withPhones(t))
	path := "/consultations/JAM-2026-1" // of three communes; moussa has one
	v := s.visit(t, "moussa").Get(path).Is(http.StatusOK).Hides("Annuler la consultation")
	v.Get("/compte")
	v.Post(path+"/annuler", url.Values{"reason_fr": {"x"}, "reason_bm": {"x"}, "confirm": {"JAM-2026-1"}}).Is(http.StatusForbidden)
	fanta := s.visit(t, "fanta").Get("/compte")
	for _, to := range []string{path + "/annuler", path + "/ouvrir", path + "/prolonger", "/consultations"} {
		fanta.Post(to, draft()).Is(http.StatusForbidden).Shows("pas pour votre rôle")
		fanta.Get("/compte")
	}
	if x, _ := s.Book.Content().Consultation("JAM-2026-1"); x.Annulled != nil {
		t.Error("it was annulled")
	}
}

func TestAProjectsProgress(t *testing.T) {
	s := serve(t, true)
	v := s.visit(t, "awa").Get("/projets?statut=en_panne").Is(http.StatusOK).Shows("Pompe du CSCOM").Hides("Puits de Benkadi")
	path := "/projets/JAM-2026-2030/SAN-00"
	v.Get(path).Is(http.StatusOK)
	for _, bad := range []url.Values{
		{"status": {"fini"}, "on": {"2026-11-20"}},
		{"status": {"acheve"}, "on": {"2027-01-01"}},
		{"status": {"acheve"}, "on": {"0026-11-20"}},
		{"status": {"acheve"}, "on": {"2026-11-20"}, "note": {strings.Repeat("x", 201)}},
	} {
		v.Post(path, bad).Is(http.StatusUnprocessableEntity).Shows(`class="fault"`)
	}
	for range 2 { // sent twice, noted once
		v.Post(path, url.Values{"status": {"acheve"}, "on": {"2026-11-20"}, "note": {"Réparée <ici>"}, "proof": {"PV n° 12"}}).Is(http.StatusOK).Shows("Réparée &lt;ici&gt;", "PV n° 12")
	}
	w := s.Book.Content().Plans[0].Project("SAN-00")
	if w.Status != civic.Done || len(w.History) != 1 || w.History[0].Proof != "PV n° 12" {
		t.Errorf("%+v", w)
	}
	s.visit(t, "fanta").Get(path).Is(http.StatusOK).Hides("Noter un changement").Post(path, url.Values{"status": {"abandonne"}, "on": {"2026-11-20"}}).Is(http.StatusForbidden)
	s.visit(t, "moussa").Get(path).Hides("Noter un changement") // it concerns communes that are not his
}

// A person opens a consultation in a real browser, from the form to the phones.
func TestOpeningAConsultationInABrowser(t *testing.T) {
	ctx, s := browser(t), serve(t, true, withPhones(t))
	said := complaints(t, ctx)
	logIn(t, ctx, s, "awa")
	do(t, ctx, chromedp.Navigate(s.URL+"/consultations"))
	look(t, ctx, "consultations")
	do(t, ctx,
		chromedp.Navigate(s.URL+"/consultations/nouvelle"),
		chromedp.SendKeys(chromedp.CSS(`input[name=question_fr]`), "Quel projet en premier ?"),
		chromedp.SendKeys(chromedp.CSS(`input[name=question_bm]`), "Baara jumɛn fɔlɔ?"),
		chromedp.SendKeys(chromedp.CSS(`input[name="place_EAU-01"]`), "1"),
		chromedp.SendKeys(chromedp.CSS(`input[name="place_EDU-01"]`), "2"),
	)
	look(t, ctx, "consultform")
	do(t, ctx, chromedp.Click(chromedp.CSS(`main form.form .button`)), chromedp.WaitVisible(chromedp.CSS(`.done`)))
	look(t, ctx, "consultdraft")
	do(t, ctx, chromedp.Click(chromedp.CSS(`a[href$="/ecrans"]`)), chromedp.WaitVisible(chromedp.CSS(`.lcds`)))
	look(t, ctx, "screens")
	do(t, ctx,
		chromedp.Navigate(s.URL+"/consultations/JAM-2026-2030-C1"),
		chromedp.Click(chromedp.CSS(`input[name=seen]`)), chromedp.Click(chromedp.CSS(`form[action$="/ouvrir"] .button`)), chromedp.WaitVisible(chromedp.CSS(`.done`)),
	)
	if x, _ := s.Book.Content().Consultation("JAM-2026-2030-C1"); x == nil || x.State(s.Clock.Now()) != civic.Open {
		t.Error("it is not open")
	}
	look(t, ctx, "consultopen")
	do(t, ctx, chromedp.Navigate(s.URL+"/projets"))
	look(t, ctx, "works")
	do(t, ctx, chromedp.Navigate(s.URL+"/projets/JAM-2026-2030/EAU-00"))
	look(t, ctx, "work")
	if found := said(); len(found) > 0 {
		t.Errorf("the console says %q", found)
	}
}
