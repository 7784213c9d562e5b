package menu

import (
	"flag"
	"os"
	"testing"

	"github.com/jamakan/jamakan/gsm"
)

var update = flag.Bool("update", false, "write docs/menu.md anew")

// TestMap: docs/menu.md is what the program prints.
func TestMap(t *testing.T) {
	const file = "../../docs/menu.md"
	got := bound(t, gsm.GSM7, gsm.DefaultLimit).Map()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Error("docs/menu.md is not what the program prints; run make generate")
	}
}
