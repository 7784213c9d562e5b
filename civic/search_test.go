package civic_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/jamakan/jamakan/civic"
)

// jamadugu is a fictive commune beside the real ones.
const jamadugu = civic.Code("01019901")

func withFictive(t *testing.T) *civic.Territory {
	t.Helper()
	all, err := civic.Kayes().With([]civic.Place{
		{Code: "010199", Name: "Jamadugu FICTIF"},
		{Code: jamadugu, Name: "Jamadugu", Aliases: []string{"Jama"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestSearchFindsNamesAsPeopleTextThem(t *testing.T) {
	territory := withFictive(t)
	meant := map[civic.Code][]string{
		"01010101": {"Kayes", "kayes", "KAYES", " kayes ", "kaye", "kais", "cayes", "khayes", "Kayés"},
		"01010102": {"Bangassi", "bangasi", "banngassi", "bangassy", "bangasy", "Bangaci", "BANGASSI"},
		"01010103": {"Colimbiné", "colimbine", "kolimbine", "colombine", "kolinbine", "colimbinè", "kolimbinɛ", "kabate", "Kabaté", "colimbinne"},
		"01010104": {"Gory Gopéla", "gori gopela", "gory gopela", "gorigopela", "gory-gopela", "gori goppela", "gopela", "gory"},
		"01010105": {"Gouméra", "goumera", "gumera", "gwumera", "goumerah", "Gumɛra"},
		"01010106": {"Khouloum", "khulum", "koulou", "kouloum", "kuloum", "kulum", "xouloum", "khoulom"},
		"01010107": {"Liberté Dembaya", "libertè dembaya", "liberte denbaya", "liberte", "libertedembaya", "liberte dembayya", "diala banlieue", "jala banlieue"},
		"01010201": {"Séro Diamanou", "seero diamanu", "sero jamanu", "sero djamanou", "sero diamano", "sero", "seerojamanu"},
		"01010301": {"Hawa Dembaya", "hawa demba", "awa dembaya", "hawadembaya", "hawa denbaya", "medine", "Médine", "hawwa dembaya"},
		"01010401": {"Samé Diongoma", "same jongoma", "same diomgoma", "same djongoma", "samédiongoma", "same"},
		"01010402": {"Somankidy", "somankidi", "soumankidi", "somankiddi", "somankidi ", "somanquidy"},
		jamadugu:   {"Jamadugu", "jamadougou", "diamadougou", "djamadugu", "jama", "jamadugou"},
	}
	tried, sure := 0, 0
	for code, spellings := range meant {
		for _, typed := range spellings {
			tried++
			m := territory.Search(typed, territory.Communes())
			switch {
			case m.Unique == code:
				sure++
			case m.Unique != "":
				t.Errorf("Search(%q): sure of %s, meant %s", typed, territory.Name(m.Unique), territory.Name(code))
			case !slices.Contains(m.Near, code):
				t.Errorf("Search(%q): got near %v, want %s among them", typed, m.Near, territory.Name(code))
			}
		}
	}
	t.Logf("%d of %d spellings are sure", sure, tried)
	if sure*100 < tried*80 {
		t.Errorf("got %d of %d spellings sure, want 80 %%", sure, tried)
	}
}

func TestSearchNeverGuesses(t *testing.T) {
	territory := withFictive(t)
	for _, typed := range []string{
		"Bamako", "Sikasso", "Mopti", "Nioro", "Koulikoro", "Tombouctou", "Paris", "a", "", "  ", "oui", "1", "123", "99999999",
		"non", "ok", "aide", "commune", "vote", "merci", "kita", "segou", "gao", "kidal", "dembele",
		strings.Repeat("colimbine ", 100),
	} {
		if m := territory.Search(typed, territory.Communes()); m.Unique != "" {
			t.Errorf("Search(%q): sure of %s", typed, territory.Name(m.Unique))
		}
	}
	// A word that two communes share is asked back with both.
	m := territory.Search("dembaya", territory.Communes())
	if m.Unique != "" || !slices.Contains(m.Near, "01010107") || !slices.Contains(m.Near, "01010301") {
		t.Errorf("Search(dembaya): got %+v, want both communes near", m)
	}
}

func TestSearchStrangersGetNothing(t *testing.T) {
	territory := withFictive(t)
	for _, typed := range []string{"Bamako", "Sikasso", "Tombouctou", "Koulikoro", "Paris", "99999999"} {
		if m := territory.Search(typed, territory.Communes()); len(m.Near) > 0 || m.Unique != "" {
			t.Errorf("Search(%q): got %+v, want nothing", typed, m)
		}
	}
}

func TestSearchReadsCodes(t *testing.T) {
	territory := withFictive(t)
	for _, code := range territory.Communes() {
		if got := territory.Search(" "+string(code)+" ", territory.Communes()).Unique; got != code {
			t.Errorf("Search(%s): got %q", code, got)
		}
	}
	if got := territory.Search("01010103", []civic.Code{"01010101"}).Unique; got != "" {
		t.Errorf("a code outside the choice: got %q, want nothing", got)
	}
}

func TestFoldMakesSpellingsOne(t *testing.T) {
	for _, row := range [][]string{
		{"Gouméra", "gumera", "GOUMERA", "gou-mera"},
		{"Séro Diamanou", "sero jamanu", "seero djamanou"},
		{"Kɔlɔnso", "kolonso"},
		{"ɲɛgɛn", "gnegen", "nyegen"},
	} {
		for _, other := range row[1:] {
			if got, want := civic.Fold(other), civic.Fold(row[0]); got != want {
				t.Errorf("Fold(%q): got %q, want %q as of %q", other, got, want, row[0])
			}
		}
	}
}

func FuzzSearch(f *testing.F) {
	for _, typed := range []string{"colombine", "01010103", "ɲɛ\u0301ŋ", "\xff\xfe", "É"} {
		f.Add(typed)
	}
	territory := civic.Kayes()
	f.Fuzz(func(t *testing.T, typed string) {
		m := territory.Search(typed, territory.Communes())
		if len(m.Near) > 4 || m.Unique != "" && len(m.Near) > 0 {
			t.Errorf("Search(%q): got %+v", typed, m)
		}
		if once := civic.Fold(typed); len(once) > 4*len(typed) {
			t.Errorf("Fold(%q) grew to %q", typed, once)
		}
	})
}
