package table

import (
	"testing"
	"unicode"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"Kabaté":                            "Kabaté",
		"  ɲɛgɛn  ":                         "ɲɛgɛn",
		"abc\u202edef":                      "abcdef", // would print what follows backwards
		"\u2066a\u2069":                     "a",
		"a\u200fb\u061cc":                   "abc",
		"a\u200bb\ufeff\u00adc":             "abc",
		"a\r\nb\tc\x00d":                    "a  b c d",
		"a\u2028b":                          "a b",
		"\xff":                              "\ufffd",
		"a\ufffe":                           "a",
		"\u07d2\u07de\u200d\u07cf":          "\u07d2\u07de\u200d\u07cf", // joiners are letters' business
		"\u0645\u0627\u0644\u064a 12":       "\u0645\u0627\u0644\u064a 12",
		"\u202e=HYPERLINK(\"x\")\u202c\r":   "=HYPERLINK(\"x\")",
		"\u001b[31mrouge\u001b[0m\u0085fin": "[31mrouge [0m fin",
	} {
		if got := Clean(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\u202eb")
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if again := Clean(got); again != got {
			t.Fatalf("%q: %q, then %q", s, got, again)
		}
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Fatalf("%q keeps %U", s, r)
			}
		}
	})
}

func TestDecimals(t *testing.T) {
	for _, tc := range []struct {
		c    Cell
		want string
	}{
		{Decimal(125, 1), "12.5"},
		{Decimal(-5, 1), "-0.5"},
		{Decimal(5, 2), "0.05"},
		{Decimal(0, 1), "0.0"},
		{Ratio(1, 3, 100, 1), "33.3"},
		{Ratio(2, 3, 100, 1), "66.7"},
		{Ratio(-2, 3, 100, 1), "-66.7"},
		{Ratio(1, 8, 100, 1), "12.5"},
		{Ratio(7, 7, 100, 1), "100.0"},
		{Int(-3), "-3"},
	} {
		if got := tc.c.Point("."); got != tc.want {
			t.Errorf("%+v: %s, want %s", tc.c, got, tc.want)
		}
	}
	if c := Ratio(1, 0, 100, 1); c.State != Missing {
		t.Error("a share of nothing is a figure")
	}
}
