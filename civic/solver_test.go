package civic

import "testing"

// fataler is a test, of either kind.
type fataler interface {
	Fatalf(format string, args ...any)
}

// problem is a system of sums over counts that are not negative, as a reader
// of the published figures may write it down. It shares nothing with the
// network that hides them: it is solved by the simplex method, in two phases,
// with Bland's rule. The sums of a table with margins make a totally
// unimodular matrix: each pivot is 1 or -1, so whole numbers stay exact.
type problem struct {
	t    fataler
	n    int       // unknowns
	rows [][]int64 // n coefficients and the sum
	base []int     // the unknown that each row solves for; -1: not yet
}

func (p *problem) sum(of []int, total int64) {
	r := make([]int64, p.n+1)
	for _, v := range of {
		r[v]++
	}
	r[p.n] = total
	p.rows = append(p.rows, r)
}

// atLeast is a sum with a slack unknown, which must have been counted in n.
func (p *problem) atLeast(of []int, slack int, least int64) {
	p.sum(of, least)
	p.rows[len(p.rows)-1][slack] = -1
}

// start finds a first solution: unknowns n.. are artificial, one a row.
func (p *problem) start() {
	m := len(p.rows)
	wide := make([][]int64, m)
	p.base = make([]int, m)
	cost := make([]int64, p.n+m+1)
	for i, r := range p.rows {
		sign := int64(1)
		if r[p.n] < 0 {
			sign = -1
		}
		wide[i] = make([]int64, p.n+m+1)
		for j, c := range r[:p.n] {
			wide[i][j] = sign * c
			cost[j] -= sign * c
		}
		wide[i][p.n+i], wide[i][p.n+m] = 1, sign*r[p.n]
		cost[p.n+m] -= sign * r[p.n]
		p.base[i] = p.n + i
	}
	if !p.run(wide, cost, p.n) || cost[p.n+m] != 0 {
		p.t.Fatalf("what is published contradicts itself: %v", p.rows)
	}
	p.rows = nil
	base := p.base
	p.base = nil
	for i, r := range wide {
		if base[i] >= p.n && !p.expel(wide, cost, base, i) {
			continue // a sum that the others imply
		}
		p.rows = append(p.rows, r)
		p.base = append(p.base, base[i])
	}
	for i, r := range p.rows {
		p.rows[i] = append(r[:p.n:p.n], r[len(r)-1])
	}
}

// expel makes a row solve for a real unknown.
func (p *problem) expel(rows [][]int64, cost []int64, base []int, i int) bool {
	for j := range p.n {
		if rows[i][j] != 0 {
			p.pivot(rows, cost, base, i, j)
			return true
		}
	}
	return false
}

// run lowers the cost until it is least; false when it has no least.
func (p *problem) run(rows [][]int64, cost []int64, n int) bool {
	for {
		enter := -1
		for j := range n {
			if cost[j] < 0 {
				enter = j
				break
			}
		}
		if enter < 0 {
			return true
		}
		leave := -1
		for i, r := range rows {
			last := len(r) - 1
			if r[enter] > 0 && (leave < 0 || r[last] < rows[leave][last] || r[last] == rows[leave][last] && p.base[i] < p.base[leave]) {
				leave = i
			}
		}
		if leave < 0 {
			return false
		}
		p.pivot(rows, cost, p.base, leave, enter)
	}
}

func (p *problem) pivot(rows [][]int64, cost []int64, base []int, i, j int) {
	pivot := rows[i][j]
	if pivot != 1 && pivot != -1 {
		p.t.Fatalf("pivot %d: not a table with margins", pivot)
	}
	for c := range rows[i] {
		rows[i][c] *= pivot
	}
	take := func(r []int64) {
		if f := r[j]; f != 0 {
			for c := range r {
				r[c] -= f * rows[i][c]
			}
		}
	}
	for o := range rows {
		if o != i {
			take(rows[o])
		}
	}
	take(cost)
	base[i] = j
}

// least is the least that a sum of unknowns times sign can be; false: no
// bound.
func (p *problem) least(of []int, sign int64) (int64, bool) {
	rows := make([][]int64, len(p.rows))
	cost := make([]int64, p.n+1)
	for _, v := range of {
		cost[v] += sign
	}
	saved := p.base
	p.base = append([]int(nil), saved...)
	defer func() { p.base = saved }()
	for i, r := range p.rows {
		rows[i] = append([]int64(nil), r...)
		if f := cost[saved[i]]; f != 0 {
			for c := range r {
				cost[c] -= f * r[c]
			}
		}
	}
	ok := p.run(rows, cost, p.n)
	return -cost[p.n], ok
}

// width is how wide the interval of a sum of unknowns is, up to most.
func (p *problem) width(of []int, most int64) int64 {
	low, _ := p.least(of, 1) // counts are not negative: there is a least
	high, bounded := p.least(of, -1)
	if !bounded {
		return most
	}
	return min(-high-low, most)
}

func TestSolver(t *testing.T) {
	// Two rows of 10 and 20, two columns of 12 and 18; x00 in 0..10.
	p := &problem{t: t, n: 4}
	p.sum([]int{0, 1}, 10)
	p.sum([]int{2, 3}, 20)
	p.sum([]int{0, 2}, 12)
	p.sum([]int{1, 3}, 18)
	p.start()
	if got := p.width([]int{0}, 1000); got != 10 {
		t.Errorf("width %d, expected 10", got)
	}
	if got := p.width([]int{0, 2}, 1000); got != 0 {
		t.Errorf("a column that is known: width %d", got)
	}
	if low, _ := p.least([]int{2}, 1); low != 2 {
		t.Errorf("x10 is at least %d, expected 2", low)
	}
	q := &problem{t: t, n: 3}
	q.sum([]int{0, 1}, 7)
	q.start()
	if got := q.width([]int{2}, 99); got != 99 {
		t.Errorf("free: %d", got)
	}
}
