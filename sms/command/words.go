package command

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/gsm"
	"github.com/jamakan/jamakan/locales"
)

// Texts are the keys that answers are made of.
func Texts() []string {
	return []string{
		"commune.changed", "commune.changed.next", "commune.near", "feedback.answered", "feedback.empty", "feedback.failed", "feedback.seen", "feedback.thanks",
		"feedback.thanks.open", "feedback.unknown", "follow.none", "help.sms", "help.sms.paid", "lang.changed", "lang.choose", "limit.ballots", "limit.texts",
		"optin.done", "optin.done.any", "optout.done", "privacy.deleted", "receipt.ok", "receipt.replaced", "receipt.unknown",
		"results.not_yet", "results.people", "results.row", "results.too_few", "rumour.thanks", "sms.code_how", "sms.commune_not_found",
		"sms.did_you_mean", "sms.no_commune.like", "sms.one_only", "sms.over_budget", "sms.results", "sms.too_many", "sms.vote_bad",
		"sms.vote_codes", "sms.vote_how", "sms.vote_list", "sms.vote_not", "sms.works", "sms.works_list", "vote.annulled", "vote.changed", "vote.closed", "vote.failed",
		"vote.none", "vote.not_open", "vote.place_kept", "vote.recorded_sms", "vote.recorded_sms.paid", "vote.sms_confirm", "vote.unknown",
	}
}

// one says whether a text is one SMS of one segment.
func one(text string) bool {
	_, _, segments := gsm.Count(text)
	return segments <= 1
}

// fitted adds a sentence where one SMS holds both.
func fitted(text, more string) string {
	if both := text + "\n" + more; one(both) {
		return both
	}
	return text
}

// line writes data, which may hold anything, as one line the channel takes.
func (t *tongue) line(text string) string {
	return strings.Join(strings.Fields(t.spell(strings.ToValidUTF8(text, "?"))), " ")
}

// say writes one text. Values too long for one SMS are shortened, the longest
// first; the words of the text and codes never are.
func (s *turn) say(key string, args ...locales.Arg) string {
	args = append(args, locales.Arg{Name: "ShortCode", Value: s.d.cfg.ShortCode}, locales.Arg{Name: "Ussd", Value: s.d.cfg.Ussd})
	for {
		text := s.t.locale.Text(key, args...)
		if one(text) || !shorten(args) {
			return text
		}
	}
}

// shorten takes the last letters of the longest value that may be shortened.
func shorten(args []locales.Arg) bool {
	longest := -1
	for i, a := range args {
		switch a.Name {
		case "Project", "Commune", "Reason", "X", "List":
			if n := utf8.RuneCountInString(a.Value); n > 6 && (longest < 0 || n > utf8.RuneCountInString(args[longest].Value)) {
				longest = i
			}
		}
	}
	if longest < 0 {
		return false
	}
	args[longest].Value = cut(args[longest].Value, utf8.RuneCountInString(args[longest].Value)-2)
	return true
}

// cut shortens a line to some letters, with a point for what is left out.
func cut(line string, letters int) string {
	runes := []rune(line)
	if len(runes) <= letters {
		return line
	}
	return strings.TrimRight(string(runes[:max(letters-1, 1)]), " .,-") + "."
}

// heading says a screen's text without its keys: by SMS there are none.
func (s *turn) heading(key string, args ...locales.Arg) string {
	return headed(s.say(key, args...))
}

func headed(text string) string {
	var kept []string
	for line := range strings.SplitSeq(text, "\n") {
		if len(line) > 1 && line[0] >= '0' && line[0] <= '9' && line[1] == ' ' {
			continue
		}
		kept = append(kept, line)
	}
	return strings.TrimSpace(strings.Join(kept, "\n"))
}

// list writes a text around lines, in one SMS. Where they don't fit whole they
// are shortened alike; where that leaves too little of them, brief, a shorter
// text, is used; and where even that can't hold them all, the last line is the
// code to dial.
func (s *turn) list(key, brief string, lines []string, args ...locales.Arg) string {
	const mark = "\x00"
	around := func(key string) func(some []string) string {
		text := headed(s.say(key, append(slices.Clone(args), locales.Arg{Name: "List", Value: mark})...))
		return func(some []string) string { return strings.Replace(text, mark, strings.Join(some, "\n"), 1) }
	}
	full := around(key)
	if text, ok := widest(full, lines, readable); ok {
		return text
	}
	if brief != "" {
		full = around(brief)
	}
	if text, ok := widest(full, lines, narrowest); ok {
		return text
	}
	for n := len(lines) - 1; n > 0; n-- {
		some := make([]string, 0, n+1)
		for _, l := range lines[:n] {
			some = append(some, cut(l, readable))
		}
		if s.d.cfg.Ussd != "" {
			some = append(some, "+ "+s.d.cfg.Ussd)
		}
		if text := full(some); one(text) {
			return text
		}
	}
	return full(nil)
}

// Widths of lines, in letters with their number.
const (
	readable  = 18 // below it the shorter text is better
	narrowest = 12 // below it a line says nothing
)

