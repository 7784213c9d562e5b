package generic

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jamakan/jamakan/callback"
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
	Start    []string `yaml:"start" doc:"field=value of a turn that begins a call, any of them; empty: a session never seen whose input is empty or the code dialled"`
	End      []string `yaml:"end" doc:"field=value of a turn that ends a call; * stands for anything: clean=*, msg=Abort*"`
	Type     string   `yaml:"type" doc:"content type of answers"`
	Continue string   `yaml:"continue" doc:"answer that goes on, with {text} {session} {phone} {code} {input} {network} {field:name}; in JSON, outside quotes: {field:name} as the value it is"`
	Finish   string   `yaml:"finish" doc:"answer that ends the call"`
	Replace  []string `yaml:"replace" doc:"letters the gateway can't take, with what stands for them: \"|=/\""`
	Going    []string `yaml:"continue_headers" doc:"headers of an answer that goes on, for gateways that look there: \"Freeflow: FC\""`
	Ending   []string `yaml:"finish_headers" doc:"headers of an answer that ends the call: \"Freeflow: FB\""`
}

// Default is a gateway of last inputs that posts a form and takes CON and END.
func Default() Config {
	return Config{
		Method: http.MethodPost, Format: callback.Form, Session: "sessionId", Phone: "phoneNumber", Code: "serviceCode", Input: "text", Style: last,
		Type: "text/plain; charset=utf-8", Continue: "CON {text}", Finish: "END {text}",
	}
}

// What the input field holds.
const (
	whole = "chain"
	dial  = "dial"
	last  = "last"
)

// ErrConfig: the configuration can't be used; the message says what to write.
var ErrConfig = errors.New("generic gateway")

// New makes a codec. codes are the service codes in service, as dialled.
func New(name string, cfg Config, codes []string) (Codec, error) {
	cfg.Method = strings.ToUpper(cfg.Method)
	if err := cfg.check(codes); err != nil {
		return Codec{}, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	c := Codec{name: name, cfg: cfg, codes: codes}
	if err := c.prepare(); err != nil {
		return Codec{}, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	return c, nil
}

// check says what is missing, or contradicts itself.
func (c Config) check(codes []string) error {
	switch {
	case c.Method != http.MethodGet && c.Method != http.MethodPost:
		return fmt.Errorf("method: %q; write GET or POST", c.Method)
	case !slices.Contains([]string{callback.Query, callback.Form, callback.JSON}, c.Format):
		return fmt.Errorf("format: %q; write query, form or json", c.Format)
	case c.Method == http.MethodGet && c.Format != callback.Query:
		return errors.New("format: a GET has its fields in the address; write query")
	case !slices.Contains([]string{whole, dial, last}, c.Style):
		return fmt.Errorf("style: %q; write chain, dial or last", c.Style)
	case c.Session == "" || c.Phone == "" || c.Input == "":
		return errors.New("session, phone and input: name their fields")
	case c.Type == "":
		return errors.New("type: write the content type of answers, like text/plain; charset=utf-8")
	case len(codes) == 0:
		return errors.New("codes: write the channel's code as dialled, like *384*55#")
	}
	return nil
}

// prepare reads everything that is written in a form of its own.
func (c *Codec) prepare() (err error) {
	if c.start, err = callback.ParseRules(c.cfg.Start); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	if c.end, err = callback.ParseRules(c.cfg.End); err != nil {
		return fmt.Errorf("end: %w", err)
	}
	if c.replace, err = replacer(c.cfg.Replace); err != nil {
		return fmt.Errorf("replace: %w", err)
	}
	asJSON := strings.Contains(strings.ToLower(c.cfg.Type), "json")
	if c.going.body, err = parse(c.cfg.Continue, asJSON); err != nil {
		return fmt.Errorf("continue: %w", err)
	}
	if c.ending.body, err = parse(c.cfg.Finish, asJSON); err != nil {
		return fmt.Errorf("finish: %w", err)
	}
	if c.going.header, err = headers(c.cfg.Going); err != nil {
		return fmt.Errorf("continue_headers: %w", err)
	}
	if c.ending.header, err = headers(c.cfg.Ending); err != nil {
		return fmt.Errorf("finish_headers: %w", err)
	}
	return nil
}

// replacer reads "|=/". A screen is fitted to the phone before it gets here,
// so what stands for a letter can't be longer.
func replacer(texts []string) (*strings.Replacer, error) {
	var pairs []string
	for _, text := range texts {
		from, to, ok := strings.Cut(text, "=")
		switch {
		case !ok || from == "":
			return nil, fmt.Errorf("%q; write the letter, =, and what stands for it", text)
		case utf8.RuneCountInString(to) > utf8.RuneCountInString(from):
			return nil, fmt.Errorf("%q makes screens longer than they may be; write one letter for one", text)
		}
		pairs = append(pairs, from, to)
	}
	return strings.NewReplacer(pairs...), nil
}

// headers reads "Freeflow: FC".
func headers(texts []string) (http.Header, error) {
	h := http.Header{}
	for _, text := range texts {
		name, value, ok := strings.Cut(text, ":")
		value = strings.TrimSpace(value)
		odd := func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r) }
		if !ok || name == "" || strings.ContainsFunc(name, odd) || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' }) {
			return nil, fmt.Errorf("%q is no header; write Name: value", text)
		}
		h.Add(name, value)
	}
	return h, nil
}
