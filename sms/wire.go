package sms

import (
	"context"
	"errors"
	"time"

	"github.com/jamakan/jamakan/callback"
	"github.com/jamakan/jamakan/store/outbox"
)

// ErrMalformed says that a callback can't be read: no sender, two values for
// one field, an empty body. It is wrapped with what is wrong, never with a
// number or a text.
var ErrMalformed = errors.New("malformed callback")

// Inbound is a text as a provider delivers it, in the same words for every
// provider. Values are raw.
type Inbound struct {
	ID   string // the provider's; "" when it has none
	From string
	To   string // the short code or number it was sent to
	Text string
	At   time.Time // the provider's date; zero when missing or unreadable
	// Ref, Part and Parts are set by providers that deliver a long text in
	// parts: Part 1 to Parts of the text Ref.
	Ref         string
	Part, Parts int
}

// Report is a delivery report.
type Report struct {
	ID       string // the provider's name of the message
	Number   string // raw, "" when absent
	Fate     outbox.Report
	OptedOut bool // the reason given is that the number wants silence
}

// Notice is a change of a number's wish that the provider tells: an opt-out
// from bulk messages, or a subscription.
type Notice struct {
	Number string
	Stop   bool
}

// Codec reads one provider's callbacks. It is a stateless value, safe for
// concurrent use. Its only error is ErrMalformed, wrapped: odd values are kept
// raw, not refused.
type Codec interface {
	// Name is the provider's word in routes and configuration.
	Name() string
	Inbound(callback.Request) (Inbound, error)
	Report(callback.Request) (Report, error)
	OptOut(callback.Request) (Notice, error)
	Subscription(callback.Request) (Notice, error)
}

// Outgoing is a message being handed over.
type Outgoing struct {
	Ref  string // ours; opaque
	To   string // E.164
	Text string // spelled for the channel
	Bulk bool
}

// Carrier hands messages over to one provider. It is safe for concurrent use.
type Carrier interface {
	// Send hands one message over and says what the answer means. It never
	// repeats a request by itself, and it says Transient only when the
	// message was certainly not taken.
	Send(ctx context.Context, m Outgoing) outbox.Result
}
