package desk

import (
	"cmp"
	"maps"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// leastShown is the fewest numbers that coordinators see (TALLY rules: 5; 10
// for the public).
const leastShown = 5

// resultsView is what may be told of a consultation, commune by commune.
type resultsView struct {
	Communes []communeResult
	Table    bool            // one line a commune: there are too many for one figure each
	Options  []*civic.Option // the columns of the table
	AsOf     civic.Week      // of every line of it; zero: they differ
	All      *communeResult  // all communes together, when all are hers
	Final    bool
	Why      civic.Reason // results are not shown
}

// communeResult is what is told of a commune.
type communeResult struct {
	Commune civic.Code
	Name    string
	Numbers civic.Figure
	AsOf    civic.Week
	Bars    []resultBar
	Why     civic.Reason
	Base    int64
}

// mostDrawn is for how many communes each gets a drawing of its own.
const mostDrawn = 8

// Of is the figure of an option, as it may be told.
func (r *communeResult) Of(o *civic.Option) *resultBar {
	for i := range r.Bars {
		if r.Bars[i].Option.Number == o.Number {
			return &r.Bars[i]
		}
	}
	return nil
}

// resultBar is the votes of one option.
type resultBar struct {
	Option civic.Option
	Figure civic.Figure
	Width  int64 // of a hundred, of the highest
}

// results are the figures of a consultation as the file of the coordinators
// has them, of the communes she answers for.
func (p *pages) results(c echo.Context, x *civic.Consultation) (*resultsView, error) {
	now := p.cfg.Now()
	if x.Draft || !x.Opened(now) {
		return nil, nil
	}
	all, err := p.cfg.Book.Told(c.Request().Context(), civic.WeekOf(now))
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(t store.Told) bool { return t.Sheet.Consultation.Code == x.Code })
	if i < 0 {
		return nil, nil
	}
	told, k := &all[i], int64(leastShown)
	if told.Sheet.Fictional && p.cfg.Demo {
		k = 1
	}
	published := told.Now[k]
	v := &resultsView{Final: x.State(now) == civic.Closed}
	for _, commune := range x.Scope {
		if me(c).Covers(commune) {
			v.Communes = append(v.Communes, tellCommune(x, commune, p.place(commune), published.Communes[commune]))
		}
	}
	if !told.Sheet.ResultsVisible() {
		v.Why = civic.UntilClosing
	}
	if v.Table = len(v.Communes) > mostDrawn; v.Table {
		v.tabulate(x)
	}
	if len(v.Communes) == len(x.Scope) && len(x.Scope) > 1 {
		all := tellCommune(x, "", p.text("desk.consult.together"), published.Pooled)
		v.All = &all
	}
	return v, nil
}

// tabulate finds what the table's columns are, and the week of its lines.
func (v *resultsView) tabulate(x *civic.Consultation) {
	if v.Why == "" {
		for i := range x.Options {
			v.Options = append(v.Options, &x.Options[i])
		}
	}
	v.AsOf = v.Communes[0].AsOf
	for i := range v.Communes {
		if v.Communes[i].AsOf != v.AsOf {
			v.AsOf = civic.Week{}
		}
	}
}

func tellCommune(x *civic.Consultation, commune civic.Code, name string, f civic.Figures) communeResult {
	r := communeResult{Commune: commune, Name: name, Numbers: f.Numbers, AsOf: f.AsOf, Why: f.Votes.Why, Base: f.Votes.Numbers}
	most := int64(1)
	for _, cell := range f.Votes.Cells {
		most = max(most, cell.N)
	}
	for _, number := range slices.Sorted(maps.Keys(f.Votes.Cells)) {
		if o := x.Option(int(number)); o != nil {
			cell := f.Votes.Cells[number]
			r.Bars = append(r.Bars, resultBar{*o, cell, cell.N * 100 / most})
		}
	}
	slices.SortStableFunc(r.Bars, func(a, b resultBar) int { return cmp.Compare(b.Figure.N, a.Figure.N) })
	return r
}
