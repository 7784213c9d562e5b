package table

import (
	"strings"
	"unicode"
)

// Clean makes a text safe to stand in a line: no control, no line end, no
// letter that changes the reading direction of what follows (a name that ends
// in U+202E would print its neighbour's figure backwards), nothing that XML
// can't hold. Joiners stay: some scripts need them.
func Clean(s string) string {
	if plain(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\u200c' || r == '\u200d':
			return r
		case unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) || unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Cf, r) || r == '\ufffe' || r == '\uffff':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.TrimSpace(s)
}

// plain says whether a text is of printable ASCII, without a space at its ends:
// nothing is to be cleaned then. The list of receipts is a million such texts.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return s == "" || s[0] != ' ' && s[len(s)-1] != ' '
}
