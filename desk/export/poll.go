package export

import (
	"slices"

	"github.com/jamakan/jamakan/civic"
)

// poll is one consultation in the week, or a plan that asks nothing.
type poll struct {
	sheet  *civic.Sheet // nil: the plan asks nothing
	plan   *civic.Plan  // nil: the report does not hold it
	scope  []civic.Code // the communes asked for
	whole  bool         // scope is the consultation's own
	counts []civic.Code // communes whose acts are written in this poll's rows
	now    civic.Published
	before civic.Published // a week earlier
	wall   civic.Published // as everybody may see it
	k      int64
}

// fictional says whether any of it is invented.
func (b *book) fictional() bool {
	return slices.ContainsFunc(b.polls, (*poll).fictional)
}

func (p *poll) fictional() bool {
	return p.sheet != nil && p.sheet.Fictional || p.plan != nil && p.plan.Fictional
}

// planCode, planTitle: of the plan, whoever tells.
func (p *poll) planCode() string {
	if p.sheet != nil {
		return p.sheet.PlanCode
	}
	return p.plan.Code
}

func (p *poll) planTitle() civic.Text {
	if p.sheet != nil {
		return p.sheet.PlanTitle
	}
	return p.plan.Title
}

func (p *poll) phase() civic.Phase {
	if p.sheet != nil {
		return p.sheet.Phase
	}
	return p.plan.Phase
}

// allScope is the whole scope, asked for or not.
func (p *poll) allScope() []civic.Code {
	if p.sheet != nil {
		return p.sheet.Consultation.Scope
	}
	return p.plan.Scope
}

func (p *poll) residents(c civic.Code) (civic.Residents, bool) {
	if p.sheet != nil {
		r, ok := p.sheet.Population[c]
		return r, ok
	}
	r, ok := p.plan.Population[c]
	return r, ok
}
