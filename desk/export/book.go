package export

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export/table"
	"github.com/jamakan/jamakan/locales"
)

// book is a week made ready to be laid out: what may be said of each
// consultation, whom each commune belongs to, and what was counted besides.
type book struct {
	src    *Source
	o      Options
	k      int64
	polls  []*poll
	names  map[civic.Code]string
	plans  map[string]*civic.Plan // by code, as in the report
	flows  flows
	tables []table.Table
	files  []File
	scale  *scale
	lang   *locales.Catalog
}

func bind(src *Source, o Options) (*book, error) {
	k, err := o.Profile.smallest()
	if err != nil {
		return nil, err
	}
	b := &book{src: src, o: o, k: k, names: map[civic.Code]string{}, plans: map[string]*civic.Plan{}, scale: newScale(), lang: src.Catalog}
	if b.lang == nil {
		if b.lang, err = locales.Embedded(); err != nil {
			return nil, err
		}
	}
	b.gather()
	if len(b.polls) == 0 {
		return nil, fmt.Errorf("%s: %w", o.Week, ErrNoWeek)
	}
	b.polls = slices.DeleteFunc(b.polls, func(p *poll) bool { return len(p.scope) == 0 })
	if len(b.polls) == 0 {
		return nil, fmt.Errorf("%s: %w", strings.Join(append(codes(o.Territory), string(o.Commune)), " "), ErrCommune)
	}
	b.share()
	b.flows = count(b)
	b.tables = b.layOut()
	return b, nil
}

func codes(all []civic.Code) []string {
	var out []string
	for _, c := range all {
		out = append(out, string(c))
	}
	return out
}

// gather makes a poll of each consultation of the week, and of each plan that
// has none.
func (b *book) gather() {
	asked := map[string]bool{}
	if r := b.src.Report; r != nil {
		for i := range r.Plans {
			b.plans[r.Plans[i].Code] = &r.Plans[i]
		}
		b.name(r.Places)
	}
	for i := range b.src.Series {
		s := &b.src.Series[i]
		if s.Week != b.o.Week {
			continue
		}
		b.name(s.Places)
		asked[s.PlanCode] = true
		b.polls = append(b.polls, b.poll(s))
	}
	if b.src.Report == nil {
		return
	}
	for i := range b.src.Report.Plans {
		plan := &b.src.Report.Plans[i]
		if !asked[plan.Code] {
			p := &poll{plan: plan, k: b.least(plan.Fictional)}
			b.scope(p, plan.Scope)
			b.polls = append(b.polls, p)
		}
	}
}

func (b *book) name(places []civic.Place) {
	for _, p := range places {
		b.names[p.Code] = p.Name
	}
}

// least is the least count that may be shown of a plan.
func (b *book) least(fictional bool) int64 {
	if b.o.DemoSmallCells && fictional {
		return 1
	}
	return b.k
}

func (b *book) poll(s *civic.Sheet) *poll {
	p := &poll{sheet: s, plan: b.plans[s.PlanCode], k: b.least(s.Fictional)}
	b.scope(p, s.Consultation.Scope)
	tell := b.src.Told
	if tell == nil {
		sheets := earlier(b.src.Series, s)
		tell = func(_ string, least int64) (now, before civic.Published) {
			return civic.Publish(sheets, least), civic.Publish(sheets[:len(sheets)-1], least)
		}
	}
	p.now, p.before = tell(s.Consultation.Code, p.k)
	p.wall, _ = tell(s.Consultation.Code, b.everybody(s.Fictional))
	return p
}

// everybody is the least count that may hang on a wall, which is public,
// whoever printed it.
func (b *book) everybody(fictional bool) int64 {
	if b.least(fictional) == 1 {
		return 1
	}
	k, _ := Public.smallest() // there is such a profile
	return k
}

func (b *book) scope(p *poll, all []civic.Code) {
	for _, c := range slices.Sorted(slices.Values(all)) {
		if b.o.covers(c) {
			p.scope = append(p.scope, c)
		}
	}
	p.whole = len(p.scope) == len(all)
}

// share gives each commune's acts to one poll: calls and texts are of a
// commune, not of a consultation, and a sum over rows must count them once.
func (b *book) share() {
	taken := map[civic.Code]bool{}
	for _, p := range b.polls {
		for _, c := range p.scope {
			if !taken[c] {
				taken[c] = true
				p.counts = append(p.counts, c)
			}
		}
	}
}

// earlier are the sheets of one consultation up to a week, in order.
func earlier(series []civic.Sheet, of *civic.Sheet) []*civic.Sheet {
	var all []*civic.Sheet
	for i := range series {
		if s := &series[i]; s.Consultation.Code == of.Consultation.Code && !of.Week.Before(s.Week) {
			all = append(all, s)
		}
	}
	slices.SortStableFunc(all, func(a, b *civic.Sheet) int {
		switch {
		case a.Week.Before(b.Week):
			return -1
		case b.Week.Before(a.Week):
			return 1
		}
		return 0
	})
	return all
}

// provisional says whether the week is not over.
func (b *book) provisional() bool {
	if b.src.Report != nil {
		return b.src.Report.Provisional
	}
	return slices.ContainsFunc(b.polls, func(p *poll) bool { return p.sheet != nil && p.sheet.Provisional })
}

// asOf is the moment the figures are of: the end of the week, or before it.
func (b *book) asOf() time.Time {
	if !b.provisional() {
		return b.o.Week.End()
	}
	if b.src.Report != nil && !b.src.Report.AsOf.IsZero() {
		return b.src.Report.AsOf
	}
	for _, p := range b.polls {
		if p.sheet != nil {
			return p.sheet.AsOf
		}
	}
	return b.o.Week.End()
}
