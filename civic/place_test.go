package civic_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/jamakan/jamakan/civic"
)

func TestKayesIsWhole(t *testing.T) {
	kayes := civic.Kayes()
	if got := len(kayes.Communes()); got != 11 {
		t.Errorf("got %d communes, want 11", got)
	}
	if got := len(kayes.Children("0101")); got != 4 {
		t.Errorf("got %d arrondissements, want 4", got)
	}
	var names []string
	for _, p := range kayes.Path("01010103") {
		names = append(names, p.Name)
	}
	if got, want := strings.Join(names, " › "), "Kayes › Kayes › Kayes central › Colimbiné"; got != want {
		t.Errorf("got path %s, want %s", got, want)
	}
	if got, want := kayes.Name("99"), "99"; got != want {
		t.Errorf("an unknown place: got %q, want its code", got)
	}
}

func TestCodesTellLevelAndParent(t *testing.T) {
	for code, want := range map[civic.Code]struct {
		level  civic.Level
		parent civic.Code
	}{
		"01": {civic.Region, ""}, "0101": {civic.Cercle, "01"}, "010101": {civic.Arrondissement, "0101"},
		"01010103": {civic.Commune, "010101"}, "01010103001": {civic.Village, "01010103"},
		"": {}, "1": {}, "011": {}, "0101010": {}, "0101010a": {}, "٠١": {}, " 1": {}, "010101030": {},
	} {
		if code.Level() != want.level || code.Parent() != want.parent {
			t.Errorf("%q: got %q in %q, want %q in %q", code, code.Level(), code.Parent(), want.level, want.parent)
		}
	}
}

func TestTerritoryNamesTheWrongLine(t *testing.T) {
	for name, row := range map[string]struct {
		list  []civic.Place
		want  error
		names string
	}{
		"shape":     {[]civic.Place{{Code: "1", Name: "x"}}, civic.ErrPlaceCode, `"1"`},
		"no name":   {[]civic.Place{{Code: "01"}}, civic.ErrPlaceCode, `"01"`},
		"parent":    {[]civic.Place{{Code: "01", Name: "x"}, {Code: "010101", Name: "y"}}, civic.ErrPlaceParent, "010101"},
		"duplicate": {[]civic.Place{{Code: "01", Name: "x"}, {Code: "01", Name: "y"}}, civic.ErrPlaceTwice, "01"},
	} {
		_, err := civic.NewTerritory(row.list)
		if !errors.Is(err, row.want) || !strings.Contains(err.Error(), row.names) {
			t.Errorf("%s: got %v, want %v naming %s", name, err, row.want, row.names)
		}
	}
}

func TestWithAddsPlacesAndLeavesTheFirstAlone(t *testing.T) {
	kayes := civic.Kayes()
	more, err := kayes.With([]civic.Place{{Code: "01010103001", Name: "Kabaté"}, {Code: "01010103", Name: "Colimbiné"}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := more.Children("01010103"), []civic.Code{"01010103001"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if p, _ := more.Place("01010103"); len(p.Aliases) == 0 {
		t.Error("the commune lost its other name")
	}
	if len(kayes.Children("01010103")) != 0 {
		t.Error("the first territory changed")
	}
	if _, err := kayes.With([]civic.Place{{Code: "01010103", Name: "Autre"}}); !errors.Is(err, civic.ErrPlaceTwice) {
		t.Errorf("another name for a known code: got %v, want ErrPlaceTwice", err)
	}
}
