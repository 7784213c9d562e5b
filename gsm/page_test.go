package gsm

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// squeezed is a text without its spaces: what may never be lost or repeated.
func squeezed(s string) string { return strings.Join(strings.Fields(s), "") }

// proper checks the promises of pages.
func proper(t interface{ Fatalf(string, ...any) }, l Limit, s Sheet, pages []Page) {
	if len(pages) == 0 {
		t.Fatalf("no page")
	}
	var heading, options string
	repeats := strings.TrimSpace(s.Heading) != "" && len(pages) > 1
	for _, p := range pages {
		repeats = repeats && p.Heading == s.Heading
	}
	for i, p := range pages {
		if !l.Fits(p.Text()) {
			t.Fatalf("page %d of %d does not fit: %q", i+1, len(pages), p.Text())
		}
		if s.Short != "" && !l.Fits(l.Replace(p, strings.Repeat("error ", 40), s.Short)) {
			t.Fatalf("page %d has no room for the short error: %q", i+1, p.Text())
		}
		if p.Back != s.Back || (p.More != "") != (i < len(pages)-1) {
			t.Fatalf("page %d: more %q, back %q", i+1, p.More, p.Back)
		}
		if !repeats || i == 0 {
			heading += p.Heading
		}
		options += strings.Join(p.Options, " ")
	}
	if squeezed(heading) != squeezed(s.Heading) {
		t.Fatalf("heading %q became %q", s.Heading, heading)
	}
	if squeezed(options) != squeezed(strings.Join(s.Options, " ")) {
		t.Fatalf("options %q became %q", s.Options, options)
	}
	for _, o := range s.Options {
		alone := Page{Options: []string{o}, More: s.More, Back: s.Back}
		if l.fits(alone, s.Short) && !whole(pages, o) {
			t.Fatalf("option %q was cut", o)
		}
	}
}

func whole(pages []Page, option string) bool {
	for _, p := range pages {
		for _, o := range p.Options {
			if o == option {
				return true
			}
		}
	}
	return strings.TrimSpace(option) == ""
}

func TestPagesKeepEverything(t *testing.T) {
	letters := rapid.StringOfN(rapid.RuneFrom([]rune("abcdeXYZ  \u00e8\u00f2\u025b\u0254\u20ac[\U0001f600\u0301'.")), 0, 300, -1)
	rapid.Check(t, func(t *rapid.T) {
		s := Sheet{Heading: letters.Draw(t, "heading"), Short: rapid.SampledFrom([]string{"", "Non. Encore :"}).Draw(t, "short"), More: "9 Suite", Back: rapid.SampledFrom([]string{"", "0 Retour"}).Draw(t, "back")}
		for i := range rapid.IntRange(0, 14).Draw(t, "options") {
			s.Options = append(s.Options, fmt.Sprintf("%d %s", i+1, strings.TrimSpace(letters.Draw(t, "option"))))
		}
		for _, l := range []Limit{DefaultLimit, {Septets: 182, UCS2: 80}, {Septets: 80, UCS2: 60}} {
			proper(t, l, s, l.Pages(s))
		}
	})
}

func FuzzPages(f *testing.F) {
	f.Add("Votre commune ?", "1 Kayes|2 Bangassi", uint8(160))
	f.Add(strings.Repeat("long ", 90), "1 "+strings.Repeat("x", 500), uint8(80))
	f.Fuzz(func(t *testing.T, heading, options string, septets uint8) {
		l := Limit{Septets: 60 + int(septets)%123, UCS2: 60}
		s := Sheet{Heading: heading, Short: "Non. Encore :", More: "9 Suite", Back: "0 Retour"}
		if options != "" {
			s.Options = strings.Split(options, "|")
		}
		if !strings.Contains(heading+options, "\r") && valid(heading+options) {
			proper(t, l, s, l.Pages(s))
		} else {
			l.Pages(s)
		}
	})
}

// valid texts are what spelling leaves: no broken UTF-8, no odd blanks.
func valid(s string) bool {
	for _, r := range s {
		if r == 0xfffd || r < ' ' && r != '\n' || r == 0x85 || r > 0x2000 && r < 0x2070 || r == 0xa0 || r == 0x3000 || r == 0x1680 || r > 0x2028 && r < 0x2030 || r == 0x7f {
			return false
		}
		if boundaryMark(r) {
			return false
		}
	}
	return true
}

func boundaryMark(r rune) bool { return len(boundaries("a"+string(r))) == 1 }

func TestOneHugeWord(t *testing.T) {
	s := Sheet{Heading: strings.Repeat("x", 1000), More: "9", Back: "0"}
	proper(t, DefaultLimit, s, DefaultLimit.Pages(s))
	tiny := Limit{Septets: 2, UCS2: 1}
	if n := len(tiny.Pages(s)); n == 0 || n > 1001 {
		t.Errorf("%d pages under an impossible limit", n)
	}
}

func BenchmarkPagesOne(b *testing.B) {
	s := Sheet{Heading: "Que voulez-vous faire ?", Short: "Non. Encore :", Options: []string{"1 Voter", "2 Suivre les travaux", "3 Donner mon avis", "4 R\u00e9sultats"}, More: "9 Suite", Back: "0 Quitter"}
	b.ReportAllocs()
	for b.Loop() {
		DefaultLimit.Pages(s)
	}
}
