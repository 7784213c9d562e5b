package command

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/locales"
)

// ballot is a consultation that takes her votes now, and its plan.
type ballot struct {
	*civic.Consultation
	plan *civic.Plan
}

// open are the consultations that take ballots in her commune now.
func (s *turn) open() []ballot {
	var all []ballot
	content := s.v.Content()
	for i := range content.Plans {
		p := &content.Plans[i]
		for j := range p.Consultations {
			if c := &p.Consultations[j]; c.Covers(s.me.Commune) && p.MayVote(c, s.now) {
				all = append(all, ballot{c, p})
			}
		}
	}
	return all
}

// vote casts a sure vote, asks back any other, and says how where there is
// none.
func (s *turn) vote() Step {
	content := s.v.Content()
	if s.me.Commune == "" {
		if len(s.c.Numbers) > 0 || s.c.Project != "" {
			s.talk = s.talk.ask(VoteWaits, s.now)
			s.talk.Numbers, s.talk.Project = s.c.Numbers, s.c.Project
		}
		return Step{said: s.noCommune()}
	}
	if n := len(s.c.Numbers); n == 1 && !s.c.Sure {
		if step, ok := s.pick(s.c.Numbers[0]); ok {
			return step
		}
	}
	open := s.open()
	if len(open) == 0 {
		return Step{said: s.noVote(content)}
	}
	b, numbers, ok := s.meant(open)
	if !ok {
		return s.how(open)
	}
	if bad := s.wrong(b.Consultation, numbers); bad != "" {
		return Step{said: bad}
	}
	if !s.c.Sure {
		s.talk = s.talk.ask(AskVote, s.now)
		s.talk.Consultation, s.talk.Numbers = b.Code, numbers
		return Step{said: s.confirm(b, numbers)}
	}
	return s.cast(b.Code, numbers)
}

// pick is a bare number that answers a list of communes or languages.
func (s *turn) pick(n int) (Step, bool) {
	switch s.talk.Asked {
	case AskCommune:
		if i := civic.OptionPlace(n, len(s.talk.Near)); i >= 0 {
			return s.settle(s.talk.Near[i]), true
		}
	case AskLanguage:
		if i := civic.OptionPlace(n, len(s.d.offered)); i >= 0 {
			return s.speakNow(s.d.offered[i].locale.Tag), true
		}
	}
	return Step{}, false
}

// meant is the consultation and the options that a vote names. With several
// consultations open a number alone names none.
func (s *turn) meant(open []ballot) (ballot, []int, bool) {
	if s.c.Project != "" {
		for _, b := range open {
			for _, o := range b.Options {
				if sameCode(o.Project, s.c.Project) {
					return b, []int{o.Number}, true
				}
			}
		}
		return ballot{}, nil, false
	}
	if len(open) > 1 || len(s.c.Numbers) == 0 {
		return ballot{}, nil, false
	}
	return open[0], s.c.Numbers, true
}

// sameCode compares project codes as people type them.
func sameCode(a, b string) bool {
	bare := func(code string) string {
		return codeSigns.Replace(strings.ToUpper(code))
	}
	return a != "" && bare(a) == bare(b)
}

// marks are the options of a ballot by its consultation's rule: for rank the
// order is the preference; for scale, numbers come as option and mark.
func marks(c *civic.Consultation, numbers []int) ([]civic.Mark, bool) {
	if c.Rule == civic.Scale {
		if len(c.Options) == 1 && len(numbers) == 1 {
			return []civic.Mark{{Option: uint16(c.Options[0].Number), Value: int16(numbers[0])}}, true
		}
		if len(numbers)%2 != 0 {
			return nil, false
		}
		var out []civic.Mark
		for i := 0; i < len(numbers); i += 2 {
			out = append(out, civic.Mark{Option: uint16(numbers[i]), Value: int16(numbers[i+1])})
		}
		return out, true
	}
	out := make([]civic.Mark, len(numbers))
	for i, n := range numbers {
		out[i] = civic.Mark{Option: uint16(n), Value: 1}
		if c.Rule == civic.Rank {
			out[i].Value = int16(i + 1)
		}
	}
	return out, true
}

