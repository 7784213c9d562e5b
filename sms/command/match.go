package command

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jamakan/jamakan/civic"
)

// Kind is what a text asks for.
type Kind uint8

// The kinds of text.
const (
	Feedback Kind = iota // anything else: an opinion, kept
	Empty                // no letter, no digit, no sign
	Vote                 // Numbers or Project; neither: how to vote
	Several              // numbers without a keyword: which one is not guessed
	Opinion              // AVIS: Text
	Rumour               // RUMEUR: Text, "" for the word alone
	Results
	Works // Project: its code or number as typed, "" for the list
	Help
	Stop
	Start
	Language // Lang: the one asked for, "" for the list
	Code     // Text: the code as typed, "" for none
	Commune  // Text: the name as typed, "" for none
	Yes
	No
	Erase
	Back
	Greeting
	Unsure // Near: more than one command is one slip away
)

// String is the kind's keyword in French, or what it is.
func (k Kind) String() string {
	return [...]string{
		"feedback", "empty", "vote", "ambiguous", "avis", "rumour", "results", "works", "help", "stop", "start",
		"lang", "code", "commune", "yes", "no", "erase", "back", "greeting", "unsure",
	}[k]
}

// Command is what a text means.
type Command struct {
	Kind    Kind
	Numbers []int  // of a vote, as typed
	Project string // code of a project, capitals
	Text    string // as typed
	Lang    string // language asked for
	Speaks  string // language of the words used, "" when nothing tells
	// Sure says that a vote is the keyword and its argument, with nothing
	// around it. Any other is asked back before it is recorded.
	Sure bool
	Near []Kind
}

// Intent is the command in one word, for tests and counts; it holds no text.
func (c Command) Intent() string {
	switch {
	case c.Kind == Vote && c.Project != "":
		return "vote:" + c.Project
	case c.Kind == Vote:
		var n []string
		for _, x := range c.Numbers {
			n = append(n, strconv.Itoa(x))
		}
		return "vote:" + strings.Join(n, ",")
	case c.Kind == Language && c.Lang != "":
		return c.Lang
	}
	return c.Kind.String()
}

// MaxNumbers is how many numbers one text may vote for.
const MaxNumbers = 12

// word is one word of a text: as typed, folded, and where it ends.
type word struct {
	raw    string
	folded string
	end    int
}

// fills says whether a word means nothing around a vote's number.
func (x *Lexicon) fills(w word) bool {
	return x.filler[strings.Join(strings.Fields(plain(w.raw)), "")]
}

// Match understands a text that names no place of more than one word.
func (x *Lexicon) Match(text string) Command {
	return x.MatchIn(text, func(string) bool { return false })
}

// MatchIn understands a text where some places are known: COMMUNE followed by
// several words is a command only when they are, or nearly are, the name of
// one; else they are a sentence.
func (x *Lexicon) MatchIn(text string, known func(name string) bool) Command {
	words, marks := x.words(text)
	if len(words) == 0 {
		switch {
		case strings.Contains(marks, "?"):
			return Command{Kind: Help}
		case strings.TrimSpace(text) == "":
			return Command{Kind: Empty}
		}
		return Command{Kind: Feedback, Text: text}
	}
	c := x.match(text, words, known)
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r == utf8.RuneError || unicode.IsControl(r) && !unicode.IsSpace(r) }) {
		c.Sure = false // letters were lost on the way: which, nobody knows
	}
	if c.Speaks == "" {
		c.Speaks = x.guesser.guess(text)
	}
	return c
}

func (x *Lexicon) match(text string, words []word, known func(string) bool) Command {
	feedback := Command{Kind: Feedback, Text: text}
	core := x.withoutPolite(words)
	if rest := x.withoutGreeting(core); len(rest) < len(core) {
		core = x.withoutPolite(rest)
	}
	if e, ok := x.phrases[core[0].folded]; ok && e.kind != Vote {
		if c, ok := x.command(text, core, known); ok {
			return c // BAARA 4 is a work, not a vote
		}
	}
	if c, ok := x.bare(core); ok {
		return c
	}
	if receipt(core) {
		return Command{Kind: Code, Text: rawOf(core)}
	}
	if c, ok := x.command(text, core, known); ok {
		return c
	}
	if c, ok := x.sentence(core); ok {
		return c
	}
	return feedback
}

