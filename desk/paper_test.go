package desk_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// The week, a consultation and the journal are printed: nothing to press is on
// the paper, and a wide table is not cut.
func TestPagesOnPaper(t *testing.T) {
	s := lively(t)
	ctx := browserFor(t, 2*time.Minute)
	logIn(t, ctx, s, "awa")
	for name, path := range map[string]string{"week": "/", "consultation": "/consultations/JAM-2026-1", "journal": "/journal", "region": "/consultations/REGION-1"} {
		do(t, ctx, chromedp.Navigate(s.URL+path), chromedp.WaitReady(chromedp.CSS("footer")))
		sheet := get(t, ctx, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4), chromedp.PDFPreferCSSPageSize()))
		keepShot(t, "paper-"+name+".pdf", sheet)
		if n := bytes.Count(sheet, []byte("/Type /Page\n")); n < 1 || n > 6 {
			t.Errorf("%s: %d sheets", name, n)
		}
	}
}

// Without a script: she logs in, previews an answer and sends it, a plan's file
// is chosen, a project noted, a week corrected; and every page is whole.
func TestTheDeskWithoutAScript(t *testing.T) {
	s := lively(t)
	ctx := browserFor(t, 3*time.Minute)
	do(t, ctx, noScript)
	said := complaints(t, ctx)
	logIn(t, ctx, s, "awa")
	for _, path := range []string{
		"/", "/consultations", "/consultations/JAM-2026-1", "/consultations/nouvelle", "/projets", "/projets/JAM-2026-2030/EAU-00", "/textes", "/textes/reponses-pretes",
		"/diffusion", "/diffusion/nouveau", "/exports?semaine=2026-W49", "/plan", "/messages", "/comptes", "/journal", "/compte",
	} {
		if res := get(t, ctx, chromedp.NavigateResponse(s.URL+path)); res.Status != 200 {
			t.Errorf("%s: %d", path, res.Status)
		}
		do(t, ctx, chromedp.WaitVisible(chromedp.CSS("main h1")))
	}
	ref := (&walk{t, ctx, s}).reference("pompe du quartier")
	do(t, ctx,
		chromedp.Navigate(s.URL+"/textes/"+ref), chromedp.WaitVisible(chromedp.CSS("#words")),
		chromedp.SendKeys(chromedp.CSS("#words"), "An bɛna na"), chromedp.Click(chromedp.CSS("#count")), chromedp.WaitVisible(`//pre[contains(., "An bèna na")]`),
		chromedp.Click(chromedp.CSS("#send")), chromedp.WaitVisible(chromedp.CSS(".done")),
		chromedp.Navigate(s.URL+"/plan"), chromedp.WaitVisible(chromedp.CSS(`input[type=file]`)),
		chromedp.Navigate(s.URL+"/projets/JAM-2026-2030/EAU-01"),
		chromedp.SendKeys(chromedp.CSS(`textarea[name=note]`), "Le terrain est choisi."), chromedp.Click(chromedp.CSS(`main form .button`)), chromedp.WaitVisible(chromedp.CSS(".done")),
		chromedp.Navigate(s.URL+"/exports?semaine=2026-W49"),
		chromedp.SendKeys(chromedp.CSS(`textarea[name=text]`), "Une ligne de plus."), chromedp.Click(chromedp.CSS(`form[action$="/rectifier"] .button`)), chromedp.WaitVisible(chromedp.CSS(".done")),
		chromedp.Navigate(s.URL+"/diffusion/nouveau"), chromedp.Click(chromedp.CSS(`input[name=toutes]`)),
		chromedp.SendKeys(chromedp.CSS(`textarea[name=texte_fr]`), "Le vote finit mardi."), chromedp.Click(chromedp.CSS(`button[name=compter]`)), chromedp.WaitVisible(chromedp.CSS(".shot")),
		chromedp.Click(chromedp.CSS(".who button")), chromedp.WaitNotPresent(chromedp.CSS(".nav")),
	)
	if _, bodies := s.sent(t); len(bodies) == 0 {
		t.Error("the answer is not sent")
	}
	for _, found := range said() {
		t.Errorf("the console says %q", found)
	}
}
