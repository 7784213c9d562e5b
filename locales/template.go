package locales

import (
	"errors"
	"fmt"
	"strings"
)

// template is a text cut at its placeholders: literals and names in turn.
type template []part

type part struct{ literal, name string }

// ErrPlaceholder: a placeholder that is not {{.Name}}.
var ErrPlaceholder = errors.New("placeholders are written {{.Name}}")

// compile cuts a text at its placeholders.
func compile(text string) (template, error) {
	var t template
	for {
		literal, rest, found := strings.Cut(text, "{{")
		if strings.Contains(literal, "}}") {
			return nil, ErrPlaceholder
		}
		if literal != "" {
			t = append(t, part{literal: literal})
		}
		if !found {
			return t, nil
		}
		name, after, closed := strings.Cut(rest, "}}")
		if !closed || len(name) < 2 || name[0] != '.' || strings.Trim(name[1:], "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return nil, fmt.Errorf("{{%s: %w", name, ErrPlaceholder)
		}
		t = append(t, part{name: name[1:]})
		text = after
	}
}

// plain gives the text of a template without placeholders.
func (t template) plain() (string, bool) {
	switch {
	case len(t) == 0:
		return "", true
	case len(t) == 1 && t[0].name == "":
		return t[0].literal, true
	}
	return "", false
}

// append fills the placeholders. A value that was not given is written "?":
// no call of ours leaves one out, and a test looks for it.
func (t template) append(dst []byte, args []Arg) []byte {
next:
	for _, p := range t {
		if p.name == "" {
			dst = append(dst, p.literal...)
			continue
		}
		for i := range args {
			if args[i].Name == p.name {
				dst = append(dst, args[i].Value...)
				continue next
			}
		}
		dst = append(dst, '?')
	}
	return dst
}

func (t template) names() []string {
	var names []string
	for _, p := range t {
		if p.name != "" {
			names = append(names, p.name)
		}
	}
	return names
}

// mapped is the template with its literals passed through f.
func (t template) mapped(f func(string) string) template {
	out := make(template, len(t))
	for i, p := range t {
		out[i] = p
		if p.literal != "" {
			out[i].literal = f(p.literal)
		}
	}
	return out
}
