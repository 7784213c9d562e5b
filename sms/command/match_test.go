package command

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jamakan/jamakan/locales"
)

func lexicon(t testing.TB) *Lexicon {
	t.Helper()
	catalog, err := locales.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return NewLexicon(catalog.Offered(nil))
}

// The pairs of the language facts: what a text alone means.
func TestMatchPairs(t *testing.T) {
	x := lexicon(t)
	names := map[string]string{
		"VOTE": "vote:", "AVIS": "avis", "RESULTAT": "results", "TRAVAUX": "works", "AIDE": "help", "STOP": "stop", "CODE": "code",
		"COMMUNE": "commune", "OUI": "yes", "NON": "no", "RUMEUR": "rumour", "BM": "bm", "FR": "fr",
	}
	for _, row := range readTable(t, "texting_pairs.tsv")[1:] {
		kind, raw, want := row[0], row[1], row[3]
		switch kind {
		case "command":
			if got := x.Match(raw).Intent(); got != names[want] {
				t.Errorf("%q is %s, want %s", raw, got, names[want])
			}
		case "number argument":
			c := x.Match("WOTE " + raw)
			if n, _ := strconv.Atoi(want); !slices.Equal(c.Numbers, []int{n}) || !c.Sure {
				t.Errorf("WOTE %q is %+v", raw, c)
			}
		case "no command":
			if got := x.Match(raw).Kind; got != Feedback && got != Greeting {
				t.Errorf("%q is %s, want no command", raw, got)
			}
		}
	}
}

// vector is an inbound text with the intent its author gave it.
type vector struct {
	ID, Kind string
	Parsed   map[string]string
	Intent   string `json:"expect_intent"`
}

func TestMatchVectors(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "africastalking", "testdata", "sms_africastalking.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Vectors []vector }
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	x, tried := lexicon(t), 0
	for _, v := range file.Vectors {
		if v.Intent == "" {
			continue
		}
		tried++
		want := v.Intent
		if want == "invalid_option" { // whether an option exists is the dialogue's to say
			want = "vote:9"
		}
		got := x.Match(v.Parsed["text"]).Intent()
		if got == "avis" {
			got = "feedback" // an opinion, said to be one
		}
		if got != want {
			t.Errorf("%s: %q is %s, want %s", v.ID, v.Parsed["text"], got, want)
		}
	}
	if tried < 40 {
		t.Fatalf("only %d vectors have an intent", tried)
	}
}

// Two commands that fold alike could not be told apart: a language's file
// may not bring one in.
func TestKeywordsAreTold(t *testing.T) {
	catalog, err := locales.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	alone := map[string]bool{"fr": true, "kan": true, "ok": true, "wi": true, "bm": true, "on": true} // short, and meant
	for _, l := range catalog.Offered(nil) {
		for group, words := range l.Keywords() {
			if _, ok := kinds()[group]; !ok {
				continue
			}
			for _, w := range words {
				folded := Fold(w)
				if other, ok := seen[folded]; ok && other != group {
					t.Errorf("%q folds to %q, which is both %s and %s", w, folded, group, other)
				}
				seen[folded] = group
				if len(folded) < 3 && !alone[folded] {
					t.Errorf("%q folds to %q: too short to be told from other words", w, folded)
				}
			}
		}
	}
}

