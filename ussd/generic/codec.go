package generic

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/jamakan/jamakan/callback"
	"github.com/jamakan/jamakan/ussd"
)

// Config is how one gateway speaks.
type Config struct {
	Method   string   `yaml:"method" doc:"GET or POST"`
	Format   string   `yaml:"format" doc:"where the fields are: query, form or json; a field inside another is written payload.response"`
	Session  string   `yaml:"session" doc:"field of the call's name"`
	Phone    string   `yaml:"phone" doc:"field of the caller's number"`
	Prefix   string   `yaml:"prefix" doc:"put before a number that comes without +, like + or +223"`
	Code     string   `yaml:"code" doc:"field of the code dialled; empty: the channel's first code"`
	Input    string   `yaml:"input" doc:"field of what was typed"`
	Direct   string   `yaml:"direct" doc:"field of the digits dialled behind the code, where they have one of their own"`
	Network  string   `yaml:"network" doc:"field of the network"`
	Sequence string   `yaml:"sequence" doc:"field of the turn's number, where there is one: repeats are told by it"`
	Style    string   `yaml:"style" doc:"what the input field holds: chain (1*2*1), dial (*384*55*1*2#) or last (the last input alone)"`
	Start    []string `yaml:"start" doc:"field=value of a turn that begins a call, any of them; empty: its input is empty or the code dialled"`
	End      []string `yaml:"end" doc:"field=value of a turn that ends a call; * stands for anything: clean=*, msg=Abort*"`
	Type     string   `yaml:"type" doc:"content type of answers"`
	Continue string   `yaml:"continue" doc:"answer that goes on, with {text} {session} {phone} {code} {input} {network} {field:name}"`
	Finish   string   `yaml:"finish" doc:"answer that ends the call"`
	Replace  []string `yaml:"replace" doc:"letters the gateway can't take, with what stands for them: \"|=/\""`
}

// Default is a gateway of last inputs that posts a form and takes CON and END.
func Default() Config {
	return Config{
		Method: http.MethodPost, Format: callback.Form, Session: "sessionId", Phone: "phoneNumber", Code: "serviceCode", Input: "text", Style: "last",
		Type: "text/plain; charset=utf-8", Continue: "CON {text}", Finish: "END {text}",
	}
}

// Codec speaks to one gateway. It is a stateless value, safe for concurrent
// use.
type Codec struct {
	name    string
	cfg     Config
	codes   []string
	start   []callback.Rule
	end     []callback.Rule
	replace *strings.Replacer
	asJSON  bool
}

var (
	_ ussd.Codec  = Codec{}
	_ ussd.Echoer = Codec{}
)

// ErrConfig: the configuration can't be used; the message says what to write.
var ErrConfig = errors.New("generic gateway")

// New makes a codec. codes are the service codes in service.
func New(name string, cfg Config, codes []string) (Codec, error) {
	c := Codec{name: name, cfg: cfg, codes: codes}
	cfg.Method = strings.ToUpper(cfg.Method)
	c.cfg.Method = cfg.Method
	switch {
	case cfg.Method != http.MethodGet && cfg.Method != http.MethodPost:
		return c, fmt.Errorf("%w: method: %q; write GET or POST", ErrConfig, cfg.Method)
	case !slices.Contains([]string{callback.Query, callback.Form, callback.JSON}, cfg.Format):
		return c, fmt.Errorf("%w: format: %q; write query, form or json", ErrConfig, cfg.Format)
	case cfg.Method == http.MethodGet && cfg.Format != callback.Query:
		return c, fmt.Errorf("%w: format: a GET has its fields in the address; write query", ErrConfig)
	case !slices.Contains([]string{"chain", "dial", "last"}, cfg.Style):
		return c, fmt.Errorf("%w: style: %q; write chain, dial or last", ErrConfig, cfg.Style)
	case cfg.Session == "" || cfg.Phone == "" || cfg.Input == "":
		return c, fmt.Errorf("%w: session, phone and input: name their fields", ErrConfig)
	case !strings.Contains(cfg.Continue, "{text}") || !strings.Contains(cfg.Finish, "{text}"):
		return c, fmt.Errorf("%w: continue and finish: each needs {text}, like \"CON {text}\"", ErrConfig)
	case cfg.Code == "" && len(codes) == 0:
		return c, fmt.Errorf("%w: code: name its field, or give the channel a code", ErrConfig)
	}
	var err error
	if c.start, err = callback.ParseRules(cfg.Start); err != nil {
		return c, fmt.Errorf("%w: start: %w", ErrConfig, err)
	}
	if c.end, err = callback.ParseRules(cfg.End); err != nil {
		return c, fmt.Errorf("%w: end: %w", ErrConfig, err)
	}
	var pairs []string
	for _, r := range cfg.Replace {
		from, to, ok := strings.Cut(r, "=")
		if !ok || from == "" {
			return c, fmt.Errorf("%w: replace: %q; write the letter, =, and what stands for it", ErrConfig, r)
		}
		pairs = append(pairs, from, to)
	}
	c.replace = strings.NewReplacer(pairs...)
	c.asJSON = strings.Contains(cfg.Type, "json")
	return c, nil
}

// Name is the channel's name.
func (c Codec) Name() string { return c.name }

// Bounds of what is kept of a turn, in bytes.
const (
	maxName  = 128
	maxField = 256
)

