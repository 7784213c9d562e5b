package civic

import "maps"

// Teller is Publish, sheet by sheet: it takes a consultation's sheets, oldest
// first, and tells after any of them what may be known then, for several least
// counts at once. It holds no sheet's rows, so a year costs no more memory
// than a week.
type Teller struct {
	scope []Code
	least []int64
	all   []*publisher // by least
	last  *Sheet       // without its rows
}

// NewTeller makes one for the least counts that are shown.
func NewTeller(least ...int64) *Teller { return &Teller{least: least} }

// Take takes one more week.
func (t *Teller) Take(s *Sheet) {
	if t.all == nil {
		t.scope = s.Consultation.Scope // frozen since the opening
		for _, k := range t.least {
			t.all = append(t.all, newPublisher(t.scope, k))
		}
	}
	c := countSheet(s, t.all[0].scope)
	for _, p := range t.all {
		p.takeCounted(s, c)
	}
	head := *s
	head.Rows = nil
	t.last = &head
}

// Published is what may be known now with a least count that the teller was
// made for.
func (t *Teller) Published(least int64) Published {
	for i, k := range t.least {
		if k == least && t.last != nil {
			return t.all[i].published(t.last)
		}
	}
	return Published{}
}

// LeastCounts are the least counts that anything is told with: to who sees
// all of a fictive consultation, to coordinators, to everybody.
func LeastCounts() []int64 { return []int64{1, 5, 10} }

// Clone is a teller that goes on by itself.
func (t *Teller) Clone() *Teller {
	c := *t
	c.all = make([]*publisher, len(t.all))
	for i, p := range t.all {
		c.all[i] = p.clone()
	}
	return &c
}

// clone shares what is never changed once it is made: scope, parts, releases.
func (p *publisher) clone() *publisher {
	c := *p
	c.numbers, c.tables = p.numbers.clone(), map[Dimension]*history{}
	for d, h := range p.tables {
		c.tables[d] = h.clone()
	}
	return &c
}

func (h *history) clone() *history {
	c := &history{parts: h.parts, lines: make(map[Code]*line, len(h.lines))}
	for at, l := range h.lines {
		copied := *l
		copied.known = maps.Clone(l.known)
		c.lines[at] = &copied
	}
	return c
}
