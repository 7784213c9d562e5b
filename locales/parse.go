package locales

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// header is the part of a file that go-i18n does not see.
type header struct {
	Tag      string              `toml:"tag"`
	Name     string              `toml:"name"`
	PluralAs string              `toml:"plural_as"`
	Fallback []string            `toml:"fallback"`
	Order    *int                `toml:"order"`
	GSM      map[string]string   `toml:"gsm"`
	Keywords map[string][]string `toml:"keywords"`
}

func headerKeys() []string {
	return []string{"tag", "name", "plural_as", "fallback", "order", "gsm", "keywords"}
}

// unordered is the place in the menu of a language that asks for none.
const unordered = 100

// parse reads one file.
func parse(tag string, data []byte) (*Locale, error) {
	var h header
	if _, err := toml.Decode(string(data), &h); err != nil {
		return nil, tomlError(err)
	}
	if err := h.check(tag); err != nil {
		return nil, err
	}
	l := &Locale{Tag: h.Tag, Name: h.Name, Order: unordered, fallback: h.Fallback, gsm: h.GSM, keywords: h.Keywords, messages: map[string]*message{}}
	if h.Order != nil {
		l.Order = *h.Order
	}
	raw := map[string]any{}
	if _, err := toml.Decode(string(data), &raw); err != nil {
		return nil, tomlError(err)
	}
	return l, l.compile(raw, h.PluralAs)
}

func tomlError(err error) error {
	var p toml.ParseError
	if errors.As(err, &p) {
		return fmt.Errorf("line %d: %s", p.Position.Line, p.Message)
	}
	return err
}

func (h header) check(tag string) error {
	switch {
	case h.Tag == "":
		return fmt.Errorf(`the header lacks tag; write tag = %q on the first line`, tag)
	case h.Tag != tag:
		return fmt.Errorf("tag is %q, the file's name says %q; make them one", h.Tag, tag)
	case len(h.Tag) > 8:
		return errors.New("tag is over 8 letters; write a short one, like snk")
	case h.Name == "":
		return errors.New(`the header lacks name: the language in its own letters, like name = "Sooninke"`)
	case h.PluralAs == "":
		return errors.New(`the header lacks plural_as: the language whose plural rule is borrowed, like plural_as = "bm"`)
	}
	if _, err := language.Parse(h.Tag); err != nil {
		return fmt.Errorf("tag %q is no language tag: %w", h.Tag, err)
	}
	return nil
}

// compile gives the messages to go-i18n under the borrowed plural rule, then
// cuts each at its placeholders.
func (l *Locale) compile(raw map[string]any, pluralAs string) error {
	for _, key := range headerKeys() {
		delete(raw, key)
	}
	notes, channels := map[string]string{}, map[string]string{}
	flat, err := flatten(raw, notes, channels)
	if err != nil {
		return err
	}
	var body strings.Builder
	if err := toml.NewEncoder(&body).Encode(flat); err != nil {
		return err
	}
	rule, err := language.Parse(pluralAs)
	if err != nil {
		return fmt.Errorf("plural_as %q is no language tag: %w", pluralAs, err)
	}
	bundle := i18n.NewBundle(rule)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	file, err := bundle.ParseMessageFileBytes([]byte(body.String()), pluralAs+".toml")
	if err != nil {
		return fmt.Errorf("plural_as %q: go-i18n refuses it: %w; borrow the rule of a language it knows, like bm or fr", pluralAs, err)
	}
	l.plural = pluralOf(bundle, pluralAs)
	for _, m := range file.Messages {
		c, err := l.message(m)
		if err != nil {
			return fmt.Errorf("%s: %w", m.ID, err)
		}
		c.note, c.channel = notes[m.ID], channels[m.ID]
		l.messages[m.ID] = c
	}
	if len(l.messages) == 0 {
		return errors.New(`no text in the file; write tables like ["menu.main.now"] with other = "..."`)
	}
	return nil
}

// flatten checks the shape of the message tables and takes off what go-i18n
// has no field for.
func flatten(raw map[string]any, notes, channels map[string]string) (map[string]any, error) {
	out := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(raw)) {
		table, ok := raw[key].(map[string]any)
		if !ok {
			return nil, fmt.Errorf(`%s: not a table; write ["%s"] and other = "..." below it`, key, key)
		}
		clean := map[string]any{}
		for field, v := range table {
			text, ok := v.(string)
			if !ok {
				return nil, fmt.Errorf(`%s.%s: write it in quotes, and a key with dots in quotes too: ["%s.%s"]`, key, field, key, field)
			}
			switch field {
			case "channel":
				channels[key] = text
			case "description":
				notes[key] = text
				clean[field] = text
			case "zero", "one", "two", "few", "many", "other":
				clean[field] = text
			default:
				return nil, fmt.Errorf("%s.%s: no such field; write description, channel, or a plural form", key, field)
			}
		}
		out[key] = clean
	}
	return out, nil
}

// samples are numbers that meet every form of a rule, French many included.
func samples() []int {
	return []int{0, 1, 2, 3, 5, 7, 10, 11, 12, 20, 21, 100, 101, 1000, 100_000, 1_000_000, 2_000_000}
}

// message compiles one message and checks that no number finds it without
// words.
func (l *Locale) message(m *i18n.Message) (*message, error) {
	c := &message{}
	forms := map[string]string{"zero": m.Zero, "one": m.One, "two": m.Two, "few": m.Few, "many": m.Many}
	var err error
	if m.Other == "" {
		return nil, errors.New(`other = "..." is missing`)
	}
	if c.other, err = compile(m.Other); err != nil {
		return nil, err
	}
	for name, text := range forms {
		if text == "" {
			continue
		}
		if c.forms == nil {
			c.forms = map[string]template{}
		}
		if c.forms[name], err = compile(text); err != nil {
			return nil, err
		}
	}
	if c.forms == nil && !slices.Contains(c.other.names(), "N") {
		return c, nil
	}
	if c.forms == nil {
		return c, nil
	}
	for _, n := range samples() {
		if form := l.plural(n); form != "other" && forms[form] == "" {
			return nil, fmt.Errorf("the form %q is missing: %d would have no words", form, n)
		}
	}
	return c, nil
}
