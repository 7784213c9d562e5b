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
	for j, column := range part {
		r[column] = published{n: r[column].n, hidden: g.arcs[j].hidden}
	}
	return true
}

// protectMargins hides margins of a part of a table, so that those published
// tell nothing that the communes' own rows hide: in a row that stands from an
// earlier week, that is all of it. It hides no cell: a commune's own figures
// come before the pooled ones.
func (h *history) protectMargins(week Week, counts map[Code]row, scope []Code, part []string, r release, k int64, presume bool) bool {
	g := newNetwork(len(scope), len(part))
	for j, column := range part {
		f := r[column]
		g.margin(j, arc{room: h.lines[pooled].slack(column, f.n, presume), hidden: f.hidden, guarded: true, price: 1 + f.n})
	}
	for i, commune := range scope {
		l := h.lines[commune]
		for j, column := range part {
			hidden := l.asOf != week || l.stands[column].hidden
			g.cell(i, j, arc{room: l.slack(column, counts[commune][column], presume), hidden: hidden, guarded: true})
		}
	}
	if !g.protect(k) {
		return false
	}
	for j, column := range part {
		r[column] = published{n: r[column].n, hidden: g.arcs[j].hidden}
	}
	return true
}

func (l *line) slack(column string, n int64, presume bool) int64 {
	if presume {
		return l.room(column, n)
	}
	return n
}

// small says whether a count or a change is of so few that it tells who.
func small(n, k int64) bool { return n != 0 && max(n, -n) < k }
