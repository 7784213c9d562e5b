package africastalking

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"unicode"

	"github.com/jamakan/jamakan/callback/form"
	"github.com/jamakan/jamakan/ussd"
)

// Bounds of what is kept of a turn, in bytes. Real sessions have 38, numbers
// 12 to 16, and a dialled code fits in a USSD string of 182 characters.
const (
	maxSession = 128
	maxNumber  = 64
	maxCode    = 256
	maxNetwork = 64
	// maxShared is the longest body whose strings may be kept as they are.
	maxShared = 1 << 10
)

// usualFields is how many fields are read without more memory.
const usualFields = 16

var _ ussd.Codec = Codec{}

// Codec reads and writes Africa's Talking's format. The zero value is ready.
type Codec struct {
	// DefaultCode is the code dialled when a turn doesn't name one, such as
	// *384*55#. Without it such a turn is malformed.
	DefaultCode string
}

// Name returns "africastalking".
func (Codec) Name() string { return "africastalking" }

// Decode reads a turn. Its only error is ussd.ErrMalformed, wrapped.
func (c Codec) Decode(r ussd.Request) (ussd.Turn, error) {
	var room [usualFields]form.Field
	f, err := fields(room[:0], r)
	if err != nil {
		return ussd.Turn{}, err
	}
	t := ussd.Turn{Code: c.DefaultCode, Cumulative: true}
	if t.Session, err = required(f, "sessionId", maxSession); err != nil {
		return ussd.Turn{}, err
	}
	if t.Number, err = required(f, "phoneNumber", maxNumber); err != nil {
		return ussd.Turn{}, err
	}
	if lettered(t.Number) {
		return ussd.Turn{}, malformed("phoneNumber has letters")
	}
	if code, _ := f.Get("serviceCode"); code != "" || t.Code == "" {
		if t.Code, err = required(f, "serviceCode", maxCode); err != nil {
			return ussd.Turn{}, err
		}
	}
	if network, _ := f.Get("networkCode"); len(network) <= maxNetwork {
		t.Network = network // only a label: not worth losing a citizen for
	}
	text, _ := f.Get("text")
	t.Transcript = chain(text, t.Code)
	if len(r.Body) > maxShared {
		t = detached(t)
	}
	return t, nil
}

// Encode appends the answer's body to dst. Africa's Talking ends the call on a
// body that starts with anything but CON or END, white space included.
func (Codec) Encode(dst []byte, a ussd.Answer) (body []byte, contentType string) {
	word := "CON "
	if a.End {
		word = "END "
	}
	return append(append(dst, word...), a.Text...), "text/plain; charset=utf-8"
}

// fields reads the body: as JSON when its type or its first byte says so, else
// as a form whatever its type, for some senders name none.
func fields(dst form.Fields, r ussd.Request) (form.Fields, error) {
	if r.Method != http.MethodPost {
		return nil, malformed("not a POST")
	}
	if len(r.Body) == 0 {
		return nil, malformed("empty body")
	}
	var (
		f   form.Fields
		err error
	)
	if isJSON(r) {
		f, err = form.ParseJSON(dst, r.Body)
	} else {
		f, err = form.Parse(dst, r.Body)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ussd.ErrMalformed, err)
	}
	return f, nil
}

// isJSON goes by the content type and the first byte.
func isJSON(r ussd.Request) bool {
	start := bytes.TrimLeft(r.Body, " \t\r\n")
	return bytes.HasPrefix(start, []byte{'{'}) || strings.Contains(strings.ToLower(r.ContentType), "json")
}

// required returns a field that must be there, be more than white space, and
// be no longer than limit bytes.
func required(f form.Fields, key string, limit int) (string, error) {
	value, _ := f.Get(key)
	switch {
	case strings.TrimSpace(value) == "":
		return "", malformed("no " + key)
	case len(value) > limit:
		return "", malformed(key + " is too long")
	}
	return value, nil
}

// malformed says what is wrong with a callback, in words of ours only.
func malformed(what string) error {
	return fmt.Errorf("%w: %s", ussd.ErrMalformed, what)
}

// lettered says that a caller's number has letters (a sender's name, a number
// masked with X), which libraries turn into digits: somebody else's number.
func lettered(number string) bool {
	return strings.ContainsFunc(strings.TrimPrefix(number, "tel:"), unicode.IsLetter)
}

// detached copies what a caller may keep, so that a call remembered for
// minutes doesn't hold a large body in memory with it.
func detached(t ussd.Turn) ussd.Turn {
	t.Session, t.Number = strings.Clone(t.Session), strings.Clone(t.Number)
	t.Code, t.Network = strings.Clone(t.Code), strings.Clone(t.Network)
	return t
}
