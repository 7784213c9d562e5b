package africastalking

import (
	"strconv"
	"strings"

	"github.com/jamakan/jamakan/callback/form"
	"github.com/jamakan/jamakan/ussd"
)

// maxRaw bounds the values of an end event that are kept as sent, in bytes.
const maxRaw = 64

// DecodeEnd reads an end-of-session event. Its only error is
// ussd.ErrMalformed, wrapped, for a body without a session: whatever else is
// odd or absent is kept raw, for the event tells what can't be asked again.
func (Codec) DecodeEnd(r ussd.Request) (ussd.End, error) {
	var room [usualFields]form.Field
	f, err := fields(room[:0], r)
	if err != nil {
		return ussd.End{}, err
	}
	session, err := required(f, "sessionId", maxSession)
	if err != nil {
		return ussd.End{}, err
	}
	failure, _ := f.Get("errorMessage")
	return ussd.End{
		Session:  strings.Clone(session), // the rest of the body goes
		Status:   raw(f, "status"),
		Hops:     int(count(f, "hopsCount", 31)),
		Millis:   count(f, "durationInMillis", 63),
		Cost:     raw(f, "cost"),
		HadError: failure != "",
	}, nil
}

// raw returns the first bytes of a value, as sent.
func raw(f form.Fields, key string) string {
	value, _ := f.Get(key)
	if len(value) > maxRaw {
		value = strings.ToValidUTF8(value[:maxRaw], "")
	}
	return strings.Clone(value)
}

// count returns a whole number of at most bits bits, or -1.
func count(f form.Fields, key string, bits int) int64 {
	value, _ := f.Get(key)
	n, err := strconv.ParseUint(value, 10, bits)
	if err != nil {
		return -1
	}
	return int64(n)
}
