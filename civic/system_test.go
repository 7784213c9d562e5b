package civic

import "fmt"

// system is what is published of one part of one table in one week.
type system struct {
	*reader
	*facts
	d      Dimension
	part   []string
	floors map[string]int64
	closes bool // of readers who presume, in the week of the result: its numbers are as they are
	p      *problem
}

// presume takes what was last published before for the least a figure can be.
func (s *system) presume(truth counted) {
	for _, at := range s.scope {
		if s.closes {
			break
		}
		s.floors[name("tous", at, "")] = min(truth.numbers[at], s.facts.floors[name("tous", at, "")])
	}
	for _, c := range s.part {
		sum := int64(0)
		for _, at := range s.scope {
			n := truth.tables[s.d][at][c]
			s.floors[name(s.d, at, c)] = min(n, s.facts.floors[name(s.d, at, c)])
			sum += n
		}
		s.floors[name(s.d, pooled, c)] = min(sum, s.facts.floors[name(s.d, pooled, c)])
	}
}

func (s *system) v(i, j int) int { return i*len(s.part) + j }

func (s *system) shown(at Code, c string) (int64, bool) {
	f, ok := s.tables[s.d][at][c]
	return f.N, ok && !f.Hidden
}

func (s *system) rowOf(i int) []int {
	var vs []int
	for j := range s.part {
		vs = append(vs, s.v(i, j))
	}
	return vs
}

func (s *system) column(j int) (vs []int, floor int64) {
	for i, at := range s.scope {
		vs, floor = append(vs, s.v(i, j)), floor+s.floors[name(s.d, at, s.part[j])]
	}
	return vs, floor
}

// solve writes the sums down and looks at each hidden figure.
func (s *system) solve() string {
	cells := len(s.scope) * len(s.part)
	s.p = &problem{t: s.t, n: cells + len(s.part) + len(s.scope)} // and a slack a column and a row
	for i, at := range s.scope {
		floor := int64(0)
		for j, c := range s.part {
			f := s.floors[name(s.d, at, c)]
			floor += f
			if n, ok := s.shown(at, c); ok {
				s.p.sum([]int{s.v(i, j)}, n-f)
			}
		}
		if n, ok := s.numbers[at]; ok {
			s.p.sum(s.rowOf(i), n-floor)
		} else if least := s.floors[name("tous", at, "")]; least > floor {
			s.p.atLeast(s.rowOf(i), cells+len(s.part)+i, least-floor)
		}
	}
	s.pooled()
	for j, c := range s.part {
		vs, floor := s.column(j)
		if n, ok := s.shown(pooled, c); ok {
			s.p.sum(vs, n-floor)
		} else if least := s.floors[name(s.d, pooled, c)]; least > 0 && s.tables[s.d][pooled] != nil {
			s.p.atLeast(vs, cells+j, least-floor)
		}
	}
	s.p.start()
	return s.judge()
}

// coherent says whether one may presume both that communes' numbers and that
// their parts did not fall: not when parts were last told before the numbers
// fell, and make more than these. The pooled table is solved anyhow.
func (s *system) coherent() bool {
	for _, at := range s.scope {
		parts := int64(0)
		for _, c := range s.part {
			parts += s.floors[name(s.d, at, c)]
		}
		if parts > s.floors[name("tous", at, "")] && s.tables[s.d][pooled] == nil {
			return false
		}
	}
	return true
}

// pooled adds the sum of all, which is told too.
func (s *system) pooled() {
	n, ok := s.numbers[pooled]
	if !ok {
		return
	}
	var all []int
	for j := range s.part {
		vs, floor := s.column(j)
		all, n = append(all, vs...), n-floor
	}
	s.p.sum(all, n)
}

func (s *system) judge() string {
	for i, at := range s.scope {
		n, known := s.numbers[at]
		if !known && !s.closes && s.coherent() {
			if w := s.p.width(s.rowOf(i), s.k); w < s.k {
				return fmt.Sprintf("numbers of %s within %d", at, w)
			}
		}
		if known && n == 0 || len(s.part) == 1 || len(s.floors) > 0 && s.tables[s.d][at] == nil && s.tables[s.d][pooled] == nil {
			continue
		}
		for j, c := range s.part {
			if s.told(at, c) {
				continue
			}
			if other, ok := s.shown(at, s.part[0]); ok && !s.sums() && !small(n-other, s.k) {
				continue // the numbers that did not choose what is shown
			}
			if w := s.p.width([]int{s.v(i, j)}, s.k); w < s.k {
				return fmt.Sprintf("%s of %s within %d", c, at, w)
			}
		}
	}
	return s.judgeMargins()
}

// told says whether a figure is shown, or in a column that is shown to be
// all 0.
func (s *system) told(at Code, c string) bool {
	_, shown := s.shown(at, c)
	sum, known := s.shown(pooled, c)
	if !s.sums() && c != s.part[0] { // the numbers that did not choose the option
		sum, known = s.shown(pooled, s.part[0])
		sum = s.numbers[pooled] - sum
	}
	return shown || known && sum == 0
}

func (s *system) sums() bool { return s.d != byVotes || s.oneMark }

func (s *system) judgeMargins() string {
	if s.tables[s.d][pooled] == nil || len(s.part) == 1 {
		return ""
	}
	for j, c := range s.part {
		if _, ok := s.shown(pooled, c); ok {
			continue
		}
		if other, ok := s.shown(pooled, s.part[0]); ok && !s.sums() && !small(s.numbers[pooled]-other, s.k) {
			continue
		}
		vs, _ := s.column(j)
		if w := s.p.width(vs, s.k); w < s.k {
			return fmt.Sprintf("pooled %s within %d", c, w)
		}
	}
	return ""
}
