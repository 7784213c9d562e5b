package desk

import (
	"time"

	"github.com/jamakan/jamakan/civic"
)

// commune makes one line of the table.
func (m *weekMaker) commune(code civic.Code) WeekCommune {
	c := WeekCommune{
		Code: code, Dials: m.now.dials[code], DialsBefore: m.last.dials[code], Texts: m.now.texts[code], TextsBefore: m.last.texts[code],
		Ballots: shownCount(m.now.ballots[code]), BallotsBefore: shownCount(m.last.ballots[code]),
		Residents: m.residents[code], Rate: -1,
	}
	f, _, ok := m.figures(func(p civic.Published) civic.Figures { return p.Communes[code] })
	if !ok {
		return c
	}
	c.Numbers, c.AsOf = f.Numbers, f.AsOf
	if adults := int64(c.Residents.Over15); adults > 0 && !f.Numbers.Hidden {
		c.Rate = (f.Numbers.N*20_000 + adults) / (2 * adults)
	}
	c.Women, c.Young = shares(f, c.Residents)
	return c
}

// figures are those of the consultation that most numbers took part in: a
// number that votes in two is not two.
func (m *weekMaker) figures(of func(civic.Published) civic.Figures) (best civic.Figures, code string, ok bool) {
	for _, p := range m.in.Published {
		f := of(p.Figures)
		if m.held[p.Code] || f.AsOf == (civic.Week{}) || f.Numbers.Hidden {
			continue
		}
		if !ok || f.Numbers.N > best.Numbers.N {
			best, code, ok = f, p.Code, true
		}
	}
	return best, code, ok
}

// bars draws the rates against the highest.
func (m *weekMaker) bars(all []WeekCommune) {
	highest := int64(0)
	for _, c := range all {
		highest = max(highest, c.Rate)
	}
	for i := range all {
		if highest > 0 && all[i].Rate >= 0 {
			all[i].Bar = 100 * all[i].Rate / highest
		}
	}
}

// shares are the women, and those of 15 to 35, among those who said their sex
// and their age, with the census beside them.
func shares(f civic.Figures, r civic.Residents) (women, young WeekShare) {
	women = share(f.By[civic.BySex], "femme", "femme", "homme")
	young = share(f.By[civic.ByAge], "15_35", "moins_15", "15_35", "36_59", "60_plus")
	if r.Women > 0 {
		women.Census, women.CensusBase = int64(r.Women), int64(r.Total)
	}
	if r.Young > 0 && r.Over15 > 0 {
		young.Census, young.CensusBase = int64(r.Young), int64(r.Over15)
	}
	return women, young
}

// share is nothing when a part of it is hidden: the rest would tell it.
func share(t civic.Table[string], part string, of ...string) WeekShare {
	s := WeekShare{}
	for _, column := range of {
		f := t.Cells[column]
		if f.Hidden {
			return WeekShare{}
		}
		s.Base += f.N
		if column == part {
			s.Part = f.N
		}
	}
	return s
}

// groups are the bars of women and young people, pooled over the scope when
// all of it is hers, else of her one commune.
func (m *weekMaker) groups(all []WeekCommune) []WeekGroup {
	alone := len(all) == 1
	if !alone && len(m.in.Me.Territory) > 0 && m.in.Me.Role != civic.Administrator {
		return nil
	}
	f, code, ok := m.figures(func(p civic.Published) civic.Figures {
		if alone {
			return p.Communes[all[0].Code]
		}
		return p.Pooled
	})
	if !ok {
		return nil
	}
	residents := m.census(m.scopes[code])
	if alone {
		residents = all[0].Residents
	}
	women, young := shares(f, residents)
	var groups []WeekGroup
	if women.Base > 0 {
		groups = append(groups, WeekGroup{"women", women, f.By[civic.BySex].AsOf})
	}
	if young.Base > 0 {
		groups = append(groups, WeekGroup{"young", young, f.By[civic.ByAge].AsOf})
	}
	return groups
}

// census sums up the residents of a scope, as far as every commune has the
// figure.
func (m *weekMaker) census(scope []civic.Code) civic.Residents {
	sum := civic.Residents{}
	women, young := true, true
	for _, code := range scope {
		r := m.residents[code]
		women, young = women && r.Women > 0, young && r.Young > 0 && r.Over15 > 0
		sum.Total, sum.Over15, sum.Women, sum.Young = sum.Total+r.Total, sum.Over15+r.Over15, sum.Women+r.Women, sum.Young+r.Young
	}
	if !women {
		sum.Women = 0
	}
	if !young {
		sum.Young = 0
	}
	return sum
}

// When the disk and the messages are said to be in trouble.
const (
	littleDisk = 1 << 30   // bytes
	lateAfter  = time.Hour // a message that is not handed over
)

// faults is what is broken, the worst first.
func faults(in WeekInput) []WeekFault {
	var all []WeekFault
	say := func(key string, pairs ...any) { all = append(all, WeekFault{"desk.week.fault." + key, pairs}) }
	if in.Health.Err != nil {
		say("store")
	}
	if in.Free >= 0 && in.Free < littleDisk {
		say("disk", "MB", in.Free>>20)
	}
	all = append(all, in.Broken...)
	for _, p := range in.Posts {
		switch {
		case p.Paused != "":
			say("paused", "Provider", p.Provider, "Why", p.Paused, "Since", moment(p.Since))
		case p.Waiting > p.Bulk && !p.Oldest.IsZero() && in.Now.Sub(p.Oldest) > lateAfter:
			say("late", "Provider", p.Provider, "N", p.Waiting, "Since", moment(p.Oldest))
		}
		switch spent, budget := p.Spent, p.Budget; {
		case budget.Amount == 0:
		case spent.Amount >= budget.Amount:
			say("budget", "Provider", p.Provider, "Budget", argent(budget))
		case spent.Amount*5 >= budget.Amount*4:
			say("budget.near", "Provider", p.Provider, "Spent", argent(spent), "Budget", argent(budget))
		}
	}
	return all
}
