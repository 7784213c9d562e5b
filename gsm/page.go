package gsm

import "strings"

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
		rest.line(o)
	}
	rest.line(p.More)
	rest.line(p.Back)
	page := rest
	page.line(p.Heading)
	if !l.holds(page) {
		return false
	}
	if short == "" || p.Heading == short {
		return true
	}
	rest.line(short)
	return l.holds(rest)
}

// width is the length of lines put below one another, in both alphabets.
type width struct {
	seven, sixteen int
	wide           bool // a letter is not in GSM-7
}

func (w *width) line(s string) {
	if s == "" {
		return
	}
	if w.sixteen > 0 {
		w.seven++
		w.sixteen++
	}
	for _, r := range s {
		n := septets(r)
		w.wide = w.wide || n == 0
		w.seven += n
		w.sixteen += units16(r)
	}
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
	for _, o := range s.Options {
		p := Page{Heading: s.Heading, Options: []string{o}, More: s.More, Back: s.Back}
		if !l.fits(p, s.Short) {
			return false
		}
	}
	return true
}

// list puts the options on pages under the heading ("" for none).
func (l Limit) list(s Sheet, heading string) []Page {
	var pages []Page
	page := Page{Heading: heading, More: s.More, Back: s.Back}
	for i, o := range s.Options {
		try := page
		try.Options = append(page.Options[:len(page.Options):len(page.Options)], o)
		if i == len(s.Options)-1 {
			try.More = ""
		}
		if l.fits(try, s.Short) {
			page.Options = try.Options
			continue
		}
		if len(page.Options) > 0 {
			pages = append(pages, page)
		}
		page = Page{Heading: heading, More: s.More, Back: s.Back}
		if alone := (Page{Heading: heading, Options: []string{o}, More: s.More, Back: s.Back}); l.fits(alone, s.Short) {
			page.Options = alone.Options
			continue
		}
		for _, words := range l.flow(o, page, s.Short, func(p *Page, text string) { p.Options = []string{text} }) {
			pages = append(pages, Page{Heading: heading, Options: []string{words}})
		}
		page.Options = nil
	}
	if len(page.Options) > 0 {
		pages = append(pages, page)
	}
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
