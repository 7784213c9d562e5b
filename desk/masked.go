package desk

import (
	"strings"
	"unicode"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// Citizens write numbers into their texts: their own, a neighbour's. Who may
// not see a number does not see those either.

// masked is a text with everything that may be a number, eight digits or more
// however they are parted, made unreadable.
func masked(text string) string {
	runes := []rune(text)
	for i := 0; i < len(runes); i++ {
		if !unicode.IsDigit(runes[i]) {
			continue
		}
		digits, end := 0, i
		for j := i; j < len(runes) && (unicode.IsDigit(runes[j]) || strings.ContainsRune(" .-/()+", runes[j])); j++ {
			if unicode.IsDigit(runes[j]) {
				digits, end = digits+1, j+1
			}
		}
		if digits >= 8 {
			for j := i; j < end; j++ {
				if unicode.IsDigit(runes[j]) {
					runes[j] = '•'
				}
			}
		}
		i = end - 1
	}
	return string(runes)
}

// forHer is a text as the one who asks may read it.
func forHer(c echo.Context, o store.Opinion) store.Opinion {
	if me(c).Role.May(civic.SeeNumber) {
		return o
	}
	o.Text = masked(o.Text)
	replies := make([]store.Reply, len(o.Replies))
	for i, r := range o.Replies {
		r.Text = masked(r.Text)
		replies[i] = r
	}
	o.Replies = replies
	return o
}

// withoutDigits keeps who may not see numbers from finding them by searching.
func withoutDigits(c echo.Context, words string) string {
	if me(c).Role.May(civic.SeeNumber) {
		return words
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return r
	}, words)
}
