package form_test

import (
	"bytes"
	"errors"
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/jamakan/jamakan/callback/form"
)

// callback is a usual body of Africa's Talking, fields in its own order.
const callback = "phoneNumber=%2B22376000001&serviceCode=%2A384%2A55%23&text=1%2A1%2A2" +
	"&sessionId=ATUid_149071fd66849b8758c07be8cadaecaf&networkCode=99999"

func TestParse(t *testing.T) {
	for name, tt := range map[string]struct {
		body string
		want form.Fields
	}{
		"nothing":               {"", nil},
		"only separators":       {"&&&", nil},
		"usual":                 {"a=1&b=2", form.Fields{{"a", "1"}, {"b", "2"}}},
		"no value":              {"a&b=", form.Fields{{"a", ""}, {"b", ""}}},
		"no key":                {"=1&=2&a=3", form.Fields{{"a", "3"}}},
		"equals in a value":     {"a=b=c", form.Fields{{"a", "b=c"}}},
		"escaped key":           {"%61b=1", form.Fields{{"ab", "1"}}},
		"escaped separators":    {"a=%26%3D%3b", form.Fields{{"a", "&=;"}}},
		"plus is a space":       {"a=x+%2By", form.Fields{{"a", "x +y"}}},
		"semicolon is data":     {"a=eau;puits&b=1", form.Fields{{"a", "eau;puits"}, {"b", "1"}}},
		"bare percent":          {"a=50%&b=%", form.Fields{{"a", "50%"}, {"b", "%"}}},
		"percent, no hex":       {"a=%zz%4&b=%4", form.Fields{{"a", "%zz%4"}, {"b", "%4"}}},
		"percent, next field":   {"a=%4&1=2", form.Fields{{"a", "%4"}, {"1", "2"}}},
		"percent twice":         {"a=%%41", form.Fields{{"a", "%A"}}},
		"star and hash":         {"c=*123#&p=+12", form.Fields{{"c", "*123#"}, {"p", " 12"}}},
		"UTF-8":                 {"a=%C9%9B\u0254", form.Fields{{"a", "ɛɔ"}}},
		"Windows-1252":          {"a=%E9cole&b=\x80%92", form.Fields{{"a", "école"}, {"b", "€’"}}},
		"each value for itself": {"a=%E9&b=%C3%A9", form.Fields{{"a", "é"}, {"b", "é"}}},
		"Windows-1252, unused":  {"a=1%81%8d%8f%90%9d2", form.Fields{{"a", "12"}}},
		"control characters":    {"a=1%00%1b%7f%0D%0A2%09\x01", form.Fields{{"a", "1\n2\t"}}},
		"C1 controls":           {"a=1%C2%85%C2%9F2", form.Fields{{"a", "12"}}},
		"Windows-1252 controls": {"a=%E9%00%0A", form.Fields{{"a", "é\n"}}},
		"same value twice":      {"a=1&a=1", form.Fields{{"a", "1"}}},
		"empty duplicates":      {"a=&a=1&a=", form.Fields{{"a", "1"}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := form.Parse(nil, []byte(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(got, tt.want); diff != "" {
				t.Errorf("got -, want +:\n%s", diff)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		body string
		want error
	}{
		"two values":           {"a=1&b=2&a=3", form.ErrRepeated},
		"two values, escaped":  {"a=1&%61=2", form.ErrRepeated},
		"two values, made so":  {"a=1%00&a%00=2", form.ErrRepeated},
		"a field too many":     {strings.Repeat("a=&", form.MaxFields+1), form.ErrTooMany},
		"a byte too many":      {"a=" + strings.Repeat("9", form.MaxBytes-1), form.ErrTooLarge},
		"a byte too many, all": {strings.Repeat("&", form.MaxBytes+1), form.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			if _, got := form.Parse(nil, []byte(tt.body)); !errors.Is(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestParseAtTheBounds(t *testing.T) {
	text := strings.Repeat("9", form.MaxBytes-2)
	got, err := form.Parse(nil, []byte("a="+text))
	if v, _ := got.Get("a"); err != nil || v != text {
		t.Errorf("got %d bytes and %v, want %d", len(v), err, len(text))
	}
	if _, err := form.Parse(nil, []byte(strings.Repeat("a=&", form.MaxFields))); err != nil {
		t.Errorf("got %v for %d fields, want none", err, form.MaxFields)
	}
}

func TestGet(t *testing.T) {
	f := form.Fields{{"a", "1"}, {"b", ""}}
	for key, want := range map[string]struct {
		value string
		ok    bool
	}{"a": {"1", true}, "b": {"", true}, "c": {"", false}, "": {"", false}} {
		if value, ok := f.Get(key); value != want.value || ok != want.ok {
			t.Errorf("Get(%q): got %q, %v, want %q, %v", key, value, ok, want.value, want.ok)
		}
	}
}

// A usual callback costs one allocation: the text of its fields.
func TestParseAllocations(t *testing.T) {
	body := []byte(callback)
	got := testing.AllocsPerRun(100, func() {
		var room [16]form.Field
		if f, err := form.Parse(room[:0], body); err != nil || len(f) != 5 {
			t.Errorf("got %d fields and %v, want 5", len(f), err)
		}
	})
	if got > 1 {
		t.Errorf("got %v allocations, want 1", got)
	}
}

// What a phone can type comes back as typed, whoever escapes it.
func TestParseGivesBackWhatWasTyped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.StringOf(rapid.Rune().Filter(printable)).Draw(t, "text")
		escaped, err := form.Parse(nil, []byte("k=x&text="+url.QueryEscape(want)+"&z=y"))
		if got, _ := escaped.Get("text"); err != nil || got != want {
			t.Errorf("escaped: got %q and %v, want %q", got, err, want)
		}
		bare := strings.NewReplacer("%", "%25", "&", "%26", "+", "%2B").Replace(want)
		loose, err := form.Parse(nil, []byte("k=x&text="+bare+"&z=y"))
		if got, _ := loose.Get("text"); err != nil || got != want {
			t.Errorf("bare: got %q and %v, want %q", got, err, want)
		}
	})
}

func printable(r rune) bool {
	return r == '\n' || r == '\t' || utf8.ValidRune(r) && !unicode.IsControl(r)
}

func FuzzParse(f *testing.F) {
	for _, body := range []string{
		callback, "", "a=%", "a=1;b=2", "text=2*%E9cole", "a=1%00", "a=1&a=2", "&=&", "%61=1", "a=\xff&\xff=1",
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		before := bytes.Clone(body)
		got, err := form.Parse(nil, body)
		if !bytes.Equal(body, before) {
			t.Error("the body was changed")
		}
		harmless(t, got)
		if err != nil {
			return
		}
		sameAsStandard(t, got, string(body))
	})
}

// harmless checks what the package promises of every field.
func harmless(t *testing.T, fields form.Fields) {
	t.Helper()
	seen := map[string]bool{}
	for _, f := range fields {
		if f.Key == "" || seen[f.Key] {
			t.Errorf("got the key %q empty or twice", f.Key)
		}
		seen[f.Key] = true
		for _, s := range []string{f.Key, f.Value} {
			if !clean(s) {
				t.Errorf("got %q, want valid UTF-8 without controls", s)
			}
		}
	}
}

// sameAsStandard checks that where net/url reads a body and nothing in it
// needed curing, this package reads the same.
func sameAsStandard(t *testing.T, got form.Fields, body string) {
	t.Helper()
	want, err := url.ParseQuery(body)
	if err != nil {
		return
	}
	for key := range want {
		if !clean(key) {
			return // cured, it may be the name of another field
		}
	}
	for key, values := range want {
		if key == "" || len(values) != 1 || !clean(values[0]) {
			continue
		}
		if v, ok := got.Get(key); !ok || v != values[0] {
			t.Errorf("%q: got %q, %v, want %q", key, v, ok, values[0])
		}
	}
}

// clean says that a decoded text needs no curing.
func clean(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !printable(r) })
}
