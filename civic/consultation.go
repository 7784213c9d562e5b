package civic

import (
	"slices"
	"strconv"
	"time"
)

// Rule is how a consultation is answered.
type Rule string

// The rules. This gateway's dialogue asks Choose questions; the others are
// carried by every type and by the ballot log, so that adding their screens
// changes no stored byte.
const (
	Choose  Rule = "choose"  // one option
	Approve Rule = "approve" // any options, Max at most
	Rank    Rule = "rank"    // options in order of preference, Max at most
	Budget  Rule = "budget"  // options whose costs stay within Budget
	YesNo   Rule = "yesno"   // option 1 or option 2
	Scale   Rule = "scale"   // each option marked 1 to Max
)

// Rules lists every rule.
func Rules() []Rule { return []Rule{Choose, Approve, Rank, Budget, YesNo, Scale} }

// Visibility is who sees results when. It freezes when the consultation
// opens.
type Visibility string

// The visibilities. ParticipationOnly is the default until closing.
const (
	ParticipationOnly Visibility = "participation_only" // counts of numbers, results when closed
	Live              Visibility = "live"               // running results, refreshed by tens
	AfterClose        Visibility = "after_close"        // nothing but dates until closing
)

// State is where a consultation stands at a time.
type State uint8

// The states of a consultation.
const (
	NotOpen State = iota
	Open
	Closed
	Annulled
)

// Option is one answer of a consultation. Its number is what citizens key,
// the poster shows and the log keeps: it never ends in 9 (more) or 0 (back)
// and never changes once the consultation opened.
type Option struct {
	Number  int    `json:"number"`
	Project string `json:"project,omitempty"` // code of the plan's project
	Label   Text   `json:"label"`             // what screens list; the project's title unless given
	Cost    FCFA   `json:"cost,omitempty"`    // for the rule Budget
}

// Move is one extension of the closing date: only later, with a reason.
type Move struct {
	At     time.Time `json:"at"` // when it was decided
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Reason string    `json:"reason"`
}

// Annulment ends a consultation without result, for a reason voters see.
type Annulment struct {
	At     time.Time `json:"at"`
	Reason Text      `json:"reason"`
}

// Consultation is a question put to citizens.
type Consultation struct {
	Code       string     `json:"code"`
	Plan       string     `json:"plan"`
	Question   Text       `json:"question,omitempty"`
	Rule       Rule       `json:"rule"`
	Max        int        `json:"max,omitempty"`
	Budget     FCFA       `json:"budget,omitempty"`
	Options    []Option   `json:"options"`
	Scope      []Code     `json:"scope"`
	Opens      time.Time  `json:"opens"`
	Closes     time.Time  `json:"closes"` // first instant at which no ballot is taken
	Moves      []Move     `json:"moves,omitempty"`
	Visibility Visibility `json:"visibility"`
	Annulled   *Annulment `json:"annulled,omitempty"`
	Draft      bool       `json:"draft,omitempty"` // its dates are a plan: it opens when somebody says so
	MoveReason string     `json:"-"`               // why an import closes it later
}

// State tells where the consultation stands at a time.
func (c *Consultation) State(now time.Time) State {
	switch {
	case c.Annulled != nil:
		return Annulled
	case !c.Opened(now):
		return NotOpen
	case now.Before(c.Closes):
		return Open
	default:
		return Closed
	}
}

// Opened says whether it has opened by a time: from then on what citizens see
// numbered is frozen. A draft never has.
func (c *Consultation) Opened(now time.Time) bool { return !c.Draft && !now.Before(c.Opens) }

// ResultsVisible says whether results by option may be shown at a time. An
// annulled consultation has none.
func (c *Consultation) ResultsVisible(now time.Time) bool {
	switch c.State(now) {
	case Closed:
		return true
	case Open:
		return c.Visibility == Live
	default:
		return false
	}
}

// Covers says whether citizens of the commune are asked.
func (c *Consultation) Covers(commune Code) bool { return slices.Contains(c.Scope, commune) }

// Option returns the option with that number, or nil.
func (c *Consultation) Option(number int) *Option {
	for i := range c.Options {
		if c.Options[i].Number == number {
			return &c.Options[i]
		}
	}
	return nil
}

// OptionNumbers returns the numbers n options get: 1 to 8, 11 to 18, 21 ...;
// 9 is "more" and 0 is "back" on every screen.
func OptionNumbers(n int) []int {
	numbers := make([]int, 0, n)
	for i := 1; len(numbers) < n; i++ {
		if d := i % 10; d != 9 && d != 0 {
			numbers = append(numbers, i)
		}
	}
	return numbers
}

// Numbered writes lines with the numbers of options: "1 Forage".
func Numbered(labels []string) []string {
	numbers := OptionNumbers(len(labels))
	lines := make([]string, len(labels))
	for i, label := range labels {
		lines[i] = strconv.Itoa(numbers[i]) + " " + label
	}
	return lines
}

// OptionPlace is the place, in a list of n, of the line with that number; -1
// for none.
func OptionPlace(number, n int) int { return slices.Index(OptionNumbers(n), number) }
