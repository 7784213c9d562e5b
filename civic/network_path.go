package civic

import "slices"

// step is one arc of a path, along it or back.
type step struct {
	arc  int
	back bool
}

// reach is how the search came to a node.
type reach struct {
	price int64 // of what must be hidden on the way; -1: not reached
	done  bool
	by    step
}

// path finds the cheapest way from one node to another over arcs that can
// carry at least that much: hidden ones for nothing, and where more may be
// hidden, others at their price. It returns what the way can carry. Ties go
// to the node and the arc that come first, so the same table gives the same
// path.
func (g *network) path(from, to, skip int, least int64, more bool) ([]step, int64) {
	seen := make([]reach, len(g.at))
	for i := range seen {
		seen[i].price = -1
	}
	seen[from].price = 0
	for queue := []int{from}; len(queue) > 0; {
		node := cheapest(queue, seen)
		at := queue[node]
		queue = slices.Delete(queue, node, node+1)
		if at == to {
			return g.walk(seen, from, to)
		}
		seen[at].done = true
		for _, i := range g.at[at] {
			if i == skip {
				continue
			}
			queue = g.relax(seen, queue, i, at, least, more)
		}
	}
	return nil, 0
}

// relax goes over one arc from a node.
func (g *network) relax(seen []reach, queue []int, i, at int, least int64, more bool) []int {
	a := &g.arcs[i]
	if !a.hidden && (!more || a.price == 0) {
		return queue
	}
	s, next := step{arc: i, back: a.to == at}, a.to
	if s.back {
		next = a.from
	}
	if seen[next].done || g.carries(s) < least {
		return queue
	}
	price := seen[at].price
	if !a.hidden {
		price += a.price
	}
	switch known := seen[next].price; {
	case known < 0:
		queue = append(queue, next)
	case known <= price:
		return queue
	}
	seen[next].price, seen[next].by = price, s
	return queue
}

// carries is how much more a step can carry: any amount along an arc, and
// back as much as a reader may think it less.
func (g *network) carries(s step) int64 {
	if s.back {
		return g.arcs[s.arc].room + g.delta[s.arc]
	}
	return endless
}

// cheapest is the place in the queue of the node to go on from: the first of
// the cheapest, so that among equals the way with fewest steps wins.
func cheapest(queue []int, seen []reach) int {
	best := 0
	for i, node := range queue {
		if seen[node].price < seen[queue[best]].price {
			best = i
		}
	}
	return best
}

// walk goes back along the way found.
func (g *network) walk(seen []reach, from, to int) ([]step, int64) {
	var path []step
	carries := int64(endless)
	for at := to; at != from; {
		s := seen[at].by
		path, carries = append(path, s), min(carries, g.carries(s))
		if s.back {
			at = g.arcs[s.arc].to
		} else {
			at = g.arcs[s.arc].from
		}
	}
	return path, carries
}
