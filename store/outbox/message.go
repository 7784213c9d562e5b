package outbox

import (
	"errors"
	"fmt"
	"time"

	"github.com/jamakan/jamakan/civic/msisdn"
)

// State is where a message stands.
type State string

// The states, in the only order they may come in.
const (
	Queued    State = "queued"    // committed with its cause, waiting for its turn
	Claimed   State = "claimed"   // about to be handed to the provider; on disk before a byte leaves
	Accepted  State = "accepted"  // the provider took it and named it
	Refused   State = "refused"   // the provider will never take it: final
	Unknown   State = "unknown"   // handed over, and the answer was lost: may or may not have been taken
	Delivered State = "delivered" // the provider says it is on the handset: final
	Failed    State = "failed"    // the provider took it and could not deliver it: final
	Expired   State = "expired"   // too old to be worth sending: final
)

// States lists every state.
func States() []State {
	return []State{Queued, Claimed, Accepted, Refused, Unknown, Delivered, Failed, Expired}
}

// Final says whether a state never changes any more.
func (s State) Final() bool {
	return s == Refused || s == Delivered || s == Failed || s == Expired
}

// Purpose is what a message is for: its place in the queue, and how long it is
// worth sending.
type Purpose string

// The purposes.
const (
	Answer  Purpose = "answer"  // to what a citizen texted
	Receipt Purpose = "receipt" // that her vote is noted
	Reply   Purpose = "reply"   // of a coordinator, to an opinion
	Digest  Purpose = "digest"  // of the week, to a coordinator who asked for it
	Bulk    Purpose = "bulk"    // to many: stops for quiet hours, for the budget and for STOP
)

// Life is how long a message is worth sending.
func (p Purpose) Life() time.Duration {
	switch p {
	case Receipt:
		return 12 * time.Hour
	case Bulk:
		return 48 * time.Hour
	default:
		return 24 * time.Hour
	}
}

// Message is one SMS as stored.
type Message struct {
	Ref      string    `json:"ref"` // ours: never the same for two messages
	Seq      int64     `json:"seq"` // orders messages: nanoseconds since 1970, each once
	Provider string    `json:"provider"`
	Purpose  Purpose   `json:"purpose"`
	Campaign string    `json:"campaign,omitempty"` // the message to many that it is one of
	State    State     `json:"state"`
	At       time.Time `json:"at"`      // when its cause was recorded
	Due      time.Time `json:"due"`     // not before
	Expires  time.Time `json:"expires"` // not after
	Attempts int       `json:"attempts,omitempty"`
	Handed   time.Time `json:"handed,omitzero"` // last claimed
	Settled  time.Time `json:"settled,omitzero"`
	To       []byte    `json:"to,omitempty"`   // the number, sealed; gone at the final state
	Body     []byte    `json:"body,omitempty"` // the text, sealed; gone at the final state
	Alphabet string    `json:"alphabet"`       // GSM-7 or UCS-2
	Units    int       `json:"units"`          // septets, or UCS-2 units
	Segments int       `json:"segments"`
	Cost     Money     `json:"cost,omitzero"`     // as the provider said
	Code     string    `json:"code,omitempty"`    // the provider's last code
	Reason   string    `json:"reason,omitempty"`  // the provider's last reason, raw
	Reports  []string  `json:"reports,omitempty"` // raw statuses reported, the last MaxReports
}

// MaxReports is how many raw statuses a message keeps.
const MaxReports = 8

// ErrStep: the message is not in the state that the step starts from.
var ErrStep = errors.New("not a step of this message")

// Claim marks a message that is about to be handed over.
func (m Message) Claim(now time.Time) (Message, error) {
	if m.State != Queued {
		return m, fmt.Errorf("%w: claim from %s", ErrStep, m.State)
	}
	m.State, m.Handed = Claimed, now
	m.Attempts++
	return m, nil
}

// Class is what a provider's answer means for a message.
type Class uint8

// The classes of answers (TELECOM facts, section 4).
const (
	Took      Class = iota + 1 // it took the message
	Permanent                  // it never will
	Transient                  // certainly not taken, and may be later
	Ambiguous                  // nobody knows
	Account                    // nothing is taken from this account until somebody mends it
)

// String names the class.
func (c Class) String() string {
	return [...]string{"", "accepted", "permanent", "transient", "ambiguous", "account"}[c]
}

// Result is a provider's answer to one message.
type Result struct {
	Class    Class
	Handle   string // the provider's name for it: kept as a keyed hash alone
	Cost     Money
	Code     string        // raw: an HTTP status or the provider's code
	Reason   string        // raw: what a provider says may hold a number
	After    time.Duration // the provider asked to wait so long
	Segments int           // as the provider counted, 0 when it did not say
	OptedOut bool          // the number asked the provider for silence
}