// Decode reads a turn. Its only error is ussd.ErrMalformed, wrapped.
func (c Codec) Decode(r ussd.Request) (ussd.Turn, error) {
	v, err := c.values(r)
	if err != nil {
		return ussd.Turn{}, err
	}
	t := ussd.Turn{Session: strings.TrimSpace(v.Text(c.cfg.Session)), Network: v.Text(c.cfg.Network), Sequence: v.Text(c.cfg.Sequence)}
	t.Number = c.number(v.Text(c.cfg.Phone))
	input := v.Text(c.cfg.Input)
	t.Code = c.code(v.Text(c.cfg.Code))
	if dialled(input) && (c.cfg.Code == "" || v.Text(c.cfg.Code) == "") {
		t.Code = input
	}
	if v.Match(c.end) {
		t.Over = true
		return t, nil // ends come without the rest
	}
	switch {
	case t.Session == "":
		return t, fmt.Errorf("%w: no %s", ussd.ErrMalformed, c.cfg.Session)
	case t.Number == "":
		return t, fmt.Errorf("%w: no %s", ussd.ErrMalformed, c.cfg.Phone)
	case len(t.Session) > maxName || len(t.Number) > maxName || len(t.Code) > maxField:
		return t, fmt.Errorf("%w: a field is too long", ussd.ErrMalformed)
	case strings.ContainsFunc(strings.TrimPrefix(t.Number, "tel:"), unicode.IsLetter):
		return t, fmt.Errorf("%w: %s has letters", ussd.ErrMalformed, c.cfg.Phone)
	}
	if t.Code == "" {
		t.Code = c.codes[0]
	}
	c.input(&t, v, input)
	return t, nil
}

// input reads what was typed, by the gateway's style.
func (c Codec) input(t *ussd.Turn, v callback.Values, input string) {
	switch c.cfg.Style {
	case "chain":
		t.Transcript, t.Cumulative = input, true
		return
	case "dial":
		t.Transcript, t.Cumulative = c.behind(input, t.Code), true
		t.Code = c.serviceOf(t.Code)
		return
	}
	switch {
	case len(c.start) > 0:
		t.Start = v.Match(c.start)
	default:
		t.Start = strings.TrimSpace(input) == "" || dialled(input) || sameDigits(input, t.Code)
	}
	t.Transcript = input
	if t.Start {
		t.Transcript = ""
		if dialled(input) {
			t.Transcript = c.behind(input, t.Code)
		}
		if direct := v.Text(c.cfg.Direct); direct != "" {
			t.Transcript = direct
		}
		t.Code = c.serviceOf(t.Code)
	}
}

// dialled says whether an input is a code as dialled: *384*55#.
func dialled(input string) bool {
	return len(input) > 2 && input[0] == '*' && strings.Trim(input, "*#0123456789") == "" && strings.ContainsAny(input, "0123456789")
}

// sameDigits says whether an input is the code without its signs.
func sameDigits(input, code string) bool {
	return input != "" && strings.Trim(input, "*#") == strings.Trim(code, "*#") && strings.Contains(strings.Trim(code, "*#"), "*")
}

// code writes a code as dialled, from how gateways name it: 384*55, *384*55#.
func (c Codec) code(raw string) string {
	bare := strings.Trim(strings.TrimSpace(raw), "*#")
	if bare == "" {
		return ""
	}
	return "*" + bare + "#"
}

// serviceOf is the code in service that a dialled code begins with.
func (c Codec) serviceOf(dialled string) string {
	best := ""
	for _, code := range c.codes {
		base := strings.TrimSuffix(code, "#")
		if len(base) > len(best) && (strings.TrimSuffix(dialled, "#") == base || strings.HasPrefix(dialled, base+"*")) {
			best = base
		}
	}
	if best == "" {
		return dialled
	}
	return best + "#"
}

// behind is what was dialled behind the service code.
func (c Codec) behind(input, code string) string {
	input = strings.TrimSuffix(strings.TrimSpace(input), "#")
	for _, base := range []string{c.serviceOf(input + "#"), code, c.serviceOf(code)} {
		base = strings.TrimSuffix(base, "#")
		if rest, ok := strings.CutPrefix(input, base+"*"); ok && base != input {
			return rest
		}
		if input == base {
			return ""
		}
	}
	return ""
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
		return callback.Values{}, fmt.Errorf("%w: not a %s", ussd.ErrMalformed, c.cfg.Method)
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
	return ussd.End{Session: v.Text(c.cfg.Session), Hops: -1, Millis: -1}, nil
}

// Encode appends an answer to no request in particular.
func (c Codec) Encode(dst []byte, a ussd.Answer) (body []byte, contentType string) {
	return c.encode(dst, callback.Values{}, a)
}

// EncodeTo appends the answer to a request, which many gateways want repeated
// in part.
func (c Codec) EncodeTo(dst []byte, r ussd.Request, a ussd.Answer) (body []byte, contentType string) {
	v, err := callback.Parse(r, c.cfg.Format)
	if err != nil {
		v = callback.Values{} // nothing to repeat
	}
	return c.encode(dst, v, a)
}

func (c Codec) encode(dst []byte, v callback.Values, a ussd.Answer) ([]byte, string) {
	template := c.cfg.Continue
	if a.End {
		template = c.cfg.Finish
	}
	named := map[string]string{
		"session": c.cfg.Session, "phone": c.cfg.Phone, "code": c.cfg.Code, "input": c.cfg.Input, "network": c.cfg.Network,
	}
	text := callback.Fill(template, c.asJSON, func(name string) (string, bool) {
		if name == "text" {
			return c.replace.Replace(a.Text), true
		}
		if field, ok := named[name]; ok {
			return v.Text(field), true
		}
		if field, ok := strings.CutPrefix(name, "field:"); ok {
			return v.Text(field), true
		}
		return "", false
	})
	return append(dst, text...), c.cfg.Type
}