// command reads a keyword at the beginning and what may follow it.
func (x *Lexicon) command(text string, core []word, known func(string) bool) (Command, bool) {
	e, n, near := x.keyword(core)
	if n == 0 {
		return Command{}, false
	}
	rest := core[n:]
	c := Command{Kind: e.kind, Speaks: x.speaks(core[:n], e)}
	if near != nil {
		return Command{Kind: Unsure, Near: near, Text: text, Speaks: c.Speaks}, len(rest) == 0
	}
	free := strings.TrimLeft(text[core[n-1].end:], " \t\r\n:;,.!-–")
	switch e.kind {
	case Opinion:
		c.Text = strings.TrimSpace(free)
		colon := strings.HasPrefix(strings.TrimSpace(text[core[n-1].end:]), ":")
		// With a slip, or after a word of every day, a sentence is a sentence.
		return c, len(rest) == 0 || x.written(core[:n]) && (e.free || colon)
	case Rumour:
		c.Text = strings.TrimSpace(free)
		// The words for true and false begin too many sentences.
		return c, len(rest) == 0 || rumourWord(core[0]) && x.written(core[:n])
	case Commune:
		c.Text = strings.TrimSpace(rawOf(afterOf(rest)))
		name := afterOf(rest)
		return c, len(rest) == 0 || isName(name) && (len(name) == 1 || known(c.Text))
	case Vote:
		return x.vote(c, rest, false)
	case Works:
		c.Project = x.project(rest)
		return c, len(rest) == 0 || c.Project != ""
	case Code:
		c.Text = rawOf(rest)
		return c, len(rest) == 0 || receiptLike(rest)
	case Language:
		return x.language(c, e, rest)
	case Yes, No:
		return c, x.allSay(e.kind, rest)
	default:
		return c, len(rest) == 0
	}
}

// written says whether a keyword is written without a slip, in one word or two.
func (x *Lexicon) written(said []word) bool {
	_, whole := x.phrases[joined(said, " ")]
	_, halves := x.phrases[joined(said, "")]
	return whole || halves
}

// speaks is the language a keyword is said in: the one that writes it so.
func (x *Lexicon) speaks(said []word, e entry) string {
	raw := make([]string, len(said))
	for i, w := range said {
		raw[i] = strings.ToLower(w.raw)
	}
	if lang, ok := x.exact[strings.Join(raw, " ")]; ok {
		return lang
	}
	if len(e.langs) == 1 {
		return e.langs[0]
	}
	return ""
}

// vote reads a vote's argument: numbers, or one project's code.
func (x *Lexicon) vote(c Command, rest []word, loose bool) (Command, bool) {
	c.Kind, c.Sure = Vote, !loose
	if len(rest) == 0 {
		return c, !loose
	}
	if code := rest; len(rest) > 0 {
		for len(code) > 0 && x.fills(code[0]) {
			code, c.Sure = code[1:], false
		}
		if c.Project = projectCode(code); c.Project != "" {
			return c, true
		}
		c.Sure = !loose
	}
	for _, w := range rest {
		switch n, ok := x.number(w); {
		case ok && len(c.Numbers) < MaxNumbers:
			c.Numbers = append(c.Numbers, n)
		case x.and[w.folded] && !ok:
		case x.fills(w):
			c.Sure = false
		default:
			return c, false
		}
	}
	return c, len(c.Numbers) > 0 || !loose && x.allFill(rest) // "wote cogo di": how
}

// bare reads a text that is only a number, or several.
func (x *Lexicon) bare(words []word) (Command, bool) {
	c, ok := x.vote(Command{}, words, true)
	if c.Project != "" {
		return c, false // a word and a number may be anything
	}
	if ok && len(c.Numbers) > 1 {
		c.Kind = Several
	}
	return c, ok
}

// sentence finds a vote said in a sentence ("je vote pour le 2"): words that
// mean nothing here, the keyword, and numbers. It is asked back.
func (x *Lexicon) sentence(words []word) (Command, bool) {
	lead := 0
	for lead < len(words) && x.fills(words[lead]) {
		lead++
	}
	words = words[lead:]
	if lead == 0 || len(words) == 0 {
		return Command{}, false
	}
	if e, ok := x.phrases[words[0].folded]; ok && e.kind == Vote {
		c := Command{Kind: Vote, Speaks: x.speaks(words[:1], e)}
		if x.allFill(words[1:]) {
			return c, true // "je veux voter": how
		}
		return x.vote(c, words[1:], true)
	}
	return Command{}, false
}

// allSay says whether words are nothing but more ways to say the same: "oui
// d'accord".
func (x *Lexicon) allSay(kind Kind, words []word) bool {
	for words = x.withoutPolite(words); len(words) > 0; {
		e, n, near := x.keyword(words)
		if n == 0 || near != nil || e.kind != kind {
			return false
		}
		words = words[n:]
	}
	return true
}

func (x *Lexicon) allFill(words []word) bool {
	for _, w := range words {
		if !x.fills(w) {
			return false
		}
	}
	return true
}

// withoutGreeting drops a greeting before something else.
func (x *Lexicon) withoutGreeting(words []word) []word {
	for n := min(x.longest, len(words)-1); n > 0; n-- {
		if e, ok := x.phrases[joined(words[:n], " ")]; ok && e.kind == Greeting {
			return words[n:]
		}
	}
	return words
}

// withoutPolite drops politeness from both ends.
func (x *Lexicon) withoutPolite(words []word) []word {
	for again := true; again && len(words) > 1; {
		again = false
		for n := min(x.longest, len(words)-1); n > 0; n-- {
			if x.polite[joined(words[len(words)-n:], " ")] {
				words, again = words[:len(words)-n], true
				break
			}
			if x.polite[joined(words[:n], " ")] {
				words, again = words[n:], true
				break
			}
		}
	}
	return words
}

