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
