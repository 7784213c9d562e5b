package civic

import (
	"errors"
	"time"
)

// Errors of a ballot.
var (
	// ErrEmpty: no option marked.
	ErrEmpty = errors.New("no option is marked")
	// ErrOption: an option that the consultation does not have.
	ErrOption = errors.New("no such option")
	// ErrRepeated: an option, or a rank, twice.
	ErrRepeated = errors.New("an option or a rank is given twice")
	// ErrTooMany: more marks than the rule allows.
	ErrTooMany = errors.New("too many options are marked")
	// ErrOverBudget: the options together cost more than the budget.
	ErrOverBudget = errors.New("the options cost more than the budget")
	// ErrMark: a mark that the rule does not know.
	ErrMark = errors.New("no such mark")
)

// Check says whether marks are a ballot by the consultation's rule.
func (c *Consultation) Check(marks []Mark) error {
	if len(marks) == 0 {
		return ErrEmpty
	}
	most := c.most()
	if len(marks) > most {
		return ErrTooMany
	}
	var cost FCFA
	for i, m := range marks {
		o := c.Option(int(m.Option))
		if o == nil {
			return ErrOption
		}
		for _, earlier := range marks[:i] {
			if earlier.Option == m.Option || c.Rule == Rank && earlier.Value == m.Value {
				return ErrRepeated
			}
		}
		if !c.markFits(m.Value, len(marks)) {
			return ErrMark
		}
		cost += o.Cost
	}
	if c.Rule == Budget && cost > c.Budget {
		return ErrOverBudget
	}
	return nil
}

// most is how many options a ballot may mark.
func (c *Consultation) most() int {
	switch c.Rule {
	case Choose, YesNo:
		return 1
	case Approve, Rank:
		if c.Max > 0 {
			return c.Max
		}
	}
	return len(c.Options)
}

func (c *Consultation) markFits(value int16, marks int) bool {
	switch c.Rule {
	case Rank:
		return value >= 1 && int(value) <= marks
	case Scale:
		return value >= 1 && int(value) <= c.Max
	default:
		return value == 1
	}
}

// MayVote says whether the plan's phase lets citizens answer a consultation
// that is open at the time.
func (p *Plan) MayVote(c *Consultation, now time.Time) bool {
	return p.Phase.Allows() && c.State(now) == Open
}

// LastDay is the last instant at which a ballot is taken: what screens name.
func (c *Consultation) LastDay() time.Time { return c.Closes.Add(-time.Second).In(Bamako) }
