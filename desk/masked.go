package desk

import (
	"strings"
	"unicode"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/civic/msisdn"
	"github.com/jamakan/jamakan/store"
)

// Citizens write numbers into their texts: their own, a neighbour's. Who may
// not see a number does not see those either.

// forHer is a text as the one who asks may read it.
func forHer(c echo.Context, o store.Opinion) store.Opinion {
	if me(c).Role.May(civic.SeeNumber) {
		return o
	}
	o.Text = msisdn.Hide(o.Text)
	replies := make([]store.Reply, len(o.Replies))
	for i, r := range o.Replies {
		r.Text = msisdn.Hide(r.Text)
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
