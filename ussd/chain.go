package ussd

import (
	"crypto/rand"
	"encoding/hex"
	"time"
)

// chain is what the gateway keeps of a call whose provider sends the last
// input alone: the transcript as a provider of whole chains would send it.
type chain struct {
	on    bool
	text  string // inputs joined with *
	salt  string // of this call: some providers use a session's name again
	marks []mark // of the latest turns, oldest first
	turns int
	at    time.Time // of the last answer
	ended bool      // the provider said that the call is over
	// unnumbered: the provider's numbers are not of turns.
	unnumbered bool
}

// mark is one turn, to know it when it comes again.
type mark struct {
	sequence string
	input    string // as it came
	typed    bool   // it was an input: not a start
	length   int    // of the chain with it
}

// Repeats of a provider that has no numbers can't be told from the same key
// pressed twice, but for the time between them: nobody reads a screen and
// answers it in less than repeatWithin. A start counts as repeated for longer,
// since networks send some twice.
const (
	repeatWithin = 2 * time.Second
	startTwice   = 10 * time.Second
	maxMarks     = 16 // a repeat comes a turn or two late, never more
)

// newChain begins the chain of a call. One whose memory is gone gets a
// beginning of its own, so that no input of it is taken for one answered
// before.
func newChain(t Turn) chain {
	var b [8]byte
	_, _ = rand.Read(b[:]) // crypto/rand never fails
	c := chain{on: true, salt: hex.EncodeToString(b[:])}
	switch {
	case t.Start:
		c.text = t.Transcript
	case t.Opens:
		c.text = t.Opening
	default:
		c.text = "lost " + c.salt
	}
	c.mark(t, !t.Start && !t.Opens)
	return c
}

func (c *chain) mark(t Turn, typed bool) {
	if len(c.marks) == maxMarks {
		c.marks = append(c.marks[:0], c.marks[1:]...)
	}
	c.marks = append(c.marks, mark{t.Sequence, t.Transcript, typed, len(c.text)})
	c.turns++
}

// extend makes a turn of the last input alone into one of the whole chain. ok
// is false for a turn that begins another call under the same name. Turns of
// whole chains pass as they are.
func (c *chain) extend(t Turn, over bool, now time.Time) (_ Turn, ok bool) {
	if t.Cumulative || !c.on {
		return t, true
	}
	if c.startAgain(t, over, now) {
		t.Transcript = c.text
		return t, true
	}
	if t.Start || t.Opens && (over || c.ended) {
		return t, false
	}
	if length, ok := c.repeat(t, now); ok {
		t.Transcript = c.text[:length]
		return t, true
	}
	if c.text != "" {
		c.text += "*"
	}
	c.text += t.Transcript
	c.mark(t, true)
	t.Transcript = c.text
	return t, true
}

// startAgain says whether a turn is the call's start sent twice. Nothing may
// have been typed since: who dials again must never answer a screen that the
// call before had come to.
func (c *chain) startAgain(t Turn, over bool, now time.Time) bool {
	first := c.marks[0]
	return (t.Start || t.Opens) && c.turns == 1 && !first.typed && t.Transcript == first.input &&
		!over && !c.ended && now.Sub(c.at) < startTwice
}

// repeat finds the turn that t repeats, and how long the chain was with it: by
// the provider's number, or else by the time since it was answered.
func (c *chain) repeat(t Turn, now time.Time) (length int, ok bool) {
	if t.Sequence != "" && !c.unnumbered {
		for i := len(c.marks) - 1; i >= 0; i-- {
			m := c.marks[i]
			if m.sequence != t.Sequence {
				continue
			}
			if m.typed && m.input == t.Transcript {
				return m.length, true
			}
			c.unnumbered = true // two turns, one number: it says nothing
			break
		}
		if !c.unnumbered {
			return 0, false
		}
	}
	m := c.marks[len(c.marks)-1]
	return m.length, m.typed && m.input == t.Transcript && now.Sub(c.at) < repeatWithin
}
