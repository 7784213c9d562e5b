package civic

// Small cells. A figure of few numbers tells who; so does the difference of
// two published figures, whether side by side (a total and its parts) or one
// week after the other. The rule is therefore all or nothing: the breakdowns
// of one consultation in one commune are published together, as one Release,
// in a week in which every cell of every one of them is 0 or at least k, and
// has changed since the last Release by 0 or at least k. In any other week
// the last Release stands. Since all tables of a commune come from the same
// week, a total minus its published parts is a cell itself, and is 0.

// TableCell names one figure of a commune.
type TableCell struct {
	Option    uint16 // 0: numbers whose ballot counts
	Dimension Dimension
	Modality  string
}

// Tables are all the figures of one consultation in one commune at the end of
// a week, since opening.
type Tables map[TableCell]int64

// Tabulate makes the tables of a commune from a sheet's rows. Without options
// only numbers are counted: what may be shown while results are hidden.
func Tabulate(rows []SheetRow, commune Code, options bool) Tables {
	t := Tables{}
	for _, r := range rows {
		if r.Place != commune || r.Option != 0 && !options {
			continue
		}
		for _, d := range Dimensions() {
			t[TableCell{r.Option, d, r.Group.Modality(d)}] += r.Total
		}
	}
	return t
}

// Release is what is published of a commune: the tables of the last week that
// could be.
type Release struct {
	Week   Week // of the tables; zero: nothing was published yet
	Tables Tables
	Prev   Tables // of the release before, for what changed
}

// Next is the release of a week, given the tables at its end: those, if they
// may be published, else the one before again.
func (r Release) Next(week Week, t Tables, k int64) Release {
	for cell := range merged(t, r.Tables) {
		if small(t[cell], k) || small(t[cell]-r.Tables[cell], k) {
			return r
		}
	}
	return Release{Week: week, Tables: t, Prev: r.Tables}
}

func merged(a, b Tables) map[TableCell]bool {
	all := make(map[TableCell]bool, len(a)+len(b))
	for c := range a {
		all[c] = true
	}
	for c := range b {
		all[c] = true
	}
	return all
}
