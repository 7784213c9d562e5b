package planfile

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// plain writes a word or a heading the one way that its spellings share:
// without accents, capitals, punctuation or plurals, one space between words.
// Digits stay, unlike in civic.Fold: "Forage 1" is not "Forage 2".
func plain(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
	}
	words := strings.Fields(b.String())
	for i, w := range words {
		if len(w) > 3 {
			words[i] = strings.TrimRight(w, "sx")
		}
	}
	return strings.Join(words, " ")
}

// without takes words out of a plain text, unless nothing would stay.
func without(text string, noise ...string) string {
	var kept []string
	for word := range strings.FieldsSeq(text) {
		if !slices.Contains(noise, word) {
			kept = append(kept, word)
		}
	}
	if len(kept) == 0 {
		return text
	}
	return strings.Join(kept, " ")
}

// tidy writes a cell's text on one line: spaces of every width, tabs and line
// breaks are one space, and an accent is part of its letter.
func tidy(s string) string {
	return strings.Join(strings.Fields(norm.NFC.String(s)), " ")
}
