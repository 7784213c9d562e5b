package civic

import (
	"maps"
	"slices"
	"strconv"
)

// byVotes is the table of votes by option; its columns are the options'
// numbers.
const byVotes Dimension = "voix"

// broken are the dimensions that numbers are broken down by.
func broken() []Dimension { return []Dimension{ByChannel, ByLang, BySex, ByAge} }

// row is one commune's figures in one table: count by column.
type row map[string]int64

// counted are the tables of one sheet.
type counted struct {
	numbers map[Code]int64
	tables  map[Dimension]map[Code]row
}

// countSheet makes the tables of a sheet, with a row for each commune.
func countSheet(s *Sheet, scope []Code) counted {
	c := counted{numbers: map[Code]int64{}, tables: map[Dimension]map[Code]row{}}
	for _, d := range append(broken(), byVotes) {
		c.tables[d] = map[Code]row{}
		for _, commune := range scope {
			c.tables[d][commune] = row{}
		}
	}
	for _, r := range s.Rows {
		if _, asked := c.tables[byVotes][r.Place]; asked {
			c.add(r)
		}
	}
	if !s.Consultation.oneMark() {
		c.addOthers(s.options())
	}
	return c
}

func (c counted) add(r SheetRow) {
	if r.Option != 0 {
		c.tables[byVotes][r.Place][optionColumn(r.Option)] += r.Total
		return
	}
	c.numbers[r.Place] += r.Total
	for _, d := range broken() {
		c.tables[d][r.Place][r.Group.Modality(d)] += r.Total
	}
}

// addOthers adds, beside each option, the numbers that did not choose it: to
// who knows the numbers, a count and its rest are one figure.
func (c counted) addOthers(options []uint16) {
	for commune, votes := range c.tables[byVotes] {
		for _, o := range options {
			votes[otherColumn(o)] = c.numbers[commune] - votes[optionColumn(o)]
		}
	}
}

// oneMark says whether each ballot marks one option, so that votes add up to
// numbers.
func (c *Consultation) oneMark() bool { return c.most() == 1 }

func optionColumn(o uint16) string { return strconv.Itoa(int(o)) }

func otherColumn(o uint16) string { return "sans " + optionColumn(o) }

// options are the numbers of the consultation's options, and of those votes
// were counted for, in order.
func (s *Sheet) options() []uint16 {
	all := map[uint16]bool{}
	for _, o := range s.Consultation.Options {
		all[uint16(o.Number)] = true
	}
	for _, r := range s.Rows {
		all[r.Option] = true
	}
	delete(all, 0)
	return slices.Sorted(maps.Keys(all))
}

// voteParts are the sets of columns of the table of votes that each add up to
// the numbers.
func voteParts(s *Sheet) [][]string {
	var whole []string
	var parts [][]string
	for _, o := range s.options() {
		whole = append(whole, optionColumn(o))
		parts = append(parts, []string{optionColumn(o), otherColumn(o)})
	}
	if s.Consultation.oneMark() {
		return [][]string{whole}
	}
	return parts
}

// columnOption reads an option's column; false for another column.
func columnOption(column string) (uint16, bool) {
	n, err := strconv.ParseUint(column, 10, 16)
	return uint16(n), err == nil
}
