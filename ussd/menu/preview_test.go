package menu

import (
	"strings"
	"testing"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/gsm"
)

// Every option is read, confirmed and noted in the preview, in each language,
// and every screen fits.
func TestPreviewShowsEveryScreenOfAVote(t *testing.T) {
	m := bound(t, gsm.GSM7, gsm.DefaultLimit)
	plan := long(false)
	src := Source{Revision: 1, Plans: []civic.Plan{plan}, Territory: civic.Kayes()}
	for _, lang := range m.offered {
		shots := m.Preview(src, "C", lang, "01010107", noon)
		all := ""
		for _, s := range shots {
			if s.Units > s.Limit || s.Units == 0 {
				t.Errorf("%s %s: %d of %d: %q", lang, s.Keys, s.Units, s.Limit, s.Text)
			}
			all += s.Text + "\n"
		}
		for _, o := range plan.Consultations[0].Options {
			label := m.spell(lang, o.Label.In(lang))
			if strings.Count(all, label) < 3 { // the list, its details, the confirmation
				t.Errorf("%s: option %d is shown %d times in %d screens", lang, o.Number, strings.Count(all, label), len(shots))
			}
		}
		if !strings.Contains(all, "K7P4XY") {
			t.Errorf("%s: no receipt among %d screens", lang, len(shots))
		}
	}
}

// A draft is shown to nobody; its preview, as it would be open, is.
func TestADraftIsShownToNobody(t *testing.T) {
	m := bound(t, gsm.GSM7, gsm.DefaultLimit)
	plan := long(false)
	plan.Consultations[0].Draft = true
	v := fixed{content: m.Prepare(Source{Revision: 1, Plans: []civic.Plan{plan}, Territory: civic.Kayes()}), now: noon, citizen: civic.Citizen{Known: true, Lang: "fr", Commune: "01010107"}}
	step := m.Next(m.Start(v).State, "1", v)
	if strings.Contains(step.Screen.Text, "Question") || !strings.Contains(step.Screen.Text, "vote") {
		t.Errorf("%q", step.Screen.Text)
	}
}
