package command

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
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

// Understood says whether a text of the kind said one thing: an opinion does,
// a number without a keyword or a word between two commands does not.
func (k Kind) Understood() bool { return k != Unsure && k != Several && k != Empty }

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
	if c, ok := x.sentence(text, core); ok {
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
		for len(code) > 1 && x.fills(code[len(code)-1]) {
			code, c.Sure = code[:len(code)-1], false
		}
		if c.Project = projectCode(code); c.Project != "" {
			return c, true
		}
		c.Sure = !loose
	}
	either := false
	for _, w := range rest {
		switch n, ok := x.number(w); {
		case ok && len(c.Numbers) < MaxNumbers:
			c.Numbers = append(c.Numbers, n)
		case x.and[w.folded] && !ok:
		case x.or[w.folded] && !ok:
			either = true
		case x.fills(w):
			c.Sure = false
		default:
			return c, false
		}
	}
	if either && len(c.Numbers) > 1 {
		c.Kind, c.Sure = Several, false // one or the other: not ours to say
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
	return c, ok && len(c.Numbers) > 0
}

// sentence finds a command said in a sentence ("je vote pour le 2"): words that
// mean nothing here, and then the command as it must be. A vote is asked back.
func (x *Lexicon) sentence(text string, words []word) (Command, bool) {
	lead := 0
	for lead < len(words) && x.fills(words[lead]) {
		lead++
	}
	words = words[lead:]
	if lead == 0 || len(words) == 0 {
		return Command{}, false
	}
	e, ok := x.phrases[words[0].folded]
	switch {
	case !ok:
	case e.kind == Vote:
		c := Command{Kind: Vote, Speaks: x.speaks(words[:1], e)}
		if x.allFill(words[1:]) {
			return c, true // "je veux voter": how
		}
		return x.vote(c, words[1:], true)
	case e.kind == Results || e.kind == Works || e.kind == Help || e.kind == Code || e.kind == Language:
		// "je veux voir les résultats"; what silences, erases or answers a
		// question is never found in a sentence.
		return x.command(text, words, func(string) bool { return false })
	}
	return Command{}, false
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
