package ussd

import (
	"errors"

	"github.com/jamakan/jamakan/callback"
)

// ErrMalformed says that a callback can't be read as a turn: a missing
// session or number, two values for one field, an empty body. It is wrapped
// with what is wrong, never with a phone number.
var ErrMalformed = errors.New("malformed callback")

// Request is a callback as it came, read once and bounded by the handler.
type Request = callback.Request

// Turn is one request of a USSD session, in the same words for every
// provider.
type Turn struct {
	Session string // the provider's name for the call
	Number  string // the caller as sent; not yet judged
	Code    string // the code dialled, with its extension if the provider leaves it there: *384*55*1*2#
	Network string // opaque: no list of Malian values is known
	// Transcript is every input of the call joined with `*`, for providers
	// that send the whole chain (Cumulative), else the last input alone.
	Transcript string
	Cumulative bool
	// Start says that the provider calls this turn a new call; Over, that it
	// calls it the end of one. Providers of whole chains say neither.
	Start, Over bool
	// Sequence is the provider's number of the turn, "" when it has none: the
	// same again is a repeat.
	Sequence string
}

// End is a provider's notice that a call is over. What the citizen typed and
// what she was shown are left out on purpose.
type End struct {
	Session  string
	Status   string // raw: Success, Incomplete, Failed, or what else was sent
	Hops     int    // -1 when absent or unreadable
	Millis   int64  // -1 when absent or unreadable
	Cost     string // raw
	HadError bool   // the provider sent an errorMessage
}

// Answer is what the phone shows next.
type Answer struct {
	Text string // spelled for the channel, fitted to its limit
	End  bool   // the call is over
}

// Codec speaks one provider's wire format. A codec is a stateless value, safe
// for concurrent use; it decides nothing about the dialogue.
type Codec interface {
	// Name is the provider's word in routes and configuration.
	Name() string
	// Decode reads a turn. Its only error is ErrMalformed, wrapped.
	Decode(Request) (Turn, error)
	// DecodeEnd reads an end-of-session event. Its only error is
	// ErrMalformed, wrapped: odd values are kept raw, not refused.
	DecodeEnd(Request) (End, error)
	// Encode appends the answer's body to dst and returns it with its
	// content type.
	Encode(dst []byte, a Answer) (body []byte, contentType string)
}

// Echoer is a codec whose answers must repeat parts of the request.
type Echoer interface {
	// EncodeTo is Encode for the answer to one request.
	EncodeTo(dst []byte, r Request, a Answer) (body []byte, contentType string)
}
