package civic

// protectLine hides complements in a part of one commune's row, whose total
// is published and whose columns are not.
func protectLine(l *line, part []string, r release, k int64, presume bool) bool {
	g := newNetwork(1, len(part))
	for j, column := range part {
		f := r[column]
		g.cell(0, j, arc{room: l.slack(column, f.n, presume), hidden: f.hidden, guarded: true, price: 1 + f.n})
	}
	for j := range part {
		g.margin(j, arc{room: endless, hidden: true})
	}
	if !g.protect(k) {
		return false
	}
	g.tell(part, r)
	return true
}

// protectTotals says whether the sum of all communes' numbers may be told: it
// must not tell those that stand from an earlier week, or were never told. It
// holds none back for the sake of the sum.
func (p *publisher) protectTotals(numbers map[Code]int64, presume bool) bool {
	g := newNetwork(1, len(p.scope))
	for j, commune := range p.scope {
		l := p.numbers.lines[commune]
		g.cell(0, j, arc{room: l.slack(total, numbers[commune], presume), hidden: l.asOf != p.week, guarded: true})
		g.margin(j, arc{room: endless, hidden: true})
	}
	return g.protect(p.k)
}

// protectMargins hides margins of a part of a table, so that those published
// tell nothing that the communes' own rows hide: in a row that stands from an
// earlier week, that is all of it, and may be its total. It hides no cell: a
// commune's own figures come before the pooled ones.
//
// A hidden total is in every table. None of them holds the others back: rows
// whose totals are hidden hide all their cells, and these can follow any
// totals with the same sum without changing a margin.
//
// A margin of 0 tells that each count in it is 0, which is no secret: it is
// told, unless other counts need it hidden.
func (p *publisher) protectMargins(h *history, numbers map[Code]int64, counts map[Code]row, part []string, r release, presume bool) bool {
	for _, zeros := range []bool{true, false} {
		g := newNetwork(len(p.scope), len(part))
		for j, column := range part {
			f := r[column]
			a := arc{room: h.lines[pooled].slack(column, f.n, presume), hidden: f.hidden, guarded: true, price: 1 + f.n}
			if zeros && f.n == 0 {
				a.price = 0
			}
			g.margin(j, a)
		}
		p.addCells(g, h, numbers, counts, part, presume)
		if g.protect(p.k) {
			g.tell(part, r)
			return true
		}
	}
	return false
}

// addCells adds the communes' rows to a network of margins.
func (p *publisher) addCells(g *network, h *history, numbers map[Code]int64, counts map[Code]row, part []string, presume bool) {
	for i, commune := range p.scope {
		n := numbers[commune]
		if n == 0 {
			continue // all its counts are known to be 0
		}
		l, t := h.lines[commune], p.numbers.lines[commune]
		g.total(i, arc{room: t.slack(total, n, presume), hidden: t.asOf != p.week, guarded: true})
		for j, column := range part {
			known := !g.arcs[j].hidden && g.arcs[j].price == 0
			hidden := !known && (l.asOf != p.week || l.stands[column].hidden)
			g.cell(i, j, arc{room: l.slack(column, counts[commune][column], presume), hidden: hidden, guarded: true})
		}
	}
}

// tell marks in a release what the first arcs of a network hide.
func (g *network) tell(part []string, r release) {
	for j, column := range part {
		r[column] = published{n: r[column].n, hidden: g.arcs[j].hidden}
	}
}

func (l *line) slack(column string, n int64, presume bool) int64 {
	if presume {
		return l.room(column, n)
	}
	return n
}

// small says whether a count or a change is of so few that it tells who.
func small(n, k int64) bool { return n != 0 && max(n, -n) < k }
