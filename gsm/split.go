package gsm

import (
	"unicode"
	"unicode/utf8"
)

// split breaks a word that no page can hold: the longest beginning that fits,
// never before a combining mark, never inside a letter. At least one letter
// goes, so that pages come to an end even under an impossible limit.
func split(word string, fits func(string) bool) (head, rest string) {
	cuts := boundaries(word)
	lo, hi := 0, len(cuts)-1 // cuts[lo] is taken, cuts beyond hi don't fit
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if fits(word[:cuts[mid]]) {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return word[:cuts[lo]], word[cuts[lo]:]
}

// boundaries are the places where a word may be broken: after each letter
// with its marks and joiners.
func boundaries(word string) []int {
	var cuts []int
	joined := false
	for i, r := range word {
		mark := unicode.Is(unicode.M, r) || r == '\u200d' || r == '\ufe0f'
		if i > 0 && !mark && !joined {
			cuts = append(cuts, i)
		}
		joined = r == '\u200d'
	}
	if len(cuts) == 0 || cuts[len(cuts)-1] != len(word) {
		cuts = append(cuts, len(word))
	}
	if cuts[0] == 0 {
		_, n := utf8.DecodeRuneInString(word)
		cuts[0] = n
	}
	return cuts
}
