package generic

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// part is some text of a template, or a placeholder.
type part struct {
	text string
	name string // of a placeholder
	bare bool   // a placeholder of JSON that stands outside quotes
}

// template is the body of an answer.
type template struct {
	parts  []part
	asJSON bool
}

const (
	allNames  = "{text} {session} {phone} {code} {input} {network} {field:name}"
	fieldMark = "field:"
)

var names = []string{"text", "session", "phone", "code", "input", "network"}

// parse reads a template. One of JSON must be JSON whatever is filled in.
func parse(s string, asJSON bool) (template, error) {
	t := template{asJSON: asJSON}
	quoted, hasText := false, false
	plain := 0
	for i := 0; i < len(s); i++ {
		switch {
		case asJSON && quoted && s[i] == '\\':
			i++
		case asJSON && s[i] == '"':
			quoted = !quoted
		case s[i] == '{':
			name, ok, err := placeholder(s[i+1:])
			if err != nil {
				return t, err
			}
			if !ok {
				continue // a brace of the format itself
			}
			hasText = hasText || name == "text"
			t.parts = append(t.parts, part{text: s[plain:i]}, part{name: name, bare: asJSON && !quoted})
			i += len(name) + 1
			plain = i + 1
		}
	}
	t.parts = append(t.parts, part{text: s[plain:]})
	if !hasText {
		return t, errors.New(`it needs {text}, like "CON {text}"`)
	}
	if asJSON && !json.Valid(t.fill(nil, func(string) string { return "" })) {
		return t, errors.New("it is not JSON; write it like " + `{"message":"{text}"}, or another type`)
	}
	return t, nil
}

// placeholder reads the name at the start of s, up to its brace.
func placeholder(s string) (name string, ok bool, err error) {
	end := strings.IndexByte(s, '}')
	if end < 1 {
		return "", false, nil
	}
	name = s[:end]
	if field, found := strings.CutPrefix(name, fieldMark); slices.Contains(names, name) || found && field != "" {
		return name, true, nil
	}
	if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && r != '_' && r != ':' }) {
		return "", false, nil
	}
	return "", false, fmt.Errorf("{%s} is not known; write one of %s", name, allNames)
}

// fill appends the template to dst, with what get gives for its names.
func (t template) fill(dst []byte, get func(name string) string) []byte {
	for _, p := range t.parts {
		switch {
		case p.name == "":
			dst = append(dst, p.text...)
		case !t.asJSON:
			dst = append(dst, get(p.name)...)
		case p.bare && p.name != "text":
			dst = append(dst, asValue(get(p.name))...)
		case p.bare:
			dst = append(dst, quote(get(p.name))...)
		default:
			q := quote(get(p.name))
			dst = append(dst, q[1:len(q)-1]...)
		}
	}
	return dst
}

// asValue is a value as it stands alone in JSON: numbers and truths as they
// are, nothing as null, all else in quotes.
func asValue(s string) []byte {
	if s == "" {
		return []byte("null")
	}
	if first := s[0]; first == '-' || first >= '0' && first <= '9' || s == "true" || s == "false" {
		if b := []byte(s); json.Valid(b) && len(bytes.TrimSpace(b)) == len(b) {
			return b
		}
	}
	return quote(s)
}

// quote writes a JSON string, without the escapes that only HTML needs.
func quote(s string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string is always encoded; what is not UTF-8 becomes U+FFFD
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'})
}
