package desk_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk"
	"github.com/jamakan/jamakan/gsm"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/outbox"
)

// post is an SMS channel that messages to many leave by.
type post struct {
	held  string
	woken int
}

func (p *post) Spell(channel, lang, text string) store.Letter {
	text = gsm.NewSpeller(gsm.GSM7, nil).Spell(text + map[bool]string{true: "\nN'i t'a fɛ tugun: STOP", false: "\nPour arrêter : STOP"}[lang == "bm"])
	a, units, segments := gsm.Count(text)
	return store.Letter{Provider: channel, Purpose: outbox.Bulk, Text: text, Alphabet: a.String(), Units: units, Segments: segments}
}

func (p *post) Channels() []desk.ManyChannel {
	return []desk.ManyChannel{{
		Provider: "africastalking", Price: outbox.Money{Amount: 25_0000, Currency: "XOF"}, Rate: 20,
		Held: p.held, From: noon.Add(19 * time.Hour), QuietFrom: 20, QuietTo: 7,
	}}
}

func (p *post) Wake() { p.woken++ }

// villages opens a stage on which 40 numbers of Jamadugu want news, and 30 of
// another commune.
func villages(t *testing.T) (*stage, *post) {
	t.Helper()
	p := &post{}
	s := serve(t, false, func(c *desk.Config) { c.Many = p })
	s.subscribe(t)
	return s, p
}

// subscribe lets 74 numbers ask for news; four of them have stopped since.
func (s *stage) subscribe(t *testing.T) {
	t.Helper()
	for n := range 74 {
		c := civic.Citizen{Lang: [...]string{"bm", "bm", "fr", ""}[n%4], Commune: "01019901", Sex: civic.Sex(n % 3), Age: civic.Age(n % 5), News: civic.NewsYes}
		switch {
		case n >= 70:
			c.News = civic.NewsStopped
		case n >= 40:
			c.Commune = "01019902"
		}
		who, err := s.Book.Person(context.Background(), fmt.Sprintf("+2237600%04d", n))
		if err != nil {
			t.Fatal(err)
		}
		var id store.ID
		binary.BigEndian.PutUint32(id[:], uint32(n+1))
		if _, err := s.Book.Commit(context.Background(), store.Deed{ID: id, Person: who, Act: civic.Act{Deed: civic.SaveProfile, Citizen: c}, Channel: civic.ChannelSMS}); err != nil {
			t.Fatal(err)
		}
	}
}

func written(more url.Values) url.Values {
	form := url.Values{
		"commune": {"01019901"}, "texte_fr": {"Le vote finit mardi. Faites *384*55#."}, "texte_bm": {"Wote bɛ ban tarata. *384*55# digi."},
		"jusque": {"2026-11-26"}, "canal": {"africastalking"},
	}
	for k, v := range more {
		form[k] = v
	}
	return form
}

// From the form to the end: counted, tried, confirmed with the number typed,
// paused, resumed, stopped.
func TestAMessageToManyAtTheDesk(t *testing.T) {
	s, p := villages(t)
	v := s.visit(t, "moussa")
	v.Get("/diffusion").Is(200).Shows("Nouveau message", "Aucun message")
	v.Get("/diffusion/nouveau").Is(200).Shows("Jamadugu", "texte_bm").Hides("01019902")
	v.Post("/diffusion/nouveau", written(url.Values{"compter": {"oui"}})).Is(200).Shows("Wote bè ban tarata", "N&#39;i t&#39;a fè tugun: STOP", "1 SMS", "Pour arreter : STOP")
	v.Post("/diffusion/nouveau", written(nil)).Is(200)
	if v.URL.Path != "/diffusion/1" {
		t.Fatalf("at %s", v.URL)
	}
	v.Shows("<b>40</b>", "Essai à blanc", "1\u00a0000\u00a0XOF", "ont envoyé STOP", "moins de 5", "Envoyer à 40 numéros", "dès la confirmation", "heures calmes")
	v.Hides("+223", "7600")
	v.Post("/diffusion/1/envoi", url.Values{"nombre": {"41"}}).Is(422).Shows("pas le nombre", `value="41"`)
	v.Post("/diffusion/1/envoi", url.Values{"nombre": {" 40 "}}).Is(200).Shows("C&#39;est confirmé", "Mettre en pause", "En train de partir")
	if p.woken != 1 {
		t.Errorf("woken %d times", p.woken)
	}
	v.Post("/diffusion/1/envoi", url.Values{"nombre": {"40"}}).Is(422).Shows("plus possible")
	v.Post("/diffusion/1/pause", url.Values{}).Is(200).Shows("En pause", "Reprendre")
	v.Post("/diffusion/1/pause", url.Values{}).Is(422)
	v.Post("/diffusion/1/reprise", url.Values{}).Is(200).Shows("en cours")
	if _, err := s.Book.FeedAll(context.Background()); err != nil {
		t.Fatal(err)
	}
	p.held = "quiet hours"
	v.Get("/diffusion/1").Shows("Heures calmes : cela part le 25/11 à 07:00", "en attente", "40")
	v.Post("/diffusion/1/arret", url.Values{}).Is(422).Shows("Cochez")
	v.Post("/diffusion/1/arret", url.Values{"oui": {"oui"}}).Is(200).Shows("arrêté", "trop vieux").Hides("Mettre en pause", "Reprendre")
	v.Get("/diffusion").Shows("Message n° 1", "arrêté", "moussa")
	v.Get("/journal").Shows("message à plusieurs confirmé", "essai à blanc d&#39;un message", "message à plusieurs arrêté")
}