func TestMatchShapes(t *testing.T) {
	x := lexicon(t)
	for text, want := range map[string]string{
		"VOTE 2": "vote:2!", "vote2": "vote:2!", "Wote fila": "vote:2!", "kalafiri 2": "vote:2!", "wotte 3": "vote:3!", "VOTE 1 et 3": "vote:1,3!",
		"wote 1 ani 3": "vote:1,3!", "VOTE 1,3": "vote:1,3!", "VOTE EAU-01": "vote:EAU-01!", "vote eau01": "vote:EAU-01!", "vote eau 01": "vote:EAU-01!",
		"wote segin": "vote:8!", "segin": "back", "VOTE": "vote:!", "voter svp": "vote:!", "je vote 2": "vote:2", "2": "vote:2", "1 et 3": "ambiguous",
		"VOTE pour le 2 svp": "vote:2", "bonjour vote 2": "vote:2!", "vote 2 est injuste": "feedback", "le vote 2": "vote:2",
		"j'ai voté 2": "feedback", "CODE K7P4XY": "code", "k7p4xy": "code", "K7P 4XY": "code", "code": "code", "code de la route": "feedback",
		"COMMUNE Sadiola": "commune", "komini Gori Gopela": "feedback", "commune de Kayes": "commune", "commune sale et sans eau ici": "feedback",
		"LANGUE bambara": "bm", "kan 1": "lang", "baara 4": "works", "français": "fr", "FR": "fr", "bm": "bm", "STOP": "stop", "stop svp": "stop", "STOP 12345": "feedback",
		"we have got to STOP this": "feedback", "stop aux promesses": "feedback", "sotp": "stop", "RUMEUR le maire est parti": "rumour", "tiɲɛ na an ka ji": "feedback",
		"": "empty", " \n": "empty", "😀": "feedback", "؟": "feedback", "??": "help", "مرحبا": "feedback", "TRAVAUX EAU-01": "works", "travaux 3": "works",
		"baara ma kɛ": "feedback", "merci": "feedback", "36055": "feedback", "2026": "feedback", "=1+1": "ambiguous", "\x00": "feedback", "\xff\xfe": "feedback",
		"VOTE 2 ou 3": "ambiguous", "2 ou 3": "ambiguous", "wote fila walima saba": "ambiguous", "vote n2": "vote:2", "n2": "vote:2", "vote 2eme": "vote:2!", "le 2ème": "vote:2", "2nan": "vote:2", "pompe2": "feedback", "jɔsi": "erase", "vote\x002": "vote:2", "vote \ufffd2": "vote:2", "effacer": "erase", "effaccer": "erase", "efacr": "feedback", "hakili na: ji tɛ": "avis", "aw0": "yes", "START": "start",
	} {
		c := x.Match(text)
		got := c.Intent()
		if c.Kind == Vote && c.Sure {
			got += "!"
		}
		if got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

func TestSpeaks(t *testing.T) {
	x := lexicon(t)
	for text, want := range map[string]string{
		"WOTE 2": "bm", "VOTE 2": "fr", "aide": "fr", "dɛmɛ": "bm", "ji tɛ an fɛ dugu kɔnɔ": "bm", "le forage est en panne depuis trois mois": "fr", "2": "", "STOP": "fr",
		"kalafiri 2": "bm", "jaabi": "bm",
	} {
		if got := x.Match(text).Speaks; got != want {
			t.Errorf("%q speaks %q, want %q", text, got, want)
		}
	}
}

func FuzzMatch(f *testing.F) {
	for _, s := range []string{"VOTE 2", "wote fila ani saba", "hakili na: ji", "\x00\xff", "K7P4XY", strings.Repeat("vote ", 50)} {
		f.Add(s)
	}
	x := lexicon(f)
	f.Fuzz(func(t *testing.T, text string) {
		c := x.Match(text)
		if c.Kind == Vote && c.Sure && len(c.Numbers) == 0 && c.Project == "" && len(x.withoutPolite(must(x.words(text)))) > 3 {
			t.Errorf("%q asks for the list with many words", text)
		}
		if len(c.Numbers) > MaxNumbers {
			t.Errorf("%d numbers", len(c.Numbers))
		}
		if c.Kind == Feedback && c.Text != text {
			t.Errorf("feedback %q kept as %q", text, c.Text)
		}
		if Fold(text) != Fold(strings.ToUpper(strings.ToLower(text))) && !strings.ContainsAny(text, "ıİſ") {
			for _, r := range text {
				if r > 0x2fff {
					return // case is a matter of other scripts
				}
			}
		}
		_ = c.Intent()
	})
}

func must(words []word, _ string) []word { return words }
