package menu

import (
	"strings"
	"unicode"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/gsm"
	"github.com/jamakan/jamakan/locales"
)

// scene is one step being made.
type scene struct {
	m       *Menu
	t       *tongue
	st      State
	v       View
	act     civic.Act
	args    []locales.Arg
	space   [6]locales.Arg // of args
	tail    string         // a sentence behind the heading
	notice  string         // a sentence in place of the heading
	invalid bool           // the key was none of the screen's
}

func (m *Menu) scene(st State, v View) *scene {
	s := &scene{m: m, st: st, v: v}
	s.args = s.space[:0]
	if s.t = m.tongues[st.Lang]; s.t == nil {
		s.t = m.tongues[m.cfg.DefaultLang]
	}
	return s
}

// speak changes the language of the call.
func (s *scene) speak(tag string) {
	s.st.Lang = tag
	s.t = s.m.tongues[tag]
}

// wrongKeys is how many in a row end the call with help.
const wrongKeys = 3

// Next answers an input: a screen, or an act.
func (m *Menu) Next(st State, input string, v View) Step {
	s := m.scene(st, v)
	r := m.rows[st.Screen]
	if r == nil {
		return s.show(s.home())
	}
	next, moved := s.key(r, input)
	if s.act.Deed != civic.NoDeed {
		return Step{State: s.st, Act: s.act}
	}
	if next == "" && !moved {
		return s.wrong()
	}
	s.st.Errors = 0
	if next == "" {
		return s.page(st.Screen) // another page of the same screen
	}
	s.st.said = civic.Outcome{}
	return s.show(next)
}

// key does what an input does on a screen: the next screen, or another page
// (moved).
func (s *scene) key(r *row, input string) (next Name, moved bool) {
	n, isKey := number(input)
	if !isKey {
		if r.text != nil {
			return r.text(s, input), false
		}
		return "", false
	}
	switch {
	case n == 9 && int(s.st.Page) < len(s.lay(r))-1:
		s.st.Page++
		return "", true
	case n == 0 && s.st.Page > 0:
		s.st.Page--
		return "", true
	case n == 0 && r.leave != nil:
		return r.leave(s), false
	case n == 0 && r.back != "":
		return r.back, false
	case n == 0:
		return "", false
	}
	if l, ok := r.keys[n]; ok {
		if l.do != nil {
			return l.do(s), false
		}
		return l.to, false
	}
	if r.pick != nil {
		return r.pick(s, n), false
	}
	if r.text != nil {
		return r.text(s, input), false
	}
	return "", false
}

// wrong repeats the screen with a line on top; the third time in a row the
// call ends with help.
func (s *scene) wrong() Step {
	s.st.Errors++
	if s.st.Errors >= wrongKeys {
		step := s.show(scrLost)
		step.Invalid = true
		return step
	}
	if s.st.Screen == scrVoteMore && s.st.said.Code == "" {
		s.st.Screen, s.st.Page = scrSex, 0
	}
	s.invalid = true
	step := s.page(s.st.Screen)
	step.Invalid = true
	return step
}

// After makes the screen that follows an act.
func (m *Menu) After(st State, o civic.Outcome, v View) Step {
	s := m.scene(st, v)
	s.st.said, s.st.Errors = o, 0
	next := m.after(s, o)
	if next == scrSex || next == scrVoteMore || next == scrVoteNoted || next == scrVoteChanged {
		s.st.Option = 0 // what was chosen is nowhere but in the ballot
	}
	return s.show(next)
}

func (m *Menu) after(s *scene, o civic.Outcome) Name {
	switch s.st.Screen {
	case scrVoteConfirm:
		return afterVote(s, o)
	case scrAge:
		if s.st.Sex == civic.SexUnknown && s.st.Age == civic.AgeUnknown {
			return s.home() // she passed over both: there is nothing to say noted of
		}
		if o.Verdict == civic.Noted || o.Verdict == civic.Changed {
			return s.afterDeclared(o)
		}
		return scrNotKept
	case scrDisability, scrDisplaced:
		return s.nextApart(s.st.Screen)
	case scrOpinion, scrOpinionNil:
		return byVerdict(o, scrOpinionDone, scrOpinionFail, scrOpinionHuh)
	case scrReceipt, scrReceiptMiss:
		switch o.Verdict {
		case civic.Found:
			return scrReceiptOK
		case civic.Superseded:
			return scrReceiptOld
		case civic.Heard:
			return scrHeard
		case civic.Answered:
			return scrAnswered
		}
		return scrReceiptMiss
	case scrLang:
		return byVerdict(o, scrLangDone, scrNotKept, scrNotKept)
	case scrCommuneSure, scrCommune, scrCommuneNear:
		return byVerdict(o, scrCommuneDone, scrNotKept, scrNotKept)
	}
	return s.home()
}

func byVerdict(o civic.Outcome, noted, not, unsure Name) Name {
	switch o.Verdict {
	case civic.Noted, civic.Changed, civic.Same:
		return noted
	case civic.Unsure:
		return unsure
	}
	return not
}

