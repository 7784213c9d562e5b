package desk

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// harmless writes what came from a phone so that it can do nothing to a page
// or to its reader: bytes that are no letter, signs that don't show and signs
// that turn the direction of what follows are named instead. HTML is the
// template's business.
func harmless(s string) string {
	if plainly(s) {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, "‹%02X›", s[i])
		case r == '\r':
		case r == '\n', r == '\t', unicode.IsPrint(r), r == '\u00a0', r == '\u202f':
			b.WriteRune(r)
		case r == '\u200b', r == '\u200c', r == '\u200d', r == '\ufeff', r == '\u00ad':
			// They only join or part letters.
		default:
			fmt.Fprintf(&b, "‹%04X›", r)
		}
	}
	return b.String()
}

// plainly says whether nothing has to be named.
func plainly(s string) bool {
	for _, r := range s {
		if r != '\n' && (r == utf8.RuneError || !unicode.IsPrint(r)) {
			return false
		}
	}
	return true
}

// beginning is the first letters of a text on one line.
func beginning(letters int, s string) string {
	s = strings.Join(strings.Fields(harmless(uncut(s, letters*utf8.UTFMax))), " ")
	if runes := []rune(s); len(runes) > letters {
		return strings.TrimSpace(string(runes[:letters])) + "…"
	}
	return s
}

// uncut is the first bytes of a text, without the beginning of a letter that
// would be cut in two.
func uncut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}
