package locales_test

import (
	"encoding/csv"
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jamakan/jamakan/gsm"
	"github.com/jamakan/jamakan/locales"
)

func embedded(t testing.TB) *locales.Catalog {
	t.Helper()
	c, err := locales.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var digit = regexp.MustCompile(`(?m)^(\d+) `)

func digits(text string) []string { return digit.FindAllString(text, -1) }

// longest are the longest values that screens are made for.
func longest() []locales.Arg {
	list := "1 Forage \u00e9quip\u00e9 nord \u00e8\u00f2\n2 \u00c9cole de trois classes"
	return []locales.Arg{
		{Name: "Commune", Value: "Guidimakan K\u00e9ri Kafo"},
		{Name: "Village", Value: "Guidimakan K\u00e9ri Kafo"},
		{Name: "Project", Value: "Forage \u00e9quip\u00e9 de Dinguir"},
		{Name: "Code", Value: "K7P4XY"},
		{Name: "Date", Value: "31/12"},
		{Name: "Cost", Value: "125 000 000"},
		{Name: "List", Value: list},
		{Name: "Nav", Value: "9 Suite\n0 Retour"},
		{Name: "Text", Value: strings.Repeat("m", 70)},
		{Name: "Reason", Value: strings.Repeat("r", 90)},
		{Name: "N", Value: "1 000 000"},
		{Name: "Pct", Value: "100"},
		{Name: "People", Value: "1 000 000 num\u00e9ros ont vot\u00e9"},
		{Name: "P1", Value: "Forage \u00e9quip\u00e9 de Dinguir"},
		{Name: "P2", Value: "Forage \u00e9quip\u00e9 de Dinguir"},
		{Name: "Ussd", Value: "*384*55*123#"},
		{Name: "ShortCode", Value: "37321"},
		{Name: "X", Value: "12345"},
		{Name: "Max", Value: "28"},
		{Name: "Status", Value: "pas commenc\u00e9"},
		{Name: "Place", Value: "Guidimakan K\u00e9ri Kafo"},
		{Name: "Time", Value: "10:00"},
		{Name: "Rank", Value: "1"},
	}
}

// said are the keys that citizens read: the desk's pages are in French first.
func said(l *locales.Locale) []string {
	return slices.DeleteFunc(l.Keys(), func(key string) bool { return l.Channel(key) == "desk" })
}

// onPhones are those that a phone shows: printed sheets have room.
func onPhones(l *locales.Locale) []string {
	return slices.DeleteFunc(said(l), func(key string) bool { return l.Channel(key) == "print" })
}

func TestBothLanguagesSayTheSame(t *testing.T) {
	c := embedded(t)
	fr, _ := c.Locale("fr")
	bm, _ := c.Locale("bm")
	if !slices.Equal(said(fr), said(bm)) {
		t.Fatalf("the files hold different keys")
	}
	for _, key := range said(fr) {
		if got, want := bm.Placeholders(key), fr.Placeholders(key); !slices.Equal(got, want) {
			t.Errorf("%s: bm takes %v, fr takes %v", key, got, want)
		}
		if got, want := digits(bm.Text(key)), digits(fr.Text(key)); !slices.Equal(got, want) {
			t.Errorf("%s: digits %q in bm, %q in fr", key, got, want)
		}
		for _, l := range []*locales.Locale{fr, bm} {
			if note := l.Note(key); note == "" || !strings.Contains("ABC", note[:1]) {
				t.Errorf("%s %s: no mark A, B or C", l.Tag, key)
			}
		}
	}
}

// TestFits: every text with the longest data is GSM-7 and 160 septets at
// most, in every plural form, and holds none of the forms that read badly
// without accents.
func TestFits(t *testing.T) {
	bad := regexp.MustCompile(`(?i)\b(bo|tow)\b`)
	for _, l := range embedded(t).Offered(nil) {
		seven, ascii := gsm.NewSpeller(gsm.GSM7, l.GSM()), gsm.NewSpeller(gsm.ASCII, l.GSM())
		for _, key := range onPhones(l) {
			texts := []string{l.Text(key, longest()...)}
			if len(l.Forms(key)) > 1 || slices.Contains(l.Placeholders(key), "N") {
				for _, n := range []int{0, 1, 2, 1_000_000} {
					texts = append(texts, l.Plural(key, n, longest()...))
				}
			}
			for _, text := range texts {
				if a, n := gsm.Measure(seven.Spell(text)); a != gsm.Default7 || n > 160 {
					t.Errorf("%s %s: %s, %d septets: %q", l.Tag, key, a, n, text)
				}
				if found := bad.FindString(ascii.Spell(text)); found != "" {
					t.Errorf("%s %s: reads %q without accents", l.Tag, key, found)
				}
				if strings.Contains(text, "?\x00") || strings.Contains(text, "<no value>") {
					t.Errorf("%s %s: a placeholder is left: %q", l.Tag, key, text)
				}
			}
		}
	}
}

// TestPrompts compares with the reviewed table. Differences are named.
func TestPrompts(t *testing.T) {
	f, err := os.Open("testdata/prompts.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	c := embedded(t)
	deliberate := []string{"lang.choose"} // the list is made of the languages at hand
	for _, row := range rows[1:] {
		key := row[0]
		for column, tag := range map[int]string{2: "fr", 3: "bm"} {
			l, _ := c.Locale(tag)
			if !l.Has(key) {
				t.Errorf("%s lacks %s", tag, key)
				continue
			}
			want := strings.ReplaceAll(row[column], `\n`, "\n")
			if slices.Contains(deliberate, key) || len(l.Forms(key)) > 1 || strings.HasPrefix(want, "other: ") {
				continue
			}
			if got := l.Text(key, same(l, key)...); got != want {
				t.Errorf("%s %s: %q, want %q", tag, key, got, want)
			}
		}
	}
}

// same fills each placeholder with itself.
func same(l *locales.Locale, key string) []locales.Arg {
	var args []locales.Arg
	for _, name := range l.Placeholders(key) {
		args = append(args, locales.Arg{Name: name, Value: "{{." + name + "}}"})
	}
	return args
}

func TestPlural(t *testing.T) {
	c := embedded(t)
	fr, _ := c.Locale("fr")
	bm, _ := c.Locale("bm")
	for n, want := range map[int]string{0: "0 num\u00e9ro a vot\u00e9", 1: "1 num\u00e9ro a vot\u00e9", 2: "2 num\u00e9ros ont vot\u00e9", 1_000_000: "1 000 000 de num\u00e9ros ont vot\u00e9"} {
		if got := fr.Plural("results.people", n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	if got, want := bm.Plural("results.people", 1), "nim\u0254r\u0254 1 ye wote k\u025b"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestFigures(t *testing.T) {
	fr, _ := embedded(t).Locale("fr")
	if got, want := fr.Number(12_500_000), "12 500 000"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := fr.Date(time.Date(2026, 12, 5, 0, 0, 0, 0, time.UTC)), "05/12"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

const third = `
tag = "ff"
name = "Pulaar"
plural_as = "ff"
fallback = ["bm", "fr"]
[gsm]
"\u0253" = "b'"
"\u0257" = "d"
[keywords]
VOTE = ["wote"]
["vote.list"]
description = "C"
channel = "ussd"
other = "\u0253ii {{.List}}"
["results.people"]
one = "{{.N}} neddo"
other = "{{.N}} yim\u0253e"
`

// TestThirdLanguage drops a file beside the others: no line of Go knows it.
func TestThirdLanguage(t *testing.T) {
	c, err := embedded(t).With(fstest.MapFS{"active.ff.toml": {Data: []byte(third)}})
	if err != nil {
		t.Fatal(err)
	}
	ff, ok := c.Locale("ff")
	if !ok {
		t.Fatal("no ff")
	}
	way := []string{"vote.list", "vote.detail"}
	if got := len(c.Offered(way)); got != 2 {
		t.Errorf("%d languages offered while one lacks vote.detail, want 2", got)
	}
	if got, want := ff.Text("vote.closed", locales.Arg{Name: "Date", Value: "31/12"}), "Wote banna 31/12.\n1 Jaabiw\n0 Segin"; got != want {
		t.Errorf("a missing text: %q, want the first fallback's %q", got, want)
	}
	if got, want := ff.Plural("results.people", 1), "1 neddo"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	spelled := c.Respell(func(l *locales.Locale) func(string) string { return gsm.NewSpeller(gsm.GSM7, l.GSM()).Spell })
	l, _ := spelled.Locale("ff")
	if got, want := l.Text("vote.list", locales.Arg{Name: "List", Value: "x"}), "b'ii x"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	whole := third + "[\"vote.detail\"]\nother = \"x\"\n"
	c, err = embedded(t).With(fstest.MapFS{"active.ff.toml": {Data: []byte(whole)}})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Offered(way); len(got) != 3 || got[2].Name != "Pulaar" {
		t.Errorf("a complete language is not offered: %d", len(got))
	}
}

func TestWrongFilesAreNamed(t *testing.T) {
	for name, tc := range map[string]struct{ file, says string }{
		"no name":       {"tag = \"ff\"\nplural_as = \"ff\"\n", "name"},
		"other tag":     {"tag = \"fr\"\nname = \"x\"\nplural_as = \"fr\"\n", "the file's name says"},
		"no rule":       {"tag = \"ff\"\nname = \"x\"\nplural_as = \"snk\"\n[\"a\"]\nother=\"x\"\n", "borrow"},
		"form missing":  {"tag = \"ff\"\nname = \"x\"\nplural_as = \"fr\"\n[\"a\"]\none=\"{{.N}}\"\nother=\"x\"\n", "many"},
		"placeholder":   {"tag = \"ff\"\nname = \"x\"\nplural_as = \"fr\"\n[\"a\"]\nother=\"{{ .X | printf }}\"\n", "{{.Name}}"},
		"syntax":        {"tag = \"ff\"\nname = \n", "line 2"},
		"dots unquoted": {"tag = \"ff\"\nname = \"x\"\nplural_as = \"fr\"\n[vote.list]\nother=\"x\"\n", "in quotes"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := embedded(t).With(fstest.MapFS{"active.ff.toml": {Data: []byte(tc.file)}})
			if !errors.Is(err, locales.ErrLocale) || !strings.Contains(err.Error(), tc.says) || !strings.Contains(err.Error(), "active.ff.toml") {
				t.Errorf("got %v, want the file and %q", err, tc.says)
			}
		})
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(third)
	f.Fuzz(func(t *testing.T, file string) {
		c, err := locales.Load(fstest.MapFS{"active.ff.toml": {Data: []byte(file)}})
		if err == nil {
			for _, l := range c.Offered(nil) {
				for _, key := range l.Keys() {
					_ = l.Text(key)
				}
			}
		}
	})
}

func BenchmarkText(b *testing.B) {
	fr, _ := embedded(b).Locale("fr")
	args := []locales.Arg{{Name: "Code", Value: "K7P4XY"}, {Name: "Date", Value: "31/12"}}
	buf := make([]byte, 0, 200)
	b.ReportAllocs()
	for b.Loop() {
		buf = fr.Append(buf[:0], "vote.recorded", args...)
	}
}