// What is missing is said beside what was typed.
func TestAMessageToManyThatLacksSomething(t *testing.T) {
	s, _ := villages(t)
	v := s.visit(t, "moussa")
	v.Get("/diffusion/nouveau")
	for want, change := range map[string]url.Values{
		"au moins une commune":   {"commune": {}},
		"en français":            {"texte_fr": {" "}},
		"c&#39;est trop":         {"texte_bm": {strings.Repeat("ŋ", 599)}},
		"un jour":                {"jusque": {"2026-11-23"}},
		"qui n&#39;ont pas voté": {"vote": {"JAM-2026-1"}},
	} {
		v.Post("/diffusion/nouveau", written(change)).Is(422).Shows(want)
	}
	v.Post("/diffusion/nouveau", written(url.Values{"jusque": {"demain"}})).Is(422).Shows("Le vote finit mardi")
	v.Post("/diffusion/nouveau", written(url.Values{"jusque": {"2026-12-24"}})).Is(422)
	// One woman of one age is nobody that may be written to.
	v.Post("/diffusion/nouveau", written(url.Values{"sexe": {"1"}, "age": {"4"}, "langue": {"fr"}})).Is(200).Shows("Moins de 5 numéros").Hides("Envoyer à", "numéros</span>")
	v.Post("/diffusion/1/envoi", url.Values{"nombre": {"0"}}).Is(422).Shows("Moins de 5 numéros")
	v.Get("/diffusion/1/texte").Is(200).Shows("Wote bɛ ban", `value="01019901" checked`)
	v.Post("/diffusion/1/texte", written(nil)).Is(200).Shows("<b>40</b>")
	s.Clock.Wait(2 * time.Hour)
	v.Post("/diffusion/1/envoi", url.Values{"nombre": {"40"}}).Is(422).Shows("trop vieux", "Refaire")
	v.Post("/diffusion/1/essai", url.Values{}).Is(200).Shows("refait", "Envoyer à 40")
	for _, path := range []string{"/diffusion/99", "/diffusion/x", "/diffusion/1%2F", "/diffusion/-1"} {
		v.Get(path).Is(404)
	}
}

// A coordinator writes to her communes only, an observer to nobody.
func TestWhoMayWriteToMany(t *testing.T) {
	s, _ := villages(t)
	awa, moussa, fanta := s.visit(t, "awa"), s.visit(t, "moussa"), s.visit(t, "fanta")
	awa.Get("/diffusion/nouveau").Shows("01019902", "Partout")
	awa.Post("/diffusion/nouveau", written(url.Values{"commune": {"01019902"}})).Is(200).Shows("<b>30</b>")
	awa.Post("/diffusion/nouveau", written(url.Values{"commune": {}, "toutes": {"oui"}})).Is(200).Shows("<b>70</b>", "partout")
	moussa.Get("/diffusion/nouveau")
	moussa.Post("/diffusion/nouveau", written(url.Values{"commune": {"01019902"}})).Is(422)
	moussa.Post("/diffusion/nouveau", written(url.Values{"commune": {"01019902"}, "toutes": {"oui"}})).Is(200).Shows("<b>40</b>")
	moussa.Get("/diffusion/1").Is(403) // of another commune
	moussa.Get("/diffusion").Hides(`/diffusion/1"`).Shows(`/diffusion/2"`)
	moussa.Get("/diffusion/2").Is(200).Hides("Envoyer à", "Changer le message", "Abandonner")
	for _, id := range []string{"1", "2"} {
		moussa.Get("/diffusion/" + id + "/texte").Is(403)
		moussa.Get("/diffusion/3")
		for path, form := range map[string]url.Values{"envoi": {"nombre": {"30"}}, "essai": {}, "arret": {"oui": {"oui"}}, "pause": {}, "reprise": {}, "texte": written(nil)} {
			moussa.Get("/diffusion/3").Post("/diffusion/"+id+"/"+path, form).Is(403)
		}
	}
	fanta.Get("/diffusion").Is(200).Hides("Nouveau message")
	fanta.Get("/diffusion/3").Is(200).Hides("Envoyer à", "Abandonner", "Changer")
	fanta.Get("/diffusion/nouveau").Is(403)
	fanta.Get("/diffusion/3").Post("/diffusion/3/envoi", url.Values{"nombre": {"40"}}).Is(403)
	for _, id := range []string{"1", "2", "3"} {
		if m, err := s.Book.Campaign(context.Background(), id); err != nil || m.State != civic.CampaignDraft {
			t.Errorf("%s is %s %v", id, m.State, err)
		}
	}
	nobody := s.visit(t, "")
	if nobody.Get("/diffusion"); !strings.Contains(nobody.URL.Path, "login") {
		t.Errorf("at %s", nobody.URL)
	}
	if moussa.Get("/diffusion/3").Post("/diffusion/3/envoi", url.Values{"nombre": {"40"}, "csrf": {"x"}}); moussa.Status != http.StatusForbidden {
		t.Errorf("without a token: %d", moussa.Status)
	}
}

