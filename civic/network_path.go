package civic

import "slices"

// step is one arc of a path, along it or back.
type step struct {
	arc  int
	back bool
}

// search is what the ways through a network are found with.
type search struct {
	price   []int64 // of what must be hidden on the way to a node; -1: not reached
	done    []bool
	by      []step // how the node was reached
	waiting []int
}

func newSearch(nodes int) search {
	return search{price: make([]int64, nodes), done: make([]bool, nodes), by: make([]step, nodes)}
}

func (s *search) start(from int) {
	for i := range s.price {
		s.price[i], s.done[i] = -1, false
	}
	s.price[from] = 0
	s.waiting = append(s.waiting[:0], from)
}

// augment finds a shortest way over hidden arcs, and what it can carry.
func (g *network) augment(from, to, skip int) ([]step, int64) {
	s := &g.search
	s.start(from)
	for next := 0; next < len(s.waiting); next++ {
		at := s.waiting[next]
		for _, i := range g.at[at] {
			if !g.arcs[i].hidden || i == skip {
				continue
			}
			by, node := g.over(i, at)
			if s.price[node] == 0 || g.carries(by) < 1 {
				continue
			}
			s.price[node], s.by[node] = 0, by
			if node == to {
				return g.walk(from, to)
			}
			s.waiting = append(s.waiting, node)
		}
	}
	return nil, 0
}

// path finds the cheapest way: over hidden arcs for nothing, over others at
// the price of hiding them (Dijkstra). Ties go to what comes first, so the
// same table gives the same path.
func (g *network) path(from, to, skip int) []step {
	s := &g.search
	s.start(from)
	for len(s.waiting) > 0 {
		first := s.cheapest()
		at := s.waiting[first]
		s.waiting = slices.Delete(s.waiting, first, first+1)
		if at == to {
			path, _ := g.walk(from, to)
			return path
		}
		s.done[at] = true
		for _, i := range g.at[at] {
			if i != skip {
				g.relax(i, at)
			}
		}
	}
	return nil
}

// relax goes over one arc from a node.
func (g *network) relax(i, at int) {
	a, s := &g.arcs[i], &g.search
	by, node := g.over(i, at)
	price := s.price[at]
	if !a.hidden {
		price += a.price
	}
	switch known := s.price[node]; {
	case !a.hidden && a.price == 0, s.done[node], g.carries(by) < 1, known >= 0 && known <= price:
		return
	case known < 0:
		s.waiting = append(s.waiting, node)
	}
	s.price[node], s.by[node] = price, by
}

// over is the step over an arc from one of its ends, and the other end.
func (g *network) over(i, at int) (step, int) {
	if a := &g.arcs[i]; a.to == at {
		return step{arc: i, back: true}, a.from
	}
	return step{arc: i}, g.arcs[i].to
}

// carries is how much more a step can carry: any amount along an arc, and
// back as much as a reader may think it less.
func (g *network) carries(s step) int64 {
	if s.back {
		return g.arcs[s.arc].room + g.delta[s.arc]
	}
	return endless
}

// cheapest is the place of the node to go on from: among equals the one
// reached first.
func (s *search) cheapest() int {
	best := 0
	for i, node := range s.waiting {
		if s.price[node] < s.price[s.waiting[best]] {
			best = i
		}
	}
	return best
}

// walk goes back along the way found.
func (g *network) walk(from, to int) ([]step, int64) {
	var path []step
	carries := int64(endless)
	for at := to; at != from; {
		by := g.search.by[at]
		path, carries = append(path, by), min(carries, g.carries(by))
		if by.back {
			at = g.arcs[by.arc].to
		} else {
			at = g.arcs[by.arc].from
		}
	}
	return path, carries
}
