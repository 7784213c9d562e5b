// Package load is the work that fault tests let a gateway do, and the judge of
// what is left of it: phones that vote, write and repeat themselves through the
// gateway's own Book, so that every trace of every message can be told from
// its number alone.
package load

import (
	"fmt"
	"strings"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/secret"
)

// Keys are the master key of every fault test.
func Keys() (*secret.Keys, error) { return secret.FromText(strings.Repeat("5a", secret.Size)) }

// Of the demonstration's plan.
const (
	consultation = "JAM-2026-1"
	place        = civic.Code("01019901")
	options      = 8
	provider     = "faults"
)

// numbersEach is how many numbers one phone changes between: each votes again
// and again, so that the log has long chains.
const numbersEach = 3

// keepSessions is how many positions of a phone's calls are kept: older ones
// are dropped, so that pages are freed and used again.
const keepSessions = 3

// Message is the n-th message (from 1) of a phone. A phone sends the next one
// when it has the answer to the last.
type Message struct{ Phone, N int }

func (m Message) number() string { return number(m.Phone, m.N%numbersEach) }

func number(phone, which int) string {
	return fmt.Sprintf("+2237600%04d", phone*numbersEach+which)
}

func (m Message) session() string { return fmt.Sprintf("%d-%d", m.Phone, m.N) }

// id is the ID the gateway gives to the command: of the message, nothing else.
func (m Message) id(k *secret.Keys) store.ID {
	return store.ID(k.Event("ussd", provider, m.session(), "1"))
}

func (m Message) sessionKey(k *secret.Keys) store.Key {
	return store.SessionKey(k.Session(provider, m.session()))
}

// writes says whether the message is an opinion; else it is a ballot.
func (m Message) writes() bool { return m.N%5 == 4 }

func (m Message) option() uint16 { return uint16(1 + (m.Phone+m.N)%options) }

// lang changes with each message of a number: the profile is rewritten, and
// tells which message was the last.
func (m Message) lang() string { return []string{"bm", "fr"}[m.N/numbersEach%2] }

// text is what an opinion says: its message, and a length that makes the file
// grow.
func (m Message) text() string {
	return m.session() + " " + strings.Repeat("jikelen ", m.N*37%120)
}

func (m Message) act() civic.Act {
	c := civic.Citizen{Known: true, Lang: m.lang(), Commune: place}
	if m.writes() {
		return civic.Act{Deed: civic.GiveFeedback, Citizen: c, Topic: "eau", Text: m.text()}
	}
	return civic.Act{Deed: civic.CastBallot, Citizen: c, Consultation: consultation, Marks: []civic.Mark{{Option: m.option(), Value: 1}}}
}

// previous is the last ballot of the same number before this message; false
// when there is none.
func (m Message) previous() (Message, bool) {
	for n := m.N - numbersEach; n > 0; n -= numbersEach {
		if was := (Message{m.Phone, n}); !was.writes() {
			return was, true
		}
	}
	return Message{}, false
}