// In a browser, without a script of ours: the form, the dry run, the
// confirmation and the progress, on a phone and on a desk.
func TestManyInABrowser(t *testing.T) {
	ctx := browser(t)
	s, _ := villages(t)
	said := complaints(t, ctx)
	logIn(t, ctx, s, "awa")
	do(t, ctx, chromedp.Navigate(s.URL+"/diffusion/nouveau"), chromedp.Click(chromedp.CSS(`input[value="01019901"]`)))
	look(t, ctx, "many-new")
	do(t, ctx,
		chromedp.SendKeys(chromedp.CSS(`textarea[name=texte_fr]`), "Jamadugu : le vote finit mardi soir. Pour voter, faites *384*55#. C'est gratuit."),
		chromedp.SendKeys(chromedp.CSS(`textarea[name=texte_bm]`), "Jamadugu: wote bɛ ban tarata wula fɛ. N'i b'a fɛ ka wote kɛ: *384*55# digi. A bɛ kɛ fu."),
		chromedp.Click(chromedp.CSS(`button[name=compter]`)), chromedp.WaitVisible(chromedp.CSS(".shot")),
	)
	look(t, ctx, "many-count")
	do(t, ctx, chromedp.Click(chromedp.CSS(`form.form > p:last-child .button`)), chromedp.WaitVisible(chromedp.CSS(`input[name=nombre]`)))
	look(t, ctx, "many-try")
	do(t, ctx, chromedp.SendKeys(chromedp.CSS(`input[name=nombre]`), "40"), chromedp.Click(chromedp.CSS(`form.note .button`)), chromedp.WaitVisible(chromedp.CSS(`.done`)))
	if _, err := s.Book.FeedAll(context.Background()); err != nil {
		t.Fatal(err)
	}
	s.partly(t)
	do(t, ctx, chromedp.Navigate(s.URL+"/diffusion/1"), chromedp.WaitVisible(chromedp.CSS(`svg.bar`)))
	look(t, ctx, "many-run")
	do(t, ctx, chromedp.Navigate(s.URL+"/diffusion"))
	look(t, ctx, "many-list")
	if found := said(); len(found) > 0 {
		t.Errorf("the console says %q", found)
	}
}

// partly hands over some letters, of which some arrive.
func (s *stage) partly(t *testing.T) {
	t.Helper()
	ctx, n := context.Background(), 0
	var all []outbox.Message
	if err := s.Book.Letters(ctx, func(m outbox.Message) bool { all = append(all, m); return len(all) < 25 }); err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		to, _, err := s.Book.OpenLetter(m)
		if err == nil {
			m, err = s.Book.ClaimBulk(ctx, m, to)
		}
		r := outbox.Result{Class: outbox.Took, Handle: m.Ref, Cost: outbox.Money{Amount: 25_0000, Currency: "XOF"}}
		if n%9 == 4 {
			r = outbox.Result{Class: outbox.Permanent, Code: "403", Reason: "InvalidPhoneNumber"}
		}
		if err == nil {
			_, err = s.Book.Settle(ctx, m, r, 0)
		}
		if n++; err == nil && n%3 > 0 && r.Class == outbox.Took {
			_, err = s.Book.Report(ctx, m.Provider, m.Ref, outbox.Report{State: outbox.Delivered, Raw: "Success"})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
