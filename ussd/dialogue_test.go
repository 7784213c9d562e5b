package ussd_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jamakan/jamakan/civic"
)

var update = flag.Bool("update", false, "rewrite the conversations with what was answered; judge them as a diff")

const dialogues = "menu/testdata/dialogue"

// TestDialogues plays every conversation file against the whole gateway. In
// those named apart_ the sensitive questions are in service.
func TestDialogues(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(dialogues, "*.call"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(files), 10; got < want {
		t.Fatalf("%d conversations in %s, want at least %d", got, dialogues, want)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".call"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var ask []civic.ApartQuestion
			if strings.HasPrefix(filepath.Base(file), "apart_") {
				ask = civic.ApartQuestions()
			}
			got, err := stageAsking(t, ask).play(string(want))
			if err != nil {
				t.Fatal(err)
			}
			if got == string(want) {
				return
			}
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			t.Errorf("answered:\n%s\nthe file says:\n%s\n(go test ./ussd -run TestDialogues -update rewrites it)", got, want)
		})
	}
}
