package gsm

import (
	"strings"
	"unicode/utf8"
)

// Limit is the most units a screen may have, by the alphabet it takes.
type Limit struct {
	Septets int // GSM-7
	UCS2    int // 16-bit units
}

// DefaultLimit is what networks are known to show: 160 septets, or 70 units
// (a USSD string could hold 182 and 80; phones and gateways often don't).
var DefaultLimit = Limit{Septets: 160, UCS2: 70}

// Fits says whether a text fits a screen.
func (l Limit) Fits(text string) bool {
	a, units := Measure(text)
	if a == UCS2Alphabet {
		return units <= l.UCS2
	}
	return units <= l.Septets
}

// Sheet is what a screen has to say, before it is cut into pages.
type Sheet struct {
	Heading string   // words on top; lines are kept
	Short   string   // the shortest thing that may take the heading's place: every page has room for it
	Options []string // lines like "1 Forage"; an option keeps its line wherever it stands
	More    string   // "9 Suite": on every page but the last
	Back    string   // "0 Retour": on every page; "" for none
}

// Page is one screen.
type Page struct {
	Heading string   // the words of the heading that stand here
	Options []string // the options that stand here, or the words of a very long one
	More    string
	Back    string
}

// Text is the page as the phone shows it.
func (p Page) Text() string {
	size := len(p.Heading) + len(p.More) + len(p.Back) + 3
	for _, o := range p.Options {
		size += len(o) + 1
	}
	var b strings.Builder
	b.Grow(size)
	line := func(s string) {
		if s == "" {
			return
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(s)
	}
	line(p.Heading)
	for _, o := range p.Options {
		line(o)
	}
	line(p.More)
	line(p.Back)
	return b.String()
}

// Replace is the page with an error in the heading's place, in the long form
// where it fits, else in the short one. Options and their numbers don't move.
func (l Limit) Replace(p Page, long, short string) string {
	p.Heading = long
	if text := p.Text(); l.Fits(text) {
		return text
	}
	p.Heading = short
	return p.Text()
}

// fits says whether a page fits, also with the short words in place of its
// heading. It measures without building the text.
func (l Limit) fits(p Page, short string) bool {
	var rest width
	for _, o := range p.Options {
		rest.add(widthOf(o))
	}
	rest.add(widthOf(p.More))
	rest.add(widthOf(p.Back))
	return l.under(widthOf(p.Heading), widthOf(short), p.Heading == short, rest)
}

// under says whether lines fit under a heading, and under the short words.
func (l Limit) under(heading, short width, same bool, rest width) bool {
	page := heading
	page.add(rest)
	if !l.holds(page) {
		return false
	}
	if short.sixteen == 0 || same {
		return true
	}
	short.add(rest)
	return l.holds(short)
}

// width is the length of lines put below one another, in both alphabets.
type width struct {
	seven, sixteen int
	wide           bool // a letter is not in GSM-7
}

// add puts lines below.
func (w *width) add(below width) {
	switch {
	case below.sixteen == 0:
		return
	case w.sixteen > 0:
		w.seven++
		w.sixteen++
	}
	w.seven += below.seven
	w.sixteen += below.sixteen
	w.wide = w.wide || below.wide
}

func widthOf(s string) (w width) {
	for i := 0; i < len(s); i++ {
		b := s[i]
		if b >= utf8.RuneSelf {
			return wideWidth(w, s[i:])
		}
		n := int(asciiSeptets[b])
		w.seven += n
		w.sixteen++
		w.wide = w.wide || n == 0
	}
	return w
}

// wideWidth goes on behind the first letter that is not ASCII.
func wideWidth(w width, s string) width {
	for _, r := range s {
		n := septets(r)
		w.wide = w.wide || n == 0
		w.seven += n
		w.sixteen += units16(r)
	}
	return w
}

func (l Limit) holds(w width) bool {
	if w.wide {
		return w.sixteen <= l.UCS2
	}
	return w.seven <= l.Septets
}

// Pages cuts a sheet into pages that fit. A sheet that fits is one page. The
// heading stands on every page when it leaves room for each option; else it
// flows over the first pages and the options follow without it. An option
// longer than a page flows by words over pages of its own; a word longer
// than a page is the one thing that is broken. Where the limit does not even
// hold More, Back and a letter, pages are as small as can be, and over it.
func (l Limit) Pages(s Sheet) []Page {
	if one := (Page{Heading: s.Heading, Options: s.Options, Back: s.Back}); l.fits(one, s.Short) {
		return []Page{one}
	}
	var pages []Page
	heading := s.Heading
	if !l.headingStays(s) {
		for _, words := range l.flow(s.Heading, Page{More: s.More, Back: s.Back}, "", func(p *Page, text string) { p.Heading = text }) {
			pages = append(pages, Page{Heading: words})
		}
		heading = ""
	}
	pages = append(pages, l.list(s, heading)...)
	for i := range pages {
		pages[i].Back = s.Back
		pages[i].More = ""
		if i < len(pages)-1 {
			pages[i].More = s.More
		}
	}
	return l.joined(pages, s)
}

// headingStays says whether the heading can stand over each of the options.
func (l Limit) headingStays(s Sheet) bool {
	if len(s.Options) == 0 || s.Heading == "" {
		return s.Heading == ""
	}
	heading, short, foot := widthOf(s.Heading), widthOf(s.Short), s.foot(true)
	for _, o := range s.Options {
		rest := widthOf(o)
		rest.add(foot)
		if !l.under(heading, short, s.Heading == s.Short, rest) {
			return false
		}
	}
	return true
}

// foot is the width of the lines below the options.
func (s *Sheet) foot(more bool) (w width) {
	if more {
		w = widthOf(s.More)
	}
	w.add(widthOf(s.Back))
	return w
}

// list puts the options on pages under the heading ("" for none). An option
// on a page of its own that is still too long flows over several.
func (l Limit) list(s Sheet, heading string) []Page {
	top, short, foot, last := widthOf(heading), widthOf(s.Short), s.foot(true), s.foot(false)
	same := heading == s.Short
	under := func(options, foot width) bool {
		options.add(foot)
		return l.under(top, short, same, options)
	}
	var pages []Page
	var page width
	start := 0
	flush := func(end int) {
		if end > start {
			pages = append(pages, Page{Heading: heading, Options: s.Options[start:end:end]})
		}
		page = width{}
	}
	for i, o := range s.Options {
		w := widthOf(o)
		with := page
		with.add(w)
		end := foot
		if i == len(s.Options)-1 {
			end = last
		}
		if under(with, end) {
			page = with
			continue
		}
		flush(i)
		start = i
		if under(w, foot) {
			page = w
			continue
		}
		around := Page{Heading: heading, More: s.More, Back: s.Back}
		for _, words := range l.flow(o, around, s.Short, func(p *Page, text string) { p.Options = []string{text} }) {
			pages = append(pages, Page{Heading: heading, Options: []string{words}})
		}
		start = i + 1
	}
	flush(len(s.Options))
	return pages
}

// joined puts the end of a flowed heading and the first options on one page
// where both fit.
func (l Limit) joined(pages []Page, s Sheet) []Page {
	for i := 0; i+1 < len(pages); i++ {
		a, b := pages[i], pages[i+1]
		if len(a.Options) > 0 || b.Heading != "" || a.Heading == "" {
			continue
		}
		both := Page{Heading: a.Heading, Options: b.Options, More: b.More, Back: b.Back}
		if l.fits(both, s.Short) {
			return append(append(pages[:i:i], both), pages[i+2:]...)
		}
	}
	return pages
}

// flow cuts a text by words into pieces that fit a page around them.
func (l Limit) flow(text string, around Page, short string, put func(*Page, string)) []string {
	fits := func(piece string) bool {
		p := around
		put(&p, piece)
		return l.fits(p, short)
	}
	var pieces []string
	piece := ""
	for _, w := range words(text) {
		if try := piece + w; fits(strings.TrimRight(try, " \n")) {
			piece = try
			continue
		}
		if trimmed := strings.TrimSpace(piece); trimmed != "" {
			pieces = append(pieces, trimmed)
		}
		piece = w
		for !fits(strings.TrimRight(piece, " \n")) {
			head, rest := split(piece, fits)
			pieces = append(pieces, head)
			piece = rest
			if strings.TrimSpace(piece) == "" {
				piece = ""
				break
			}
		}
	}
	if trimmed := strings.TrimSpace(piece); trimmed != "" {
		pieces = append(pieces, trimmed)
	}
	return pieces
}

// words cuts a text behind each run of spaces: joined, they are the text.
func words(text string) []string {
	var all []string
	start, space := 0, false
	for i, r := range text {
		blank := r == ' ' || r == '\n'
		if space && !blank {
			all = append(all, text[start:i])
			start = i
		}
		space = blank
	}
	return append(all, text[start:])
}