// widest shortens lines as little as one SMS allows, down to a width.
func widest(full func([]string) string, lines []string, least int) (string, bool) {
	for width := 48; width >= least; width-- {
		short := make([]string, len(lines))
		for i, l := range lines {
			short[i] = cut(l, width)
		}
		if text := full(short); one(text) {
			return grown(full, lines, short, width), true
		}
	}
	return "", false
}

// grown gives the letters that are left to the first lines that want them.
func grown(full func([]string) string, lines, short []string, width int) string {
	for i, l := range lines {
		was := short[i]
		if short[i] = cut(l, width+1); !one(full(short)) {
			short[i] = was
		}
	}
	return full(short)
}

// free is the key of a text that says it is free, or of the one that doesn't.
func (s *turn) free(key string) string {
	if s.d.cfg.Free {
		return key
	}
	return key + ".paid"
}

func (s *turn) help() string { return s.say(s.free("help.sms")) }

func (s *turn) date(t time.Time) locales.Arg {
	return locales.Arg{Name: "Date", Value: s.t.locale.Date(t.In(civic.Bamako))}
}

func (s *turn) communeName(code civic.Code) string {
	return s.t.line(s.v.Content().Territory.Name(code))
}

// communes are those of some plan.
func (s *turn) communes() []civic.Code { return communesOf(s.v.Content()) }

func communesOf(content *civic.Content) []civic.Code {
	var all []civic.Code
	for i := range content.Plans {
		all = append(all, content.Plans[i].Scope...)
	}
	return all
}

// noCommune asks for her commune, with one of a plan as the example.
func (s *turn) noCommune() string {
	return s.say("sms.no_commune.like", locales.Arg{Name: "Commune", Value: s.example()})
}

// example is a commune of some plan, to show how to write one.
func (s *turn) example() string {
	if all := s.communes(); len(all) > 0 {
		return s.communeName(all[0])
	}
	return "Sadiola"
}

// marked says on a text about a consultation that it is an invented one.
func (s *turn) marked(text, consultation string) string {
	if _, p := s.v.Content().Consultation(consultation); p != nil && p.Fictional {
		return fitted(text, s.t.locale.Text("demo.mark"))
	}
	return text
}

func (d *Dialogue) languages() []string {
	names := make([]string, len(d.offered))
	for i, t := range d.offered {
		names[i] = t.line(t.locale.Name)
	}
	return civic.Numbered(names)
}

// checked says what a receipt, or the reference of an opinion, stands for:
// never what was chosen.
func (s *turn) checked(out civic.Outcome) string {
	code, date := locales.Arg{Name: "Code", Value: s.t.line(out.Code)}, s.date(out.At)
	switch out.Verdict {
	case civic.Found:
		return s.say("receipt.ok", code, date)
	case civic.Superseded:
		return s.say("receipt.replaced", code, date)
	case civic.Heard:
		return s.say("feedback.seen", code, date)
	case civic.Answered:
		return s.say("feedback.answered", code, date)
	}
	return s.say("receipt.unknown", code)
}

// thanks says that an opinion is kept, and asks for her commune when it is not
// known.
func (s *turn) thanks(out civic.Outcome, act civic.Act) string {
	code := locales.Arg{Name: "Code", Value: out.Code}
	switch out.Verdict {
	case civic.Noted:
	case civic.Unsure:
		return s.say("feedback.unknown")
	default:
		return s.say("feedback.failed")
	}
	text := ""
	switch {
	case act.Topic == "rumeur":
		text = s.say("rumour.thanks", code)
	case s.d.cfg.ReplyDays > 0:
		text = s.say("feedback.thanks", code, s.date(out.At.AddDate(0, 0, s.d.cfg.ReplyDays)))
	default:
		text = s.say("feedback.thanks.open", code)
	}
	if s.me.Commune == "" {
		return fitted(text, s.noCommune())
	}
	return text
}

// works lists the works of her commune, or says how far one is.
func (s *turn) works() Step {
	if s.me.Commune == "" {
		return Step{said: s.noCommune()}
	}
	var all []*civic.Project
	for i := range s.v.Content().Plans {
		if p := &s.v.Content().Plans[i]; p.Covers(s.me.Commune) {
			all = append(all, p.ProjectsIn(s.me.Commune)...)
		}
	}
	if len(all) == 0 {
		return Step{said: s.heading("follow.none")}
	}
	for i, n := range civic.OptionNumbers(len(all)) {
		if s.c.Project != "" && (sameCode(all[i].Code, s.c.Project) || strconv.Itoa(n) == s.c.Project) {
			return Step{said: s.say(all[i].Sentence(), locales.Arg{Name: "Project", Value: s.t.line(all[i].Title.In(s.t.tags...))}, s.date(all[i].Due))}
		}
	}
	var lines []string
	for i, n := range civic.OptionNumbers(len(all)) {
		lines = append(lines, strconv.Itoa(n)+" "+s.t.line(all[i].Title.In(s.t.tags...)))
	}
	return Step{said: s.list("sms.works", "sms.works_list", lines, locales.Arg{Name: "Commune", Value: s.communeName(s.me.Commune)})}
}
