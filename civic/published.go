package civic

// published is what stands after the weeks taken, told in the words of the
// last sheet.
func (p *publisher) published(s *Sheet) Published {
	all := Published{Week: s.Week, Communes: map[Code]Figures{}, Rollups: map[Code]Figure{}}
	all.Pooled = p.figures(s, pooled)
	for _, commune := range p.scope {
		all.Communes[commune] = p.figures(s, commune)
	}
	below := map[Code][]Code{}
	for _, commune := range p.scope {
		for place := commune.Parent(); place != ""; place = place.Parent() {
			below[place] = append(below[place], commune)
		}
	}
	for place, communes := range below {
		all.Rollups[place] = p.rollup(s, communes)
	}
	return all
}

// rollup is the sum of the communes' numbers, when all are of one week.
func (p *publisher) rollup(s *Sheet, communes []Code) Figure {
	if !p.all(communes) {
		why := NotAll
		if closed(s) {
			why = p.withheld(s, communes[0])
		}
		return Figure{Hidden: true, Why: why}
	}
	sum := Figure{}
	for _, c := range communes {
		sum.N += p.numbers.lines[c].numbers
	}
	return sum
}

// closed says whether no figure at all comes out before closing.
func closed(s *Sheet) bool {
	return s.State != Closed && s.Consultation.Visibility == AfterClose
}

func (p *publisher) figures(s *Sheet, at Code) Figures {
	l := p.numbers.lines[at]
	f := Figures{AsOf: l.asOf, By: map[Dimension]Table[string]{}}
	if l.asOf == (Week{}) {
		f.Numbers = Figure{Hidden: true, Why: p.withheld(s, at)}
	} else {
		f.Numbers = l.figure(total)
	}
	for _, d := range broken() {
		h := p.tables[d]
		t := Table[string]{Why: p.withheld(s, at)}
		tell(&t, h.lines[at], func(column string) (string, bool) { return column, true })
		f.By[d] = t
	}
	f.Votes = p.votes(s, at)
	return f
}

func (p *publisher) votes(s *Sheet, at Code) Table[uint16] {
	switch {
	case p.annulled:
		return Table[uint16]{Why: NoResult}
	case !s.ResultsVisible():
		return Table[uint16]{Why: UntilClosing}
	}
	t := Table[uint16]{Why: p.withheld(s, at)}
	tell(&t, p.tables[byVotes].lines[at], columnOption)
	return t
}

// withheld is why a line was never published.
func (p *publisher) withheld(s *Sheet, at Code) Reason {
	switch {
	case p.annulled:
		return NoResult
	case closed(s):
		return UntilClosing
	case at == pooled:
		return NotAll
	}
	return TooFew
}

// tell fills a table from the release of a line that stands. key names the
// columns that are told.
func tell[K comparable](t *Table[K], l *line, key func(column string) (K, bool)) {
	if l.asOf == (Week{}) {
		return
	}
	t.AsOf, t.Numbers, t.Why, t.Cells = l.asOf, l.numbers, "", map[K]Figure{}
	for column := range l.stands {
		if k, told := key(column); told {
			t.Cells[k] = l.figure(column)
		}
	}
}
