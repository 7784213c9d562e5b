package civic

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"
)

// season draws the sheets of one consultation: a few communes, a few weeks,
// ballots that come in and ballots that change option, commune or group.
func season() *rapid.Generator[[]*Sheet] {
	return rapid.Custom(func(t *rapid.T) []*Sheet {
		s := drawn{t: t, totals: map[choice]int64{}}
		s.communes = []Code{"01010101", "01010102", "01010201"}[:rapid.IntRange(1, 3).Draw(t, "communes")]
		c := Consultation{
			Code: "JAM-1", Scope: s.communes, Rule: rapid.SampledFrom([]Rule{Choose, Choose, Approve}).Draw(t, "rule"),
			Visibility: rapid.SampledFrom([]Visibility{Live, Live, Live, ParticipationOnly, AfterClose}).Draw(t, "visibility"),
		}
		s.options = rapid.IntRange(1, 4).Draw(t, "options")
		if c.Rule == Approve {
			c.Max = s.options
		}
		s.marks = c.most()
		for i := range s.options {
			c.Options = append(c.Options, Option{Number: i + 1})
		}
		var sheets []*Sheet
		week := Week{2026, 40}
		weeks := rapid.IntRange(1, 6).Draw(t, "weeks")
		closes := rapid.IntRange(1, 7).Draw(t, "closes")
		for i := range weeks {
			sheet := &Sheet{Week: week, Consultation: c, State: Open}
			if i >= closes {
				sheet.State = Closed
			}
			if i <= closes {
				s.change()
			}
			sheet.Rows = s.rows()
			sheets, week = append(sheets, sheet), week.Next()
		}
		return sheets
	})
}

// choice is a kind of ballot.
type choice struct {
	place Code
	marks uint // bits
	group Group
}

type drawn struct {
	t        *rapid.T
	communes []Code
	options  int
	marks    int
	totals   map[choice]int64
	kinds    []choice // in the order drawn
}

func (d *drawn) choice() choice {
	c := choice{
		place: rapid.SampledFrom(d.communes).Draw(d.t, "place"),
		marks: 1 << rapid.IntRange(0, d.options-1).Draw(d.t, "mark"),
		group: Group{
			Channel: Channel(rapid.IntRange(1, 2).Draw(d.t, "channel")), Lang: rapid.SampledFrom([]string{"bm", "bm", "fr"}).Draw(d.t, "lang"),
			Sex: Sex(rapid.IntRange(0, 2).Draw(d.t, "sex")), Age: Age(rapid.IntRange(0, 4).Draw(d.t, "age")),
		},
	}
	if d.marks > 1 {
		c.marks |= uint(rapid.IntRange(0, 1<<d.options-1).Draw(d.t, "more"))
	}
	return c
}

// change is what happens in a week: often nothing or little in a commune.
func (d *drawn) change() {
	for range rapid.IntRange(0, 5).Draw(d.t, "arrivals") {
		d.add(d.choice(), rapid.SampledFrom([]int64{1, 2, 3, 6, 9, 10, 12, 17, 30, 60}).Draw(d.t, "new"))
	}
	if len(d.kinds) == 0 {
		return
	}
	for range rapid.IntRange(0, 2).Draw(d.t, "changes") {
		from := rapid.SampledFrom(d.kinds).Draw(d.t, "from")
		to := d.choice()
		if rapid.Bool().Draw(d.t, "stays") {
			to.place = from.place
		}
		n := min(d.totals[from], rapid.SampledFrom([]int64{1, 2, 5, 11, 20}).Draw(d.t, "moved"))
		d.add(from, -n)
		d.add(to, n)
	}
}

func (d *drawn) add(c choice, n int64) {
	if !slices.Contains(d.kinds, c) {
		d.kinds = append(d.kinds, c)
	}
	d.totals[c] += n
}

func (d *drawn) rows() []SheetRow {
	var rows []SheetRow
	for _, c := range d.kinds {
		n := d.totals[c]
		if n == 0 {
			continue
		}
		rows = append(rows, SheetRow{Place: c.place, Group: c.group, Total: n})
		for o := range d.options {
			if c.marks>>o&1 == 1 {
				rows = append(rows, SheetRow{Place: c.place, Option: uint16(o + 1), Group: c.group, Total: n})
			}
		}
	}
	return rows
}

// printed writes a season for a person who must find out what went wrong.
func printed(sheets []*Sheet) string {
	out := ""
	for _, s := range sheets {
		c := countSheet(s, s.Consultation.Scope)
		out += fmt.Sprintf("%v state %d %s %s: %v %v\n", s.Week, s.State, s.Consultation.Rule, s.Consultation.Visibility, c.numbers, c.tables)
	}
	return out
}
