package ussd

import (
	"crypto/rand"
	"encoding/hex"
	"time"
)

// chain is what the gateway keeps of a call whose provider sends the last
// input alone: the transcript as a provider of whole chains would send it.
type chain struct {
	on       bool
	text     string // inputs joined with *
	salt     string // of this call: some providers use a session's name again
	input    string // the last one
	sequence string // the provider's number of the last turn
	at       time.Time
	turns    int
}

// Repeats of a provider that has no numbers can't be told from the same key
// pressed twice, but for the time between them: nobody reads a screen and
// answers it in less than repeatWithin. A start counts as repeated for longer,
// since networks send some twice.
const (
	repeatWithin = 2 * time.Second
	startTwice   = 10 * time.Second
)

// newChain begins the chain of a call. known is false for one whose memory is
// gone: its chain gets a beginning of its own, so that no input of it is taken
// for one answered before.
func newChain(t Turn, known bool, now time.Time) chain {
	var b [8]byte
	_, _ = rand.Read(b[:]) // crypto/rand never fails
	c := chain{on: true, text: t.Transcript, salt: hex.EncodeToString(b[:]), input: t.Transcript, sequence: t.Sequence, at: now, turns: 1}
	if !known {
		c.text = "lost " + c.salt
	}
	return c
}

// extend makes a turn of the last input alone into one of the whole chain. ok
// is false for a start that begins another call under the same name. Turns of
// whole chains pass as they are.
func (c *chain) extend(t Turn, k *call, now time.Time) (_ Turn, ok bool) {
	if t.Cumulative || !c.on {
		return t, true
	}
	if t.Start {
		if c.turns == 1 && !k.over && now.Sub(c.at) < startTwice {
			t.Transcript = c.text
			return t, true
		}
		return t, false
	}
	repeated := t.Sequence != "" && t.Sequence == c.sequence
	if t.Sequence == "" {
		repeated = t.Transcript == c.input && c.turns > 1 && now.Sub(c.at) < repeatWithin
	}
	if repeated {
		t.Transcript = c.text
		return t, true
	}
	c.input, c.sequence, c.at = t.Transcript, t.Sequence, now
	c.turns++
	if c.text != "" {
		c.text += "*"
	}
	c.text += t.Transcript
	t.Transcript = c.text
	return t, true
}
