package generic

import (
	"fmt"
	"net/http"
	"strings"
	"unicode"

	"github.com/jamakan/jamakan/callback"
	"github.com/jamakan/jamakan/ussd"
)

// Codec speaks to one gateway. It is a stateless value, safe for concurrent
// use.
type Codec struct {
	name          string
	cfg           Config
	codes         []string
	start, end    []callback.Rule
	replace       *strings.Replacer
	going, ending frame
}

// frame is how an answer is put: one that goes on, or one that ends the call.
type frame struct {
	body   template
	header http.Header
}

var (
	_ ussd.Codec  = Codec{}
	_ ussd.Echoer = Codec{}
	_ ussd.Headed = Codec{}
)

// Name is the channel's name.
func (c Codec) Name() string { return c.name }

// Bounds of what is kept of a turn, in bytes.
const (
	maxName  = 128
	maxField = 256
	maxInput = 4 << 10 // one input; a USSD string has 182 characters
	// maxShared is the longest request whose strings may be kept as they are.
	maxShared = 1 << 10
)

// Decode reads a turn. Its only error is ussd.ErrMalformed, wrapped.
func (c Codec) Decode(r ussd.Request) (ussd.Turn, error) {
	v, err := c.values(r)
	if err != nil {
		return ussd.Turn{}, err
	}
	t := ussd.Turn{
		Session: strings.TrimSpace(v.Text(c.cfg.Session)), Number: c.number(v.Text(c.cfg.Phone)), Code: asDialled(v.Text(c.cfg.Code)),
		Network: short(v.Text(c.cfg.Network)), Sequence: short(v.Text(c.cfg.Sequence)),
	}
	if v.Match(c.end) {
		return ussd.Turn{Session: t.Session, Over: true}, nil // ends come without the rest
	}
	input := v.Text(c.cfg.Input)
	switch {
	case t.Session == "":
		return ussd.Turn{}, malformed("no " + c.cfg.Session)
	case t.Number == "":
		return ussd.Turn{}, malformed("no " + c.cfg.Phone)
	case len(t.Session) > maxName || len(t.Number) > maxName || len(t.Code) > maxField:
		return ussd.Turn{}, malformed("a field is too long")
	case strings.ContainsFunc(strings.TrimPrefix(t.Number, "tel:"), unicode.IsLetter):
		return ussd.Turn{}, malformed(c.cfg.Phone + " has letters")
	case c.cfg.Style == last && len(input) > maxInput:
		return ussd.Turn{}, malformed(c.cfg.Input + " is too long")
	}
	c.input(&t, v, input)
	if t.Code == "" {
		t.Code = c.codes[0]
	}
	if len(r.Query)+len(r.Body) > maxShared {
		t = detached(t)
	}
	return t, nil
}

// input reads what was typed, by the gateway's style.
func (c Codec) input(t *ussd.Turn, v callback.Values, input string) {
	switch c.cfg.Style {
	case whole:
		t.Transcript, t.Cumulative = input, true
	case dial:
		t.Transcript, t.Cumulative = input, true
		if code, rest, ok := c.inService(input); ok {
			t.Code, t.Transcript = code, rest
		} else if t.Code == "" && looksDialled(input) {
			t.Code, t.Transcript = asDialled(input), "" // another service's: the gateway says so
		}
	default:
		c.lastInput(t, v, input)
	}
}

// lastInput reads the last input alone. The first one of a call may be the
// code as dialled, with digits behind it; where nothing else tells a start,
// only the gateway knows whether the session is new.
func (c Codec) lastInput(t *ussd.Turn, v callback.Values, input string) {
	t.Transcript = input
	code, rest, known := c.inService(input)
	if len(c.start) > 0 {
		t.Start = v.Match(c.start)
	} else {
		signed := strings.HasPrefix(strings.TrimSpace(input), "*")
		t.Start = known && signed
		t.Opens = !t.Start && (known || strings.TrimSpace(input) == "" || looksDialled(input))
	}
	if !t.Start && !t.Opens {
		return
	}
	opening := ""
	direct := strings.TrimSuffix(strings.TrimSpace(v.Text(c.cfg.Direct)), "#")
	switch {
	case direct != "":
		opening = direct
		if code, _, ok := c.inService(t.Code); ok {
			t.Code = code // the digits behind it have a field of their own
		}
	case known:
		t.Code, opening = code, rest
	case t.Code == "" && looksDialled(input):
		t.Code = asDialled(input) // another service's: the gateway says so
	}
	if t.Start {
		t.Transcript = opening
	} else {
		t.Opening = opening
	}
}

// number completes a number that comes without its country.
func (c Codec) number(raw string) string {
	raw = strings.TrimSpace(raw)
	if raw == "" || strings.HasPrefix(raw, "+") || strings.HasPrefix(raw, "tel:") {
		return raw
	}
	return c.cfg.Prefix + raw
}

func (c Codec) values(r ussd.Request) (callback.Values, error) {
	if r.Method != c.cfg.Method {
		return callback.Values{}, malformed("not a " + c.cfg.Method)
	}
	v, err := callback.Parse(r, c.cfg.Format)
	if err != nil {
		return v, fmt.Errorf("%w: %w", ussd.ErrMalformed, err)
	}
	return v, nil
}

// DecodeEnd reads an end-of-session event posted to its own address.
func (c Codec) DecodeEnd(r ussd.Request) (ussd.End, error) {
	v, err := c.values(r)
	if err != nil {
		return ussd.End{}, err
	}
	return ussd.End{Session: strings.TrimSpace(v.Text(c.cfg.Session)), Hops: -1, Millis: -1}, nil
}

// malformed says what is wrong with a callback, in words of ours only.
func malformed(what string) error {
	return fmt.Errorf("%w: %s", ussd.ErrMalformed, what)
}

// short is a label, "" when it is too long to be one: not worth losing a
// citizen for.
func short(s string) string {
	if len(s) > maxName {
		return ""
	}
	return s
}

// detached copies what a call keeps, so that it doesn't hold a large request
// in memory with it.
func detached(t ussd.Turn) ussd.Turn {
	for _, s := range []*string{&t.Session, &t.Number, &t.Code, &t.Network, &t.Sequence, &t.Transcript, &t.Opening} {
		*s = strings.Clone(*s)
	}
	return t
}