// wrong says what a vote's numbers lack, "" when they are a ballot.
func (s *turn) wrong(c *civic.Consultation, numbers []int) string {
	m, ok := marks(c, numbers)
	if !ok {
		return s.how(nil).said
	}
	last := c.Options[len(c.Options)-1].Number
	switch err := c.Check(m); {
	case err == nil:
		return ""
	case errors.Is(err, civic.ErrOption):
		bad := numbers[0]
		for _, n := range numbers {
			if c.Option(n) == nil {
				bad = n
				break
			}
		}
		return s.say("sms.vote_bad", locales.Arg{Name: "X", Value: strconv.Itoa(bad)}, locales.Arg{Name: "Max", Value: strconv.Itoa(last)})
	case errors.Is(err, civic.ErrOverBudget):
		return s.say("sms.over_budget")
	case errors.Is(err, civic.ErrTooMany) && c.Max > 1:
		return s.say("sms.too_many", locales.Arg{Name: "Max", Value: strconv.Itoa(c.Max)}, locales.Arg{Name: "X", Value: joinNumbers(someNumbers(c), " ")})
	}
	return s.say("sms.one_only")
}

// someNumbers are an example of a vote for several.
func someNumbers(c *civic.Consultation) []int {
	var n []int
	for _, o := range c.Options[:min(2, len(c.Options))] {
		n = append(n, o.Number)
	}
	return n
}

func joinNumbers(numbers []int, by string) string {
	words := make([]string, len(numbers))
	for i, n := range numbers {
		words[i] = strconv.Itoa(n)
	}
	return strings.Join(words, by)
}

// cast asks the store to record a ballot.
func (s *turn) cast(consultation string, numbers []int) Step {
	c, _ := s.v.Content().Consultation(consultation)
	if c == nil {
		return Step{said: s.heading("vote.none")}
	}
	m, ok := marks(c, numbers)
	if !ok {
		return Step{said: s.say("sms.one_only")}
	}
	return Step{Act: civic.Act{Deed: civic.CastBallot, Consultation: consultation, Marks: m}}
}

// confirm asks a vote back.
func (s *turn) confirm(b ballot, numbers []int) string {
	var labels []string
	for _, n := range numbers {
		if o := b.Option(n); o != nil {
			labels = append(labels, s.label(b, o))
		}
	}
	return s.say("vote.sms_confirm", locales.Arg{Name: "X", Value: joinNumbers(numbers, " ")},
		locales.Arg{Name: "Project", Value: strings.Join(labels, ", ")})
}

// label is an option as citizens read it.
func (s *turn) label(b ballot, o *civic.Option) string {
	label := o.Label.In(s.t.tags...)
	if p := b.plan.Project(o.Project); label == "" && p != nil {
		label = p.Title.In(s.t.tags...)
	}
	return s.t.line(label)
}

// how says how to vote, with the list.
func (s *turn) how(open []ballot) Step {
	switch {
	case len(open) == 0:
		open = s.open()
		if len(open) == 0 {
			return Step{said: s.noVote(s.v.Content())}
		}
	case len(open) > 1:
		return Step{said: s.codes(open)}
	}
	var lines []string
	for i := range open[0].Options {
		o := &open[0].Options[i]
		lines = append(lines, strconv.Itoa(o.Number)+" "+s.label(open[0], o))
	}
	return Step{said: s.list("sms.vote_how", "sms.vote_list", lines)}
}

// codes lists the options of several consultations by their projects' codes.
func (s *turn) codes(open []ballot) string {
	var lines []string
	first := ""
	for _, b := range open {
		for i := range b.Options {
			if o := &b.Options[i]; o.Project != "" {
				first = cmp.Or(first, o.Project)
				lines = append(lines, o.Project+" "+s.label(b, o))
			}
		}
	}
	return s.list("sms.vote_codes", "", lines, locales.Arg{Name: "X", Value: first})
}