// Kept is the result as its words may be kept, logged and shown: bounded, and
// without number.
func (r Result) Kept() Result {
	r.Code, r.Reason = bounded(r.Code, 40), bounded(r.Reason, 80)
	return r
}

// backoff is how long a message waits after an attempt that certainly failed:
// hours, not minutes, as outages on the way to a village last.
func backoff() []time.Duration {
	return []time.Duration{
		time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
	}
}

// Wait is how long to wait after so many attempts; jitter in [0,1) spreads it
// by up to a fifth. steps replaces the built-in ones when given.
func Wait(attempts int, jitter float64, steps []time.Duration) time.Duration {
	if len(steps) == 0 {
		steps = backoff()
	}
	d := steps[min(max(attempts, 1), len(steps))-1]
	return d + time.Duration(float64(d)*jitter/5)
}

// Settle is the provider's answer to a claimed message. wait is how long it
// waits if it may be tried again.
func (m Message) Settle(r Result, now time.Time, wait time.Duration) (Message, error) {
	if m.State != Claimed {
		return m, fmt.Errorf("%w: settle from %s", ErrStep, m.State)
	}
	r = r.Kept()
	m.Code, m.Reason, m.Settled = r.Code, r.Reason, now
	if r.Segments > 0 {
		m.Segments = r.Segments
	}
	switch r.Class {
	case Took:
		m.State, m.Cost = Accepted, r.Cost
	case Permanent:
		return m.end(Refused, now), nil
	case Transient, Account:
		if r.Class == Account {
			m.Attempts-- // not this message's fault
		}
		m.State, m.Due = Queued, now.Add(max(wait, r.After))
		if !m.Due.Before(m.Expires) {
			return m.end(Expired, now), nil
		}
	default:
		m.State = Unknown
	}
	return m, nil
}

// Abandon is a claimed message found at start: whether it left is not known.
func (m Message) Abandon(now time.Time) (Message, error) {
	if m.State != Claimed {
		return m, fmt.Errorf("%w: abandon from %s", ErrStep, m.State)
	}
	m.State, m.Settled, m.Reason = Unknown, now, "stopped while it was handed over"
	if mutantResend {
		m.State = Queued
	}
	return m, nil
}

// Expire is a message too old to send.
func (m Message) Expire(now time.Time) (Message, error) {
	if m.State != Queued {
		return m, fmt.Errorf("%w: expire from %s", ErrStep, m.State)
	}
	return m.end(Expired, now), nil
}

// Drop ends a message that is not to leave any more, for a reason.
func (m Message) Drop(reason string, now time.Time) (Message, error) {
	if m.State != Queued {
		return m, fmt.Errorf("%w: drop from %s", ErrStep, m.State)
	}
	m.Reason = reason
	return m.end(Expired, now), nil
}

// Report is what a provider reports of a message later.
type Report struct {
	State  State  // Delivered, Failed, Accepted for "on its way", "" for a status nobody knows
	Raw    string // the status as sent
	Reason string // raw
}

// Kept is the report as it may be kept: bounded, and without number.
func (r Report) Kept() Report {
	r.Raw, r.Reason = bounded(r.Raw, 40), bounded(r.Reason, 80)
	return r
}

// Reported takes a report. Only forward: what is final stays, and "on its way"
// changes nothing but what is shown. ok is false when nothing changed.
func (m Message) Reported(r Report, now time.Time) (next Message, ok bool) {
	if m.State.Final() || m.State == Queued || m.State == Claimed {
		return m, false
	}
	raw := bounded(r.Raw, 40)
	if n := len(m.Reports); n == 0 || m.Reports[n-1] != raw {
		m.Reports = append(append([]string(nil), m.Reports[max(0, n+1-MaxReports):]...), raw)
		ok = true
	}
	if r.Reason != "" {
		m.Reason = bounded(r.Reason, 80)
	}
	switch r.State {
	case Delivered, Failed:
		return m.end(r.State, now), true
	case Accepted:
		if m.State == Unknown {
			m.State, ok = Accepted, true
		}
	}
	return m, ok
}

// end is a final state: neither text nor number is kept with it.
func (m Message) end(s State, now time.Time) Message {
	m.State, m.Settled, m.To, m.Body = s, now, nil, nil
	return m
}

// Shelved is a message whose fate nobody reported in time: it keeps its state,
// and neither text nor number.
func (m Message) Shelved() Message {
	m.To, m.Body = nil, nil
	return m
}

func bounded(s string, most int) string {
	s = msisdn.Hide(s)
	kept := make([]rune, 0, most)
	for _, r := range s {
		if len(kept) == most {
			break
		}
		if r < ' ' {
			r = ' '
		}
		kept = append(kept, r)
	}
	return string(kept)
}
