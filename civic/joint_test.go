package civic

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// joint is all that is published of one week, over all tables at once: they
// share the numbers of each commune, which may be hidden.
type joint struct {
	parts []*system
	first []int // unknown of each part's first cell; the communes' numbers come before
	p     *problem
}

func (r *reader) joint(w Week) *joint {
	f := r.weeks[w]
	if f == nil {
		return nil
	}
	j := &joint{p: &problem{t: r.t, n: len(r.scope)}}
	for _, d := range append(broken(), byVotes) {
		for _, part := range f.parts(d) {
			j.parts = append(j.parts, &system{reader: r, facts: f, d: d, part: part})
			j.first = append(j.first, j.p.n)
			j.p.n += len(r.scope) * len(part)
		}
	}
	var all []int
	for i, at := range r.scope {
		all = append(all, i)
		if n, ok := f.numbers[at]; ok {
			j.p.sum([]int{i}, n)
		}
	}
	if n, ok := f.numbers[pooled]; ok {
		j.p.sum(all, n)
	}
	for k, s := range j.parts {
		j.add(s, j.first[k])
	}
	j.p.start()
	return j
}

func (j *joint) add(s *system, first int) {
	for i, at := range s.scope {
		var vs []int
		for c, column := range s.part {
			vs = append(vs, first+s.v(i, c))
			if n, ok := s.shown(at, column); ok {
				j.p.sum([]int{first + s.v(i, c)}, n)
			}
		}
		j.p.atLeast(vs, i, 0) // the cells less the commune's numbers make 0
	}
	for c, column := range s.part {
		if n, ok := s.shown(pooled, column); ok {
			vs, _ := s.column(c)
			for i := range vs {
				vs[i] += first
			}
			j.p.sum(vs, n)
		}
	}
}

// leak is a hidden figure that all tables together tell within less than k.
func (j *joint) leak() string {
	for k, s := range j.parts {
		for i, at := range s.scope {
			n, known := s.numbers[at]
			if known && (n == 0 || len(s.part) == 1) {
				continue
			}
			for c, column := range s.part {
				other, ok := s.shown(at, s.part[0])
				if s.told(at, column) || ok && !s.sums() && !small(n-other, s.k) {
					continue
				}
				if w := j.p.width([]int{j.first[k] + s.v(i, c)}, s.k); w < s.k {
					return fmt.Sprintf("%s %s of %s within %d", s.d, column, at, w)
				}
			}
		}
	}
	return ""
}

// TestTablesTogetherTellNobody: a commune whose numbers are hidden has the
// same numbers in every table, and that tells nothing either.
func TestTablesTogetherTellNobody(t *testing.T) {
	hidden := 0
	rapid.Check(t, func(t *rapid.T) {
		sheets := season().Draw(t, "season")
		k := rapid.SampledFrom([]int64{5, 10}).Draw(t, "k")
		scope := sheets[0].Consultation.Scope
		r := newReader(t, scope, k)
		for i, s := range sheets {
			r.read(s, Publish(sheets[:i+1], k))
		}
		for _, s := range sheets {
			j := r.joint(s.Week)
			if f := r.weeks[s.Week]; f != nil && f.numbers[pooled] != 0 && len(f.numbers) <= len(scope) {
				hidden++
			}
			if j != nil {
				if leak := j.leak(); leak != "" {
					t.Fatalf("%v: %s\n%s", s.Week, leak, printed(sheets))
				}
			}
		}
	})
	t.Logf("%d weeks have a pooled figure and a commune whose numbers are hidden", hidden)
}
