package civic

import "math"

// network is a table as a flow: one source gives rows their numbers, rows send
// them through cells to columns, and columns through margins to one sink. What is published is
// fixed; what is hidden may be any count that keeps every published sum. So
// the least and the most that a hidden count can be, to a reader who solves
// the sums, are found by pushing flow around it through other hidden arcs
// (Cox 1995, "Network models for complementary cell suppression"; Fischetti
// and Salazar 2001). Bounds are whole numbers and exact.
//
// What the source gives in all is published; so are rows' totals, but for
// those that have an arc.
type network struct {
	rows, cols int
	arcs       []arc
	at         [][]int // arcs by node: rows, columns, the sink, the source
	delta      []int64 // flow pushed over each arc, beside the true count
	search     search
}

// arc is a cell, a margin or a row's total.
type arc struct {
	from, to int
	room     int64 // how far below the truth a reader may think it is
	hidden   bool
	guarded  bool  // once hidden, its interval must be wide
	price    int64 // what hiding it costs; 0: it may not be hidden
	safe     bool
}

const endless = math.MaxInt64 / 4

func newNetwork(rows, cols int) *network {
	nodes := rows + cols + 2
	return &network{rows: rows, cols: cols, at: make([][]int, nodes), search: newSearch(nodes)}
}

func (g *network) cell(i, j int, a arc) {
	a.from, a.to = i, g.rows+j
	g.add(a)
}

func (g *network) margin(j int, a arc) {
	a.from, a.to = g.rows+j, g.rows+g.cols
	g.add(a)
}

func (g *network) total(i int, a arc) {
	a.from, a.to = g.rows+g.cols+1, i
	g.add(a)
}

func (g *network) add(a arc) {
	g.at[a.from] = append(g.at[a.from], len(g.arcs))
	g.at[a.to] = append(g.at[a.to], len(g.arcs))
	g.arcs = append(g.arcs, a)
	g.delta = append(g.delta, 0)
}

// protect hides more, until the interval of each hidden arc is k wide. An arc
// found safe stays safe: hiding more only widens. It says false when nothing
// is left to hide.
func (g *network) protect(k int64) bool {
	for again := true; again; {
		again = false
		for i := range g.arcs {
			if a := &g.arcs[i]; a.hidden && a.guarded && !a.safe {
				if !g.widen(i, k) {
					return false
				}
				g.arcs[i].safe, again = true, true
			}
		}
	}
	return true
}

// widen hides complements of one arc until its interval is k wide.
func (g *network) widen(i int, k int64) bool {
	for {
		if g.width(i, k) >= k {
			return true
		}
		if !g.complement(i, k) {
			return false
		}
	}
}

// width is how many steps a reader may move a hidden arc's count, counted up
// to k.
func (g *network) width(i int, k int64) int64 {
	up := g.raise(i, k)
	return up + g.lower(i, k-up)
}

// raise is how far above the truth the arc may be: more through it comes back
// from its end to its start.
func (g *network) raise(i int, limit int64) int64 {
	return g.flow(g.arcs[i].to, g.arcs[i].from, i, limit)
}

// lower is how far below the truth the arc may be.
func (g *network) lower(i int, limit int64) int64 {
	return g.flow(g.arcs[i].from, g.arcs[i].to, i, min(limit, g.arcs[i].room))
}

// flow pushes up to limit from one node to another without the arc skip, by
// shortest augmenting paths (Edmonds and Karp).
func (g *network) flow(from, to, skip int, limit int64) int64 {
	clear(g.delta)
	pushed := int64(0)
	for pushed < limit {
		path, by := g.augment(from, to, skip)
		if path == nil {
			break
		}
		by = min(by, limit-pushed)
		g.push(path, by)
		pushed += by
	}
	return pushed
}

func (g *network) push(path []step, by int64) {
	for _, s := range path {
		if s.back {
			g.delta[s.arc] -= by
		} else {
			g.delta[s.arc] += by
		}
	}
}

// complement hides what is cheapest to hide so that the arc may be more. It
// looks from where the flow over hidden arcs is at its most, so each way it
// finds hides something. That it may be less is not sought: an arc is hidden
// for a count, or a change, under k, so that alone never widens it enough.
func (g *network) complement(i int, k int64) bool {
	g.raise(i, k)
	path := g.path(g.arcs[i].to, g.arcs[i].from, i)
	for _, s := range path {
		g.arcs[s.arc].hidden = true
	}
	return path != nil
}
