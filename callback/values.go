package callback

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/jamakan/jamakan/callback/form"
)

// ErrFormat: the request does not hold fields in the format expected.
var ErrFormat = errors.New("not in the format expected")

// Formats of requests.
const (
	Query = "query" // in the address
	Form  = "form"  // in the body, application/x-www-form-urlencoded
	JSON  = "json"  // in the body, one object; a field inside another is named with a point: payload.response
)

// Values are a request's fields by name, for codecs made by configuration.
// Names match in any case: gateways are not consistent with themselves.
type Values struct {
	flat form.Fields
	tree map[string]any
}

// Parse reads a request's fields.
func Parse(r Request, format string) (Values, error) {
	switch format {
	case Query:
		f, err := form.Parse(nil, []byte(r.Query))
		return Values{flat: f}, formatted(err)
	case JSON:
		var tree map[string]any
		d := json.NewDecoder(bytes.NewReader(r.Body))
		d.UseNumber()
		if err := d.Decode(&tree); err != nil {
			return Values{}, fmt.Errorf("%w: not a JSON object", ErrFormat)
		}
		return Values{tree: tree}, nil
	default:
		if r.Method == http.MethodGet {
			return Values{}, fmt.Errorf("%w: a GET has no form", ErrFormat)
		}
		f, err := form.Parse(nil, r.Body)
		return Values{flat: f}, formatted(err)
	}
}

func formatted(err error) error {
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return nil
}

// Get is a field's value as text, and whether it was there. The empty name
// names nothing.
func (v Values) Get(name string) (value string, ok bool) {
	if name == "" {
		return "", false
	}
	for i := range v.flat {
		if strings.EqualFold(v.flat[i].Key, name) {
			return v.flat[i].Value, true
		}
	}
	if v.tree == nil {
		return "", false
	}
	var at any = v.tree
	for step := range strings.SplitSeq(name, ".") {
		if list, ok := at.([]any); ok && len(list) > 0 {
			at = list[0] // a list of one, as Orange sends addresses
		}
		object, ok := at.(map[string]any)
		if !ok {
			return "", false
		}
		if at, ok = member(object, step); !ok {
			return "", false
		}
	}
	return scalar(at)
}

func member(object map[string]any, name string) (any, bool) {
	if x, ok := object[name]; ok {
		return x, true
	}
	for key, x := range object {
		if strings.EqualFold(key, name) {
			return x, true
		}
	}
	return nil, false
}

func scalar(x any) (string, bool) {
	switch x := x.(type) {
	case string:
		return clean(x), true
	case json.Number:
		return x.String(), true
	case bool:
		return strconv.FormatBool(x), true
	case nil:
		return "", true
	case []any:
		if len(x) > 0 {
			return scalar(x[0])
		}
	}
	return "", false
}

// clean makes control characters harmless, as the form reader does.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// Text is a field's value, "" when it is not there.
func (v Values) Text(name string) string {
	s, _ := v.Get(name)
	return s
}

// Rule says something of a request by one of its fields: "Type=Initiation",
// "newSession=true", "clean=*" (it is there, and not empty), "msg=Abort*" (it
// begins so).
type Rule struct{ name, value string }

// ParseRules reads rules; any of them suffices.
func ParseRules(texts []string) ([]Rule, error) {
	var rules []Rule
	for _, text := range texts {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" || value == "" {
			return nil, fmt.Errorf("%q is no rule; write field=value, or field=* for any value", text)
		}
		rules = append(rules, Rule{name, value})
	}
	return rules, nil
}

// Match says whether one of the rules holds.
func (v Values) Match(rules []Rule) bool {
	for _, r := range rules {
		got, ok := v.Get(r.name)
		begin, open := strings.CutSuffix(r.value, "*")
		switch {
		case !ok:
		case open && got != "" && len(got) >= len(begin) && strings.EqualFold(got[:len(begin)], begin):
			return true
		case strings.EqualFold(got, r.value):
			return true
		}
	}
	return false
}

// Fill writes a template: {name} takes what get gives. asJSON writes values as
// the inside of a JSON string. A name that get does not know stays as it is.
func Fill(template string, asJSON bool, get func(name string) (string, bool)) string {
	var b strings.Builder
	for template != "" {
		open := strings.IndexByte(template, '{')
		if open < 0 {
			break
		}
		b.WriteString(template[:open])
		template = template[open:]
		end := strings.IndexByte(template, '}')
		if end < 0 {
			break
		}
		value, ok := get(template[1:end])
		if !ok { // a brace of the format itself
			b.WriteByte('{')
			template = template[1:]
			continue
		}
		if asJSON {
			value = inString(value)
		}
		b.WriteString(value)
		template = template[end+1:]
	}
	b.WriteString(template)
	return b.String()
}

// inString is a value as it stands inside a JSON string.
func inString(s string) string {
	encoded, err := json.Marshal(s)
	if err != nil || len(encoded) < 2 {
		return ""
	}
	return string(encoded[1 : len(encoded)-1])
}