func afterVote(s *scene, o civic.Outcome) Name {
	switch o.Verdict {
	case civic.Noted:
		if !s.v.Citizen().Asked {
			return scrVoteMore
		}
		return scrVoteNoted
	case civic.Changed, civic.Same:
		return scrVoteChanged
	case civic.Unsure:
		return scrVoteUnsure
	case civic.TooEarly:
		return scrVoteSoon
	case civic.TooLate:
		return scrVoteClosed
	case civic.Cancelled:
		return scrVoteVoid
	case civic.NotAllowed:
		return scrVoteNone
	}
	return scrVoteFailed
}

// show goes to the first page of a screen.
func (s *scene) show(n Name) Step {
	s.st.Screen, s.st.Page = n, 0
	return s.page(n)
}

// page makes the present page of a screen.
func (s *scene) page(n Name) Step {
	r := s.m.rows[n]
	if r == nil {
		n = s.home()
		r = s.m.rows[n]
		s.st.Screen, s.st.Page = n, 0
	}
	pages := s.lay(r)
	if int(s.st.Page) >= len(pages) {
		s.st.Page = uint8(len(pages) - 1)
	}
	last := int(s.st.Page) == len(pages)-1
	p := pages[s.st.Page]
	text := ""
	switch {
	case s.notice != "":
		text = s.over(p, s.notice, s.notice)
	case s.invalid:
		text = s.over(p, s.t.locale.Text("input.invalid"), s.t.locale.Text("input.again"))
	default:
		text = p.Text()
	}
	return Step{State: s.st, Screen: Screen{Text: text, End: r.end && last}}
}

// over puts a line on top of a page: above the heading where it fits, else in
// its place, else in its short form. Options and numbers don't move.
func (s *scene) over(p gsm.Page, long, short string) string {
	mark := s.mark()
	with := p
	body := strings.TrimPrefix(p.Heading, mark)
	with.Heading = join(strings.TrimSuffix(mark, "\n"), long, body)
	if text := with.Text(); s.m.cfg.Limit.Fits(text) {
		return text
	}
	return s.m.cfg.Limit.Replace(p, mark+long, mark+short)
}

func join(lines ...string) string {
	out := ""
	for _, l := range lines {
		if l != "" && out != "" {
			out += "\n"
		}
		out += l
	}
	return out
}

// mark is the first line of every screen that shows invented things.
func (s *scene) mark() string {
	c := s.v.Content()
	if !c.anyFictif || s.st.Screen == scrLang {
		return ""
	}
	if s.st.Commune != "" && !c.fictional[s.st.Commune] {
		return ""
	}
	return s.t.locale.Text("demo.mark") + "\n"
}

// lay cuts a screen into pages.
func (s *scene) lay(r *row) []gsm.Page {
	s.args, s.tail = s.space[:0], ""
	if r.fill != nil {
		r.fill(s)
	}
	key := r.prompt
	if r.choose != nil {
		key = r.choose(s)
	}
	p := s.t.prompts[key]
	mark := s.mark()
	var buf [256]byte
	text := append(buf[:0], mark...)
	s.set("List", "")
	s.set("Nav", "")
	text = s.t.locale.Append(text, key, s.args...)
	lines := p.lines
	if mark != "" {
		lines++
	}
	heading := headLines(text, lines)
	if s.tail != "" {
		heading = join(heading, s.tail)
	}
	sheet := gsm.Sheet{Heading: heading, Options: p.options, More: s.t.more(), Back: p.back}
	if r.list != nil {
		sheet.Options = r.list(s)
	}
	if sheet.Back == "" && r.nav != "" {
		sheet.Back = s.t.locale.Text(r.nav)
	}
	if sheet.Back == "" && r.list != nil && r.leave != nil && r.leave(s) != "" {
		sheet.Back = s.t.locale.Text("nav.back")
	}
	if !r.end {
		sheet.Short = mark + s.t.locale.Text("input.again")
	}
	return s.m.cfg.Limit.Pages(sheet)
}

func (t *tongue) more() string { return t.locale.Text("nav.more") }

// headLines are the first n lines of a text.
func headLines(text []byte, n int) string {
	end := 0
	for i, b := range text {
		if b == '\n' {
			if n--; n == 0 {
				return string(text[:i])
			}
		}
		end = i + 1
	}
	return string(text[:end])
}

// number reads a key: decimal digits of any script, with the spaces, signs
// and zeros that thumbs add ("1#", " 1", "01", "1.").
func number(input string) (int, bool) {
	input = strings.TrimFunc(input, func(r rune) bool {
		return unicode.IsSpace(r) || r == '#' || r == '.' || r == ')' || unicode.IsControl(r)
	})
	if input == "" || len(input) > 24 {
		return 0, false
	}
	n := 0
	for _, r := range input {
		d, ok := digit(r)
		if !ok || n > 9999 {
			return 0, false
		}
		n = n*10 + d
	}
	return n, true
}

// digit is the value of a decimal digit of the scripts that phones here write:
// ours, Arabic-Indic, Persian, N'Ko, and full-width.
func digit(r rune) (int, bool) {
	for _, zero := range [...]rune{'0', '\u0660', '\u06f0', '\u07c0', '\uff10'} {
		if r >= zero && r <= zero+9 {
			return int(r - zero), true
		}
	}
	return 0, false
}
