package planfile_test

import (
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/planfile"
)

// Letters that a CSV without UTF-8 lost are no correction.
func TestLostLetters(t *testing.T) {
	plan := planfile.Demo(time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC))
	read := func(title string) error {
		_, _, err := planfile.ReadAny("p.csv", []byte("Code;Intitulé;Bambara\nEAU-01;Forage à Kolonso;"+title+"\n"), planfile.Known{Plans: []civic.Plan{plan}})
		return err
	}
	if err := read("Kolonso p?npek?l?n"); err == nil || !strings.Contains(err.Error(), "UTF-8") {
		t.Errorf("taken: %v", err)
	}
	for _, fine := range []string{"Kolonso pɔnpekɔlɔn", "Kolonso pɔnpe?", "Kolonso kɔlɔn kura"} {
		if err := read(fine); err != nil {
			t.Errorf("%s: %v", fine, err)
		}
	}
}
