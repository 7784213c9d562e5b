package command

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/jamakan/jamakan/civic"
)

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

// number reads one word as a vote's number: digits, or a number's name.
func (x *Lexicon) number(w word) (int, bool) {
	if n, ok := x.numbers[w.folded]; ok {
		return n, true
	}
	digits := w.folded
	for _, ordinal := range []string{"eme", "em", "er", "e", "nan", "na"} { // 2ème, 2nan
		if cut, ok := strings.CutSuffix(digits, ordinal); ok {
			digits = cut
			break
		}
	}
	if len(digits) > 2 {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
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

// codeSigns are what people put between the letters of a project's code.
var codeSigns = strings.NewReplacer(" ", "", "-", "", "_", "", "/", "")

// projectCode reads a code like EAU-01, typed with or without its hyphen: two
// to four letters, one to three digits. It is "" for anything else.
func projectCode(words []word) string {
	if len(words) == 0 || len(words) > 2 || len(words[0].raw) > 8 {
		return ""
	}
	typed := codeSigns.Replace(strings.ToUpper(rawOf(words)))
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
	if len(words) > 3 {
		return false
	}
	typed := rawOf(words)
	_, err := civic.ParseReceipt(typed)
	return err == nil && strings.ContainsAny(typed, "34679") && strings.ContainsFunc(typed, unicode.IsLetter)
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
		e, ok := x.phrases[Fold(raw[:i])]
		if ok && e.kind == Vote || !ok && x.filler[strings.ToLower(raw[:i])] { // vote2, n2
			at := end - len(raw) + i
			return []word{{raw[:i], Fold(raw[:i]), at}, {raw[i:], raw[i:], end}}
		}
	}
	return []word{{raw, folded, end}}
}
