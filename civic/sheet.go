package civic

import (
	"cmp"
	"slices"
	"time"
)

// Sheet is what one consultation counted in one week: everything that a
// week's files are rendered from. It is frozen when the week closes, so that
// the same week gives the same bytes for ever, whatever is renamed later. Its
// rows are whole: hiding small cells is done when it is published.
type Sheet struct {
	Week         Week               `json:"week"`
	Provisional  bool               `json:"provisional,omitempty"` // the week is not over
	PlanCode     string             `json:"plan_code"`
	PlanTitle    Text               `json:"plan_title"`
	Phase        Phase              `json:"phase"`
	Fictional    bool               `json:"fictional,omitempty"`
	Consultation Consultation       `json:"consultation"` // as it was at the end of the week
	State        State              `json:"state"`        // at the end of the week
	AsOf         time.Time          `json:"as_of"`        // the end of the week, or the moment of a provisional sheet
	Places       []Place            `json:"places"`       // communes of the scope with the places around them
	Population   map[Code]Residents `json:"population,omitempty"`
	Rows         []SheetRow         `json:"rows"`
}

// SheetRow is one cell of a sheet: changes within the week, and the total
// since opening.
type SheetRow struct {
	Place  Code   `json:"place"`
	Option uint16 `json:"option"` // 0: ballots
	Group  Group  `json:"group"`
	InWeek int64  `json:"in_week"`
	Total  int64  `json:"total"`
}

// ResultsVisible says whether counts by option may be published from the
// sheet: running ones only where the consultation is Live; else once, in the
// week of closing and after.
func (s *Sheet) ResultsVisible() bool {
	switch s.State {
	case Closed:
		return true
	case Open:
		return s.Consultation.Visibility == Live
	default:
		return false
	}
}

// Rows makes the rows of a week from the counters of a consultation, in a
// fixed order.
func (c Counts) Rows(consultation string, week Week) []SheetRow {
	type key struct {
		place  Code
		option uint16
		group  Group
	}
	sums := map[key]*SheetRow{}
	for cell, n := range c {
		if cell.Consultation != consultation || week.Before(cell.Week) {
			continue
		}
		k := key{cell.Place, cell.Option, cell.Group}
		row := sums[k]
		if row == nil {
			row = &SheetRow{Place: cell.Place, Option: cell.Option, Group: cell.Group}
			sums[k] = row
		}
		row.Total += n
		if cell.Week == week {
			row.InWeek += n
		}
	}
	rows := make([]SheetRow, 0, len(sums))
	for _, row := range sums {
		if row.InWeek != 0 || row.Total != 0 {
			rows = append(rows, *row)
		}
	}
	slices.SortFunc(rows, func(a, b SheetRow) int {
		return cmp.Or(cmp.Compare(a.Place, b.Place), cmp.Compare(a.Option, b.Option),
			cmp.Compare(a.Group.Channel, b.Group.Channel), cmp.Compare(a.Group.Lang, b.Group.Lang),
			cmp.Compare(a.Group.Sex, b.Group.Sex), cmp.Compare(a.Group.Age, b.Group.Age))
	})
	return rows
}
