package form_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/jamakan/jamakan/callback/form"
)

func TestParseJSON(t *testing.T) {
	for name, tt := range map[string]struct {
		body string
		want form.Fields
	}{
		"empty":                {`{}`, nil},
		"usual":                {`{"a":"1","b":"2"}`, form.Fields{{"a", "1"}, {"b", "2"}}},
		"white space":          {" {\n\t\"a\" : \"1\" ,\r\"b\":\"2\" } \n", form.Fields{{"a", "1"}, {"b", "2"}}},
		"byte order mark":      {"\ufeff{\"a\":\"1\"}", form.Fields{{"a", "1"}}},
		"scalars":              {`{"a":22376000001,"b":-0.5e+1,"c":true,"d":false,"e":null}`, form.Fields{{"a", "22376000001"}, {"b", "-0.5e+1"}, {"c", "true"}, {"d", "false"}, {"e", ""}}},
		"nested is passed":     {`{"a":{"b":[1,{"c":"}"}]},"d":[],"e":"1"}`, form.Fields{{"e", "1"}}},
		"escapes":              {`{"\u0061":"\"\\\/\n\t\u00e9\u025B"}`, form.Fields{{"a", "\"\\/\n\téɛ"}}},
		"surrogate pair":       {`{"a":"\ud83d\ude00"}`, form.Fields{{"a", "😀"}}},
		"half a pair":          {`{"a":"\ud83dx\ude00","b":"\ud83d\u0041"}`, form.Fields{{"a", "\ufffdx\ufffd"}, {"b", "\ufffdA"}}},
		"control characters":   {"{\"a\":\"1\\u0000\\r\\b\\f\x002\"}", form.Fields{{"a", "12"}}},
		"Windows-1252":         {"{\"a\":\"\xe9cole\",\"b\":\"é\"}", form.Fields{{"a", "école"}, {"b", "é"}}},
		"star, percent, plus":  {`{"a":"*384*55# 50% +1;2"}`, form.Fields{{"a", "*384*55# 50% +1;2"}}},
		"null gives way":       {`{"a":null,"a":"1"}`, form.Fields{{"a", "1"}}},
		"no key":               {`{"":"1","a":"2"}`, form.Fields{{"a", "2"}}},
		"nested is no repeat":  {`{"a":[1],"a":"2","a":{}}`, form.Fields{{"a", "2"}}},
		"nested to the bound":  {`{"a":` + strings.Repeat("[", 32) + strings.Repeat("]", 32) + `}`, nil},
		"many nested, one not": {`{` + strings.Repeat(`"a":{},`, 100) + `"b":"1"}`, form.Fields{{"b", "1"}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := form.ParseJSON(nil, []byte(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(got, tt.want); diff != "" {
				t.Errorf("got -, want +:\n%s", diff)
			}
		})
	}
}

func TestParseJSONRefuses(t *testing.T) {
	var many strings.Builder
	for i := range form.MaxFields + 1 {
		many.WriteString(`,"k` + strconv.Itoa(i) + `":"v"`)
	}
	for body, want := range map[string]error{
		`{"a":"1","a":"2"}`:                                                 form.ErrRepeated,
		"{" + many.String()[1:] + "}":                                       form.ErrTooMany,
		`{"a":"` + strings.Repeat("9", form.MaxBytes) + `"}`:                form.ErrTooLarge,
		`{"a":` + strings.Repeat("[", 33) + strings.Repeat("]", 33) + `}`:   form.ErrSyntax,
		`{"a":` + strings.Repeat(`{"b":`, 9000) + strings.Repeat("}", 9001): form.ErrSyntax,
		``:                       form.ErrSyntax,
		`[]`:                     form.ErrSyntax,
		`"a"`:                    form.ErrSyntax,
		`{`:                      form.ErrSyntax,
		`{"a"`:                   form.ErrSyntax,
		`{"a":`:                  form.ErrSyntax,
		`{"a":"1`:                form.ErrSyntax,
		`{"a":"1"`:               form.ErrSyntax,
		`{"a":"1",}`:             form.ErrSyntax,
		`{,"a":"1"}`:             form.ErrSyntax,
		`{"a":"1" "b":"2"}`:      form.ErrSyntax,
		`{a:"1"}`:                form.ErrSyntax,
		`{"a":+1}`:               form.ErrSyntax,
		`{"a":01}`:               form.ErrSyntax,
		`{"a":1.}`:               form.ErrSyntax,
		`{"a":1e}`:               form.ErrSyntax,
		`{"a":-}`:                form.ErrSyntax,
		`{"a":nul}`:              form.ErrSyntax,
		`{"a":"\x"}`:             form.ErrSyntax,
		`{"a":"\`:                form.ErrSyntax,
		`{"a":"\u12`:             form.ErrSyntax,
		`{"a":"\u12g4"}`:         form.ErrSyntax,
		`{"a":[1,]}`:             form.ErrSyntax,
		`{"a":{"b"}}`:            form.ErrSyntax,
		`{"a":"1"}x`:             form.ErrSyntax,
		`{"a":"1"}` + "\x00":     form.ErrSyntax,
		`{"a":"1"}{"a":"1"}`:     form.ErrSyntax,
		"{\"a\":\"\\ud83d\\u\"}": form.ErrSyntax,
	} {
		if _, got := form.ParseJSON(nil, []byte(body)); !errors.Is(got, want) {
			t.Errorf("%.40q: got %v, want %v", body, got, want)
		}
	}
}

func FuzzParseJSON(f *testing.F) {
	for _, body := range []string{
		`{"sessionId":"S1","phoneNumber":"+22376000001","text":"1*\u00e9","hops":[{"a":null}],"n":-1.5e3}`,
		`{}`, `[]`, `{"a":"\ud83d\ude00\ud83d"}`, "{\"a\":\"\xe9\x00\"}", `{"a":1,"a":1}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := form.ParseJSON(nil, body)
		harmless(t, got)
		if !json.Valid(body) || len(body) > form.MaxBytes {
			return
		}
		var want map[string]any
		if json.Unmarshal(body, &want) != nil || want == nil {
			return
		}
		shallow := bytes.Count(body, []byte("["))+bytes.Count(body, []byte("{")) <= 32
		if shallow && errors.Is(err, form.ErrSyntax) {
			t.Fatalf("got %v for a body that encoding/json reads", err)
		}
		if err != nil || !utf8.Valid(body) || strings.Contains(string(body), `\`) {
			return
		}
		for key, value := range want {
			text, isText := value.(string)
			if v, ok := got.Get(key); isText && key != "" && once(body, key) && alone(want, key) && (!ok || v != settled(text)) {
				t.Errorf("%q: got %q, %v, want %q", key, v, ok, text)
			}
		}
	})
}

// alone says that a key is kept as it is, and that no other becomes it.
func alone(keys map[string]any, key string) bool {
	for other := range keys {
		if (settled(other) == key) != (other == key) {
			return false
		}
	}
	return true
}

// once says that the key's name stands in the body a single time.
func once(body []byte, key string) bool {
	return strings.Count(string(body), `"`+key+`"`) == 1
}

func settled(s string) string {
	return strings.Map(func(r rune) rune {
		if printable(r) {
			return r
		}
		return -1
	}, s)
}
