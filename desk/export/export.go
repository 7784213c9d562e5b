package export

import (
	"errors"
	"fmt"
	"slices"

	"github.com/jamakan/jamakan/civic"
)

// Profile is who a file is for.
type Profile string

// The profiles: public hides cells under 10, coordination under 5.
const (
	Public       Profile = "public"
	Coordination Profile = "coordination"
)

// smallest is the least count a profile publishes.
func (p Profile) smallest() (int64, error) {
	switch p {
	case Public:
		return 10, nil
	case Coordination:
		return 5, nil
	}
	return 0, fmt.Errorf("%q: %w", p, ErrProfile)
}

// Errors of an export. Each says what to write instead.
var (
	// ErrProfile: no such profile.
	ErrProfile = errors.New("not a profile; write public or coordination")
	// ErrFormat: no such format.
	ErrFormat = errors.New("not a format; write csv")
	// ErrNoWeek: no consultation was open in the week, or before it.
	ErrNoWeek = errors.New("no consultation had begun by that week; choose a later one")
	// ErrCommune: no consultation asks that commune.
	ErrCommune = errors.New("no consultation asks that commune; give the code of one in the plan's scope")
)

// Options are what is asked for.
type Options struct {
	Week           civic.Week
	Commune        civic.Code // "" for all
	Profile        Profile
	Formats        []string
	DemoSmallCells bool // show everything of a fictive consultation
}

// File is one rendered file.
type File struct {
	Name string
	Data []byte
}

// formats are the renderers by name: the one place to add one.
func formats() map[string]func(rows []row, o Options) File {
	return map[string]func([]row, Options) File{"csv": renderCSV}
}

// Render makes the files of a week from the sheets of all weeks up to it:
// earlier ones say what was published before.
func Render(series []civic.Sheet, o Options) ([]File, error) {
	k, err := o.Profile.smallest()
	if err != nil {
		return nil, err
	}
	var renderers []func([]row, Options) File
	for _, name := range o.Formats {
		r, ok := formats()[name]
		if !ok {
			return nil, fmt.Errorf("%q: %w", name, ErrFormat)
		}
		renderers = append(renderers, r)
	}
	rows, asked := []row{}, o.Commune == ""
	found := false
	for i := range series {
		if series[i].Week != o.Week {
			continue
		}
		found = true
		of := earlier(series, &series[i])
		for _, commune := range series[i].Consultation.Scope {
			if o.Commune != "" && commune != o.Commune {
				continue
			}
			asked = true
			rows = append(rows, tabulate(of, &series[i], commune, k, o)...)
		}
	}
	switch {
	case !found:
		return nil, fmt.Errorf("%s: %w", o.Week, ErrNoWeek)
	case !asked:
		return nil, fmt.Errorf("%s: %w", o.Commune, ErrCommune)
	}
	var files []File
	for _, render := range renderers {
		files = append(files, render(rows, o))
	}
	return append(files, readme(o)), nil
}

// earlier are the sheets of one consultation up to a week, in order.
func earlier(series []civic.Sheet, of *civic.Sheet) []*civic.Sheet {
	var all []*civic.Sheet
	for i := range series {
		if s := &series[i]; s.Consultation.Code == of.Consultation.Code && !of.Week.Before(s.Week) {
			all = append(all, s)
		}
	}
	slices.SortStableFunc(all, func(a, b *civic.Sheet) int {
		if a.Week.Before(b.Week) {
			return -1
		}
		if b.Week.Before(a.Week) {
			return 1
		}
		return 0
	})
	return all
}

// row is one fact of the file.
type row struct {
	sheet     *civic.Sheet
	commune   civic.Code
	option    *civic.Option // nil: numbers, not votes for an option
	dimension civic.Dimension
	modality  string
	change    int64 // within the week
	total     int64 // since opening
	base      int64 // numbers whose ballot counts in the commune
	asOf      civic.Week
	hidden    bool
	why       string
}

// tabulate makes the rows of a commune.
func tabulate(of []*civic.Sheet, s *civic.Sheet, commune civic.Code, k int64, o Options) []row {
	if o.DemoSmallCells && s.Fictional {
		k = 1
	}
	participation, results := releases(of, commune, k)
	rows := cells(s, commune, participation, nil)
	if !s.ResultsVisible() {
		return append(rows, row{sheet: s, commune: commune, dimension: civic.ByTotal, modality: "tous", hidden: true, why: hiddenUntil(s)})
	}
	for i := range s.Consultation.Options {
		rows = append(rows, cells(s, commune, results, &s.Consultation.Options[i])...)
	}
	return rows
}

func hiddenUntil(s *civic.Sheet) string {
	if s.State == civic.Annulled {
		return "consultation annulée : pas de résultat"
	}
	return "résultats par option à la clôture"
}

// releases are what may be published at the end of the last sheet: of
// participation, and of results. Where results may be seen the participation
// is a part of them, so that the two never come from different weeks.
func releases(of []*civic.Sheet, commune civic.Code, k int64) (participation, results civic.Release) {
	for _, s := range of {
		if s.ResultsVisible() {
			results = results.Next(s.Week, civic.Tabulate(s.Rows, commune, true), k)
			if results.Week == s.Week {
				participation = participation.Next(s.Week, civic.Tabulate(s.Rows, commune, false), k)
			}
		} else {
			participation = participation.Next(s.Week, civic.Tabulate(s.Rows, commune, false), k)
		}
	}
	return participation, results
}

// cells are the rows of one option (nil: of numbers) in a release.
func cells(s *civic.Sheet, commune civic.Code, r civic.Release, option *civic.Option) []row {
	base := row{sheet: s, commune: commune, option: option, asOf: r.Week}
	if r.Week == (civic.Week{}) {
		base.dimension, base.modality, base.hidden, base.why = civic.ByTotal, "tous", true, "trop peu de numéros pour garder le secret"
		return []row{base}
	}
	number := uint16(0)
	if option != nil {
		number = uint16(option.Number)
	}
	base.base = r.Tables[civic.TableCell{Dimension: civic.ByTotal, Modality: "tous"}]
	if r.Week != s.Week {
		base.why = "arrêté à la semaine " + r.Week.String() + " : trop peu de changements depuis"
	}
	var rows []row
	for _, d := range civic.Dimensions() {
		for _, modality := range modalities(d, r.Tables) {
			c := civic.TableCell{Option: number, Dimension: d, Modality: modality}
			one := base
			one.dimension, one.modality, one.total = d, modality, r.Tables[c]
			if r.Week == s.Week {
				one.change = r.Tables[c] - r.Prev[c]
			}
			rows = append(rows, one)
		}
	}
	return rows
}

// modalities are those of a dimension that have a count, in a fixed order.
func modalities(d civic.Dimension, t civic.Tables) []string {
	var all []string
	for c := range t {
		if c.Dimension == d && c.Option == 0 && !slices.Contains(all, c.Modality) {
			all = append(all, c.Modality)
		}
	}
	order := []string{"tous", "ussd", "sms", "femme", "homme", "moins_15", "15_35", "36_59", "60_plus"}
	rank := func(m string) int {
		if i := slices.Index(order, m); i >= 0 {
			return i
		}
		if m == "non_renseigne" {
			return len(order) + 1
		}
		return len(order)
	}
	slices.SortFunc(all, func(a, b string) int {
		if rank(a) != rank(b) {
			return rank(a) - rank(b)
		}
		if a < b {
			return -1
		}
		return 1
	})
	return all
}
