package civic

import (
	"slices"
	"time"
)

// Content is what citizens are asked and shown, all plans together, at one
// revision. It never changes.
type Content struct {
	Revision  uint64
	ChangedAt time.Time
	Plans     []Plan
	Territory *Territory
}

// Consultation finds a consultation and the plan that asks it; nil when there
// is none.
func (c *Content) Consultation(code string) (*Consultation, *Plan) {
	for i := range c.Plans {
		if found := c.Plans[i].Consultation(code); found != nil {
			return found, &c.Plans[i]
		}
	}
	return nil, nil
}

// Consultations are all consultations, in order of plans.
func (c *Content) Consultations() []*Consultation {
	var all []*Consultation
	for i := range c.Plans {
		for j := range c.Plans[i].Consultations {
			all = append(all, &c.Plans[i].Consultations[j])
		}
	}
	return all
}

// Communes are the communes of all plans that covers says yes to, in order of
// code.
func (c *Content) Communes(covers func(Code) bool) []Code {
	var all []Code
	for i := range c.Plans {
		for _, commune := range c.Plans[i].Scope {
			if covers(commune) {
				all = append(all, commune)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Around are the communes of a scope with the places around them, in order of
// code.
func (c *Content) Around(scope []Code) []Place {
	var all []Place
	for _, commune := range scope {
		for _, p := range c.Territory.Path(commune) {
			if !slices.ContainsFunc(all, func(q Place) bool { return q.Code == p.Code }) {
				all = append(all, p)
			}
		}
	}
	slices.SortFunc(all, func(a, b Place) int { return compareCodes(a.Code, b.Code) })
	return all
}

func compareCodes(a, b Code) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