// noVote says why nothing can be voted on: not yet, over, annulled, or none.
func (s *turn) noVote(content *civic.Content) string {
	var last *civic.Consultation
	for _, c := range content.Consultations() {
		if c.Draft || !c.Covers(s.me.Commune) {
			continue
		}
		if last == nil || c.Opens.After(last.Opens) {
			last = c
		}
	}
	if last == nil {
		return s.heading("vote.none")
	}
	switch last.State(s.now) {
	case civic.NotOpen:
		return s.heading("vote.not_open", s.date(last.Opens))
	case civic.Closed:
		return s.heading("vote.closed", s.date(last.LastDay()))
	case civic.Annulled:
		return s.heading("vote.annulled", locales.Arg{Name: "Reason", Value: s.t.line(last.Annulled.Reason.In(s.t.tags...))})
	}
	return s.heading("vote.none")
}

// noted says what became of a ballot.
func (s *turn) noted(out civic.Outcome, consultation string) string {
	code := locales.Arg{Name: "Code", Value: out.Code}
	text := ""
	switch out.Verdict {
	case civic.Noted:
		text = s.say(s.free("vote.recorded_sms"), code)
	case civic.Changed, civic.Same:
		text = s.say("vote.changed", code)
	case civic.TooEarly, civic.TooLate, civic.Cancelled:
		return s.noVote(s.v.Content())
	case civic.Unsure:
		return s.say("vote.unknown")
	case civic.NotAllowed:
		return s.heading("vote.none")
	default:
		return s.say("vote.failed")
	}
	if out.Place != "" && out.Place != s.me.Commune {
		text = fitted(text, s.t.locale.Text("vote.place_kept", locales.Arg{Name: "Commune", Value: s.communeName(out.Place)}))
	}
	return s.marked(text, consultation)
}

// results are the running or final results of her commune, as far as they are
// shown.
func (s *turn) results() Step {
	if s.me.Commune == "" {
		return Step{said: s.noCommune()}
	}
	var all []ballot
	content := s.v.Content()
	for i := range content.Plans {
		p := &content.Plans[i]
		for j := range p.Consultations {
			if c := &p.Consultations[j]; c.Covers(s.me.Commune) && c.State(s.now) != civic.NotOpen {
				all = append(all, ballot{c, p})
			}
		}
	}
	if len(all) == 0 {
		return Step{said: s.heading("vote.none")}
	}
	slices.SortStableFunc(all, func(a, b ballot) int { return b.Opens.Compare(a.Opens) })
	b := all[0]
	standing := s.v.Standing(b.Code, s.me.Commune)
	switch {
	case b.Annulled != nil:
		return Step{said: s.heading("vote.annulled", locales.Arg{Name: "Reason", Value: s.t.line(b.Annulled.Reason.In(s.t.tags...))})}
	case !b.ResultsVisible(s.now):
		return Step{said: s.heading("results.not_yet", s.date(b.Closes))}
	case standing.Numbers < fewest:
		return Step{said: s.heading("results.too_few")}
	}
	ranked := slices.Clone(b.Options)
	slices.SortStableFunc(ranked, func(x, y civic.Option) int {
		return cmp.Or(-cmp.Compare(standing.Votes[uint16(x.Number)], standing.Votes[uint16(y.Number)]), cmp.Compare(x.Number, y.Number))
	})
	var lines []string
	for i := range ranked {
		o := &ranked[i]
		lines = append(lines, s.t.locale.Text("results.row", locales.Arg{Name: "Project", Value: s.label(b, o)},
			locales.Arg{Name: "N", Value: s.t.locale.Number(int64(standing.Votes[uint16(o.Number)]))}))
	}
	return Step{said: s.marked(s.list("sms.results", "", lines,
		locales.Arg{Name: "Commune", Value: s.communeName(s.me.Commune)},
		locales.Arg{Name: "People", Value: s.t.locale.Plural("results.people", standing.Numbers)}), b.Code)}
}

// fewest is the fewest numbers that results are shown of.
const fewest = 10
