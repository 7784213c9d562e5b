package desk_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/jamakan/jamakan/store"
)

// furnish fills the inbox as a week would.
func furnish(t *testing.T, s *stage) (open, rumour string) {
	t.Helper()
	for i, x := range []struct{ commune, topic, words string }{
		{jama, "eau", "La pompe du quartier Sabali est en panne depuis deux semaines, les femmes marchent trois kilomètres pour l'eau."},
		{jama, "ecole", "lakoli kalanso bannen don wa? An denw bɛ kɛnɛ ma."},
		{jama, "rumeur", "On dit que l'argent du forage est parti à Kayes. C'est vrai ?"},
		{jama, "sante", "Merci pour la maternité."},
		{"", "autre", "<b>gras</b> =1+1 \u202eenvers\u202c"},
		{jama, "route", "Pont coupé entre Sabali et Jigifa, le camion ne passe plus."},
		{jama, "eau", "ji tɛ an fɛ dugu kɔnɔ, pɔnpe tiɲɛna"},
	} {
		s.Clock.Wait(time.Duration(5+i) * time.Hour)
		ref := s.say(t, fmt.Sprintf("+2237600000%d", i+1), x.commune, x.topic, x.words)
		switch i {
		case 2:
			rumour = ref
		case 3:
			answer(t, s, ref)
		case 0:
			if err := s.Book.Label(context.Background(), "moussa", ref, []string{"pompe", "urgent"}); err != nil {
				t.Fatal(err)
			}
		case 6:
			open = ref
		}
	}
	s.Clock.Wait(3 * time.Hour)
	return open, rumour
}

func answer(t *testing.T, s *stage, ref string) {
	t.Helper()
	if err := s.Book.AnswerText(context.Background(), "moussa", ref, store.Answer{Form: "f" + ref, Text: "C'est à vous de nous dire si elle sert bien.", Lang: "fr"},
		func(lang, text string) ([]store.Letter, error) {
			o, err := s.Book.Text(context.Background(), ref)
			if err != nil {
				return nil, err
			}
			return s.Room.Spell(o, store.Answer{Lang: lang, Text: text})
		}); err != nil {
		t.Fatal(err)
	}
}

// A coordinator opens a text, takes a ready answer, adds a word, sees it as it
// will be received, and sends it.
func TestAnsweringInABrowser(t *testing.T) {
	ctx, s := browser(t), serve(t, false, spelled)
	said := complaints(t, ctx)
	ref, rumour := furnish(t, s)
	logIn(t, ctx, s, "moussa")
	do(t, ctx, chromedp.Navigate(s.URL+"/textes"), chromedp.WaitVisible(chromedp.CSS(".texts")))
	look(t, ctx, "inbox")
	do(t, ctx, chromedp.Click(chromedp.CSS(`.texts a[href="/textes/`+ref+`"]`)), chromedp.WaitVisible(chromedp.CSS("#words")))
	look(t, ctx, "inbox-text")
	do(t, ctx,
		chromedp.EmulateViewport(360, 740),
		chromedp.SetValue(chromedp.CSS("#ready"), "Lu, on en parlera"), chromedp.Click(chromedp.CSS(`button[value=inserer]`)),
		chromedp.SendKeys(chromedp.CSS("#words"), " Sini."), chromedp.WaitVisible(`//pre[@class="sms"][contains(., "Sini.")]`),
	)
	if shown := get(t, ctx, chromedp.Text(chromedp.CSS("#preview"))); !strings.Contains(shown, "lajè") || !strings.Contains(shown, "1 SMS") {
		t.Errorf("preview %q", shown)
	}
	look(t, ctx, "inbox-answer")
	do(t, ctx, chromedp.SendKeys(chromedp.CSS("#words"), strings.Repeat(" an bɛna", 20)), chromedp.WaitVisible(`//p[contains(., "2 SMS")]`))
	do(t, ctx, chromedp.Click(chromedp.CSS("#send")), chromedp.WaitVisible(chromedp.CSS(".done")))
	look(t, ctx, "inbox-answered")
	numbers, bodies := s.sent(t)
	if len(bodies) != 2 || numbers[1] != "+22376000007" || !strings.Contains(bodies[1], "lajè") {
		t.Errorf("%q to %q", bodies, numbers)
	}
	do(t, ctx, chromedp.Navigate(s.URL+"/textes/"+rumour), chromedp.WaitVisible(chromedp.CSS("#words")),
		chromedp.Click(chromedp.CSS(`input[value=en_cours]`)), chromedp.WaitVisible(`//pre[@class="sms"][contains(., "segè") or contains(., "sègè")]`))
	look(t, ctx, "inbox-rumour")
	do(t, ctx, chromedp.Navigate(s.URL+"/textes/reponses-pretes"), chromedp.WaitVisible(chromedp.CSS(".form")))
	look(t, ctx, "inbox-ready")
	if found := said(); len(found) > 0 {
		t.Errorf("the console says %q", found)
	}
}

// The same without a script: count, read, send.
func TestAnsweringWithoutAScript(t *testing.T) {
	ctx, s := browser(t), serve(t, false, spelled)
	ref, _ := furnish(t, s)
	logIn(t, ctx, s, "moussa")
	do(t, ctx,
		noScript,
		chromedp.Navigate(s.URL+"/textes/"+ref), chromedp.WaitVisible(chromedp.CSS("#words")),
		chromedp.SendKeys(chromedp.CSS("#words"), "An bɛna na"), chromedp.Click(chromedp.CSS("#count")),
		chromedp.WaitVisible(`//pre[contains(., "An bèna na")]`), chromedp.Click(chromedp.CSS("#send")), chromedp.WaitVisible(chromedp.CSS(".done")),
	)
	if _, bodies := s.sent(t); len(bodies) != 2 || !strings.HasSuffix(bodies[1], "An bèna na") {
		t.Errorf("%q", bodies)
	}
}
