package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/jamakan/jamakan/civic"
)

// plainModel is what must be recorded, written down as a clerk would: it knows
// nothing of the store, of screens or of the code that counts.
type plainModel struct {
	opens, closes time.Time
	annulled      bool
	phones        []*plainPhone
	tally         map[civic.Cell]int64 // changes, in the week they happened
	cast, changed map[string]int64     // by week and commune
	opinions      []string
	heard         int // opinions with those erased
}

// plainPhone is one number as the clerk knows it.
type plainPhone struct {
	number  string
	known   bool // it has a profile
	lang    string
	commune civic.Code
	sex     civic.Sex
	age     civic.Age
	stopped bool
	ballot  *plainBallot
	said    []string // its opinions, as in plainModel
}

// plainBallot is the ballot of a number that counts.
type plainBallot struct {
	option uint16
	place  civic.Code
	group  civic.Group
}

const modelConsultation = "JAM-2026-1"

func newPlainModel(numbers int, opens, closes time.Time) *plainModel {
	m := &plainModel{opens: opens, closes: closes, tally: map[civic.Cell]int64{}, cast: map[string]int64{}, changed: map[string]int64{}}
	for i := range numbers {
		m.phones = append(m.phones, &plainPhone{number: fmt.Sprintf("+22376000%03d", i)})
	}
	return m
}

// open says whether a ballot counts at that moment.
func (m *plainModel) open(at time.Time) bool {
	return !m.annulled && !at.Before(m.opens) && at.Before(m.closes)
}

// count puts a ballot into the week's tally, or takes it out.
func (m *plainModel) count(at time.Time, b plainBallot, by int64) {
	for _, option := range []uint16{0, b.option} {
		cell := civic.Cell{Consultation: modelConsultation, Week: civic.WeekOf(at), Place: b.place, Option: option, Group: b.group}
		if m.tally[cell] += by; m.tally[cell] == 0 {
			delete(m.tally, cell)
		}
	}
}

// votes is a ballot given at that moment; whoever votes again stays in the
// commune of the first ballot. It says whether it counts.
func (m *plainModel) votes(p *plainPhone, at time.Time, channel civic.Channel, option uint16) bool {
	if !m.open(at) {
		return false
	}
	b := plainBallot{option, p.commune, civic.Group{Channel: channel, Lang: p.lang, Sex: p.sex, Age: p.age}}
	where := &m.cast
	if p.ballot != nil {
		b.place, where = p.ballot.place, &m.changed
		m.count(at, *p.ballot, -1)
	}
	(*where)[fmt.Sprint(civic.WeekOf(at), b.place)]++
	m.count(at, b, +1)
	p.ballot, p.known = &b, true
	return true
}

// declares is her sex and age, told after the vote: her ballot moves.
func (m *plainModel) declares(p *plainPhone, at time.Time, sex civic.Sex, age civic.Age) {
	p.sex, p.age = sex, age
	if p.ballot == nil || !m.open(at) {
		return
	}
	m.count(at, *p.ballot, -1)
	p.ballot.group.Sex, p.ballot.group.Age = sex, age
	m.count(at, *p.ballot, +1)
}

// says is an opinion.
func (m *plainModel) says(p *plainPhone, channel civic.Channel, text string) {
	line := fmt.Sprint(channel, p.commune, text)
	m.heard++
	m.opinions, p.said, p.known = append(m.opinions, line), append(p.said, line), true
}

// erased is EFFACER: profile and texts go, the ballot counts on.
func (m *plainModel) erased(p *plainPhone) {
	for _, line := range p.said {
		m.opinions = slices.Delete(m.opinions, slices.Index(m.opinions, line), slices.Index(m.opinions, line)+1)
	}
	*p = plainPhone{number: p.number, ballot: p.ballot}
}
