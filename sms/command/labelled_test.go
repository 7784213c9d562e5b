package command

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/jamakan/jamakan/civic"
)

// What the matcher must reach on the labelled texts (testdata/README.md says
// where they come from).
const (
	wantAccuracy      = 0.97
	wantFalseCommands = 0.002
)

// TestLabelledTexts measures the matcher: how many texts mean what their
// author meant, how many opinions were taken for a command, and that no text
// was taken for a vote it is not.
func TestLabelledTexts(t *testing.T) {
	files, err := filepath.Glob("testdata/labelled_*.tsv")
	if err != nil {
		t.Fatal(err)
	}
	x := lexicon(t)
	total, right, falseCommands, falseVotes, opinions := 0, 0, 0, 0, 0
	for _, file := range files {
		mine, of := 0, 0
		for _, row := range readTable(t, filepath.Base(file)) {
			want, text := row[0], row[1]
			c := x.MatchIn(text, inKayes)
			got := c.Intent()
			total++
			of++
			if want == "feedback" {
				opinions++
			}
			if c.Kind == Code && strings.HasPrefix(want, "code") {
				want = got
			}
			if got == want {
				right++
				mine++
				continue
			}
			vote := strings.HasPrefix(got, "vote:") && got != "vote:"
			switch {
			case vote:
				falseVotes++
			case (want == "feedback" || want == "avis") && got != "feedback" && got != "avis":
				falseCommands++ // an opinion is kept either way
			}
			t.Logf("%s: %q is %s, its author meant %s", filepath.Base(file), text, got, want)
		}
		t.Logf("%s: %d of %d", filepath.Base(file), mine, of)
	}
	if total < minLabelled {
		t.Fatalf("only %d labelled texts", total)
	}
	accuracy, rate := float64(right)/float64(total), float64(falseCommands)/float64(total)
	t.Logf("%d texts, %d of them opinions: accuracy %.4f, false commands %d (%.4f), false votes %d", total, opinions, accuracy, falseCommands, rate, falseVotes)
	if accuracy < wantAccuracy || rate > wantFalseCommands || falseVotes > 0 {
		t.Errorf("accuracy %.4f (%.2f), false commands %.4f (%.4f), false votes %d (0)", accuracy, wantAccuracy, rate, wantFalseCommands, falseVotes)
	}
}

// inKayes says whether a name is, or nearly is, a commune of the region.
func inKayes(name string) bool {
	kayes := civic.Kayes()
	m := kayes.Search(name, kayes.Communes())
	return m.Unique != "" || len(m.Near) > 0
}

const minLabelled = 1000
