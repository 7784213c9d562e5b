package menu

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/jamakan/jamakan/gsm"
	"github.com/jamakan/jamakan/locales"
)

// TestAThirdLanguageIsOfferedByBeingThere: a file dropped beside the others,
// with another plural rule and letters that GSM-7 lacks, is in the language
// menu, spelled for the phone; with one text of the way to a vote missing, it
// is not.
func TestAThirdLanguageIsOfferedByBeingThere(t *testing.T) {
	fr, err := os.ReadFile("../../locales/active.fr.toml")
	if err != nil {
		t.Fatal(err)
	}
	whole := strings.NewReplacer(
		`tag = "fr"`, `tag = "ff"`, `name = "Français"`, `name = "Pulaar ɓ"`, `plural_as = "fr"`, `plural_as = "ff"`,
		"fallback = []", `fallback = ["fr"]`, "order = 2", "order = 3", "[gsm]", "[gsm]\n\"ɓ\" = \"b\"", "1 Je choisis", "1 Mi suɓii",
	).Replace(string(fr))
	for name, tc := range map[string]struct {
		file  string
		lines string
	}{
		"complete":    {whole, "1 Bamanankan\n2 Francais\n3 Pulaar b"},
		"one missing": {strings.Replace(whole, `["vote.confirm"]`, `["vote.confirmed"]`, 1), "1 Bamanankan\n2 Francais"},
	} {
		t.Run(name, func(t *testing.T) {
			catalog, err := locales.Embedded()
			if err != nil {
				t.Fatal(err)
			}
			if catalog, err = catalog.With(fstest.MapFS{"active.ff.toml": {Data: []byte(tc.file)}}); err != nil {
				t.Fatal(err)
			}
			m, err := New(Config{Catalog: catalog, Limit: gsm.DefaultLimit, DefaultLang: "fr", Ussd: "*384*55#"})
			if err != nil {
				t.Fatal(err)
			}
			step := m.Start(view(m, false))
			if got, want := step.Screen.Text, "Kan / Langue\n"+tc.lines; got != want {
				t.Errorf("%q, want %q", got, want)
			}
			if name != "complete" {
				return
			}
			for _, key := range []string{"3", "1", "1", "1", "1"} {
				step = m.Next(step.State, key, view(m, false))
			}
			if !strings.Contains(step.Screen.Text, "1 Mi subii") || gsm.AlphabetOf(step.Screen.Text) != gsm.Default7 {
				t.Errorf("%q", step.Screen.Text)
			}
		})
	}
}