// language reads LANGUE with or without the name of one.
func (x *Lexicon) language(c Command, e entry, rest []word) (Command, bool) {
	c.Lang = e.speak
	if len(rest) == 0 {
		return c, true
	}
	if n, ok := x.number(rest[0]); ok && c.Lang == "" && len(rest) == 1 {
		c.Numbers = []int{n}
		return c, true
	}
	if named, n, near := x.keyword(rest); c.Lang == "" && n == len(rest) && near == nil && named.speak != "" {
		c.Lang = named.speak
		return c, true
	}
	return c, false
}

// number reads one word as a vote's number: digits, or a number's name.
func (x *Lexicon) number(w word) (int, bool) {
	if n, ok := x.numbers[w.folded]; ok {
		return n, true
	}
	if len(w.folded) > 2 {
		return 0, false
	}
	n, err := strconv.Atoi(w.folded)
	return n, err == nil
}

// project reads which project is meant: its code, or its number in the list.
func (x *Lexicon) project(rest []word) string {
	if len(rest) == 0 || len(rest) > 2 {
		return ""
	}
	if code := projectCode(rest); code != "" {
		return code
	}
	if n, ok := x.number(rest[0]); ok && len(rest) == 1 {
		return strconv.Itoa(n)
	}
	return ""
}

// projectCode reads a code like EAU-01, typed with or without its hyphen: two
// to four letters, one to three digits. It is "" for anything else.
func projectCode(words []word) string {
	typed := strings.ToUpper(rawOf(words))
	typed = strings.NewReplacer(" ", "", "-", "", "_", "", "/", "").Replace(typed)
	i := 0
	for i < len(typed) && typed[i] >= 'A' && typed[i] <= 'Z' {
		i++
	}
	digits := typed[i:]
	if i < 2 || i > 4 || len(digits) < 1 || len(digits) > 3 || strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	return typed[:i] + "-" + digits
}

// receipt says whether a text is a receipt's code and nothing else. One with
// no digit might be a word.
func receipt(words []word) bool {
	typed := rawOf(words)
	_, err := civic.ParseReceipt(typed)
	return err == nil && len(words) <= 3 && strings.ContainsAny(typed, "34679") && strings.ContainsFunc(typed, unicode.IsLetter)
}

// receiptLike says whether what follows CODE was meant as one.
func receiptLike(words []word) bool {
	typed := strings.ReplaceAll(rawOf(words), " ", "")
	if _, err := civic.ParseReceipt(typed); err == nil && len(words) <= 3 {
		return true
	}
	return len(words) <= 2 && len(typed) >= 4 && len(typed) <= 8 && strings.ContainsAny(typed, "0123456789")
}

// rumourWord says whether a rumour's keyword may be followed by its text.
func rumourWord(w word) bool { return strings.HasPrefix(w.folded, "rum") }

// afterOf drops "de", "du", "d'" before a place's name.
func afterOf(words []word) []word {
	if len(words) > 1 && (words[0].folded == "de" || words[0].folded == "du") {
		return words[1:]
	}
	return words
}

// isName says whether words may be the name of a place: up to three, none so
// short that it makes a sentence of them.
func isName(words []word) bool {
	if len(words) == 0 || len(words) > 3 {
		return false
	}
	for _, w := range words {
		if len(w.raw) < 3 || strings.ContainsAny(w.raw, "0123456789") && len(words) > 1 {
			return false
		}
	}
	return true
}

func rawOf(words []word) string {
	raw := make([]string, len(words))
	for i, w := range words {
		raw[i] = w.raw
	}
	return strings.Join(raw, " ")
}

// words cuts a text into words, and returns its signs. Digits glued to a
// keyword are a word of their own (vote2), a zero among letters is an o (aw0).
func (x *Lexicon) words(text string) (words []word, marks string) {
	start := -1
	var signs strings.Builder
	flush := func(end int) {
		if start >= 0 {
			words = append(words, x.cut(text[start:end], end)...)
			start = -1
		}
	}
	for i, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune("'’‘ʼ", r) && start >= 0 {
			if start < 0 {
				start = i
			}
			continue
		}
		flush(i)
		if !unicode.IsSpace(r) && signs.Len() < 16 {
			signs.WriteRune(r)
		}
		if len(words) > 400 {
			break // a text of ten parts has about 300 words
		}
	}
	flush(len(text))
	return words, signs.String()
}

// cut makes one written word into one or two, or none when it folds to
// nothing.
func (x *Lexicon) cut(raw string, end int) []word {
	folded := Fold(raw)
	if folded == "" {
		return nil
	}
	if i := strings.IndexAny(raw, "0123456789"); i > 0 && strings.Trim(raw[i:], "0123456789") == "" {
		if o := Fold(strings.ReplaceAll(raw, "0", "o")); raw[i:] == "0" {
			if _, ok := x.phrases[o]; ok {
				return []word{{raw, o, end}}
			}
		}
		if e, ok := x.phrases[Fold(raw[:i])]; ok && e.kind == Vote {
			at := end - len(raw) + i
			return []word{{raw[:i], Fold(raw[:i]), at}, {raw[i:], raw[i:], end}}
		}
	}
	return []word{{raw, folded, end}}
}
