package main

import (
	"os"
	"regexp"
	"testing"

	"github.com/jamakan/jamakan/locales"
)

// Every screen on which a call may stop has words for the page of the week.
func TestEveryScreenHasWordsAtTheDesk(t *testing.T) {
	table, err := os.ReadFile("../../docs/menu.md") // printed by the program; a test holds it against the table
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := locales.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	fr, _ := catalog.Locale("fr")
	names := regexp.MustCompile("(?m)^\\| `([a-z._]+)` \\|").FindAllSubmatch(table, -1)
	if len(names) < 20 {
		t.Fatalf("%d screens in docs/menu.md", len(names))
	}
	for _, m := range names {
		if key := "desk.week.screen." + string(m[1]); !fr.Has(key) {
			t.Errorf("active.fr.toml lacks %s", key)
		}
	}
}
