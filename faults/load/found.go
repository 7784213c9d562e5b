package load

import (
	"encoding/json"
	"fmt"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// ballot looks at one record of the log.
func (f *found) ballot(r *civic.Record) {
	m, known := f.ids[r.Event]
	switch {
	case !known:
		f.wrong("record %d is of no message that was sent", r.Seq)
		return
	case f.seq[m] != 0:
		f.wrong("message %s is in the log twice, at %d and %d", m.session(), f.seq[m], r.Seq)
	case m.N <= f.last[m.Phone]:
		f.wrong("message %s is at %d, behind a later one of its phone", m.session(), r.Seq)
	case m.writes() || len(r.Marks) != 1 || r.Marks[0].Option != m.option() || r.Place != place:
		f.wrong("record %d says otherwise than message %s", r.Seq, m.session())
	}
	was, again := m.previous()
	if again && r.Replaces != f.seq[was] || !again && r.Replaces != 0 {
		f.wrong("record %d of message %s replaces %d, the ballot before is %d", r.Seq, m.session(), r.Replaces, f.seq[was])
	}
	f.seq[m], f.last[m.Phone] = r.Seq, m.N
}

// opinion looks at one opinion.
func (f *found) opinion(k store.Key, v []byte) {
	var o struct {
		Text []byte `json:"text"`
	}
	if err := json.Unmarshal(v, &o); err != nil {
		f.wrong("%s: %v", k, err)
		return
	}
	var m Message
	if _, err := fmt.Sscanf(string(o.Text), "%d-%d", &m.Phone, &m.N); err != nil || m.Phone < 0 || m.Phone >= len(f.last) || string(o.Text) != m.text() {
		f.wrong("%s: an opinion that nobody sent: %.40q", k, o.Text)
		return
	}
	if f.text[m] {
		f.wrong("the opinion of message %s is there twice", m.session())
	}
	f.text[m] = true
}

// phone holds all that is kept of one phone's messages together: those that
// were answered, and perhaps those up to most that were under way. It says which
// is the last.
func (f *found) phone(p, answered, most int) (top int) {
	top = answered
	for next := (Message{p, top + 1}); top < most && f.any(next); next.N++ {
		top++
	}
	for n := 1; n <= top+2; n++ {
		m := Message{p, n}
		want := n <= top
		if kept := f.seq[m] != 0 || f.text[m]; kept != want || f.there[m] != want {
			f.wrong("message %s, of %d answered: kept %v, its reply %v", m.session(), answered, kept, f.there[m])
		}
		if open := want && n > top-keepSessions; f.calls[m] != open {
			f.wrong("message %s, of %d answered and %d there: its call's position is kept %v", m.session(), answered, top, f.calls[m])
		}
	}
	f.profiles(p, top)
	return top
}

// any says whether anything is kept of a message.
func (f *found) any(m Message) bool {
	return f.there[m] || f.seq[m] != 0 || f.text[m] || f.calls[m]
}

// profiles holds the profile of each number against its last message.
func (f *found) profiles(p, top int) {
	for n := top; n > 0 && n > top-numbersEach; n-- {
		m := Message{p, n}
		if got := f.langs[string(store.CitizenKey(f.judge.keys.Citizen(m.number())))]; got != m.lang() {
			f.wrong("the profile after message %s speaks %q, not %q", m.session(), got, m.lang())
		}
	}
}
