package export

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jamakan/jamakan/desk/export/table"
)

// Texts come from plans and from people who sum up what citizens sent, so a
// spreadsheet must not be led to compute them. The guard is an apostrophe,
// which every spreadsheet shows and none obeys; a text that begins with one
// gets another, so that taking one off always gives the text back.

// openers begin a formula or a command in some spreadsheet (OWASP ASVS 5.0,
// 1.2.10), in their fullwidth forms too, which some fold before they look.
const openers = "=+-@\t\r\n\x00|%;＝＋－＠｜％"

// formula guards a text that a spreadsheet could obey, also behind spaces and
// letters that don't show.
func formula(s string) string {
	if s == table.HiddenMark || strings.HasPrefix(s, "'") {
		return "'" + s // not the mark of a hidden cell, nor a guard of ours
	}
	first := strings.TrimLeftFunc(s, func(r rune) bool {
		return r == ' ' || unicode.Is(unicode.Zs, r) || unicode.Is(unicode.Cf, r)
	})
	if r, size := utf8.DecodeRuneInString(first); size > 0 && strings.ContainsRune(openers, r) {
		return "'" + s
	}
	return s
}

// guess matches what a spreadsheet silently turns into a number, a day or a
// truth: a project called 1-2 becomes 1 February, 0012 becomes 12.
var guess = regexp.MustCompile(`(?i)^\s*(` +
	`[0-9][0-9.,:/\-\s]*(e[0-9]+)?\s*%?` +
	`|[0-9]{1,4}[\s./\-]*` + month + `[\s./\-]*[0-9]*` +
	`|` + month + `[\s./\-]*[0-9]+` +
	`|vrai|faux|true|false)\s*$`)

// month matches the names and abbreviations that French and English Excels
// know.
const month = `(janv(ier)?|jan(uary)?|f[ée]vr?(rier|ier)?|feb(ruary)?|mars?|march|avr(il)?|apr(il)?|mai|may|juin|june?|juil(let)?|july?|` +
	`ao[uû]t|aug(ust)?|sept?(embre|ember)?|oct(obre|ober)?|nov(embre|ember)?|d[ée]c(embre|ember)?)\.?`

// literal guards a text for a French Excel: what formula guards, and what Excel
// would guess about.
func literal(s string) string {
	if g := formula(s); g != s {
		return g
	}
	if guess.MatchString(s) {
		return "'" + s
	}
	return s
}
