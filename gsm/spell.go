package gsm

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Profile is how a channel's texts are spelled.
type Profile uint8

// The profiles.
const (
	GSM7  Profile = iota // the 1967 letters: è ò ny ng, every accent that GSM-7 has
	ASCII                // no accent at all
	UCS2                 // ɛ ɔ ɲ ŋ as they are written, at the price of UCS-2
)

// ErrProfile: a name that is no profile.
var ErrProfile = errors.New("not a spelling; write gsm7, ascii or ucs2")

// ParseProfile reads a profile's name in the configuration.
func ParseProfile(name string) (Profile, error) {
	switch name {
	case "gsm7":
		return GSM7, nil
	case "ascii":
		return ASCII, nil
	case "ucs2":
		return UCS2, nil
	}
	return GSM7, fmt.Errorf("%q: %w", name, ErrProfile)
}

// String is the profile's name in the configuration.
func (p Profile) String() string {
	switch p {
	case ASCII:
		return "ascii"
	case UCS2:
		return "ucs2"
	}
	return "gsm7"
}

// Speller writes the standard spelling, the only one that is stored, as a
// channel takes it. It never changes and is safe for concurrent use.
type Speller struct {
	profile Profile
	extra   map[rune]string
}

// NewSpeller makes a speller. extra is a language's own letters ("ɓ" as "b"),
// looked up before the built-in table; UCS2 needs none.
func NewSpeller(p Profile, extra map[string]string) *Speller {
	s := &Speller{profile: p}
	if p == UCS2 {
		return s
	}
	for from, to := range extra {
		if r, n := utf8.DecodeRuneInString(from); n == len(from) && n > 0 {
			if s.extra == nil {
				s.extra = map[rune]string{}
			}
			s.extra[r] = to
		}
	}
	return s
}

// Profile is the speller's profile.
func (s *Speller) Profile() Profile { return s.profile }

// Spell writes a text as the channel takes it. Letters of a script that
// GSM-7 has no form for stay as they are: the text then takes UCS-2. It
// allocates nothing when nothing changes.
func (s *Speller) Spell(text string) string {
	if s.plain(text) {
		return text
	}
	if !utf8.ValidString(text) {
		text = string([]rune(text)) // what follows a broken letter is composed too
	}
	composed := norm.NFC.String(text)
	if s.profile == UCS2 {
		return composed
	}
	var out strings.Builder
	out.Grow(len(composed) + 8)
	letters := []rune(composed)
	for i, r := range letters {
		out.WriteString(s.letter(r, letters, i))
	}
	return out.String()
}

// plain says whether a text is already as it is sent.
func (s *Speller) plain(text string) bool {
	for _, r := range text {
		if r < utf8.RuneSelf && r != '`' && (r != '\t' || s.profile == UCS2) {
			continue
		}
		if _, own := s.extra[r]; own {
			return false
		}
		if s.profile == GSM7 && septets(r) > 0 {
			continue
		}
		return false
	}
	return true
}

// letter spells one letter of a composed text.
func (s *Speller) letter(r rune, letters []rune, i int) string {
	if to, ok := s.extra[r]; ok {
		return to
	}
	if s.profile == GSM7 && septets(r) > 0 {
		return string(r)
	}
	if r < utf8.RuneSelf && r != '`' && r != '\t' {
		return string(r)
	}
	if to, ok := signs(r); ok {
		return to
	}
	if to, ok := manding(r, s.profile, capitals(letters, i)); ok {
		return to
	}
	if unicode.Is(unicode.Mn, r) && s.onLatin(letters, i) {
		return "" // a tone, or an accent that composes with nothing
	}
	return base(r, s.profile)
}

// onLatin says whether a mark, with the marks before it, stands on what is
// spelled as a Latin letter, or on nothing.
func (s *Speller) onLatin(letters []rune, i int) bool {
	for i--; i >= 0; i-- {
		if unicode.Is(unicode.Mn, letters[i]) {
			continue
		}
		if said := s.letter(letters[i], letters, i); said != "" {
			r, _ := utf8.DecodeLastRuneInString(said)
			return latin(r)
		}
	}
	return true
}

// manding are the letters of Bambara and its neighbours, and the French ones
// that stand for two. ɛ ɔ ɲ ŋ were written è ò ny ng by the official spelling
// of 1967.
func manding(r rune, p Profile, caps bool) (string, bool) {
	open := func(gsm7, ascii string) (string, bool) {
		if p == ASCII {
			return ascii, true
		}
		return gsm7, true
	}
	two := func(small, large string) (string, bool) {
		if caps {
			return large, true
		}
		return small, true
	}
	switch r {
	case 'ɛ', 'ε':
		return open("è", "e")
	case 'ɔ', 'ↄ':
		return open("ò", "o")
	case 'Ɛ':
		return "E", true
	case 'Ɔ':
		return "O", true
	case 'ɲ':
		return "ny", true
	case 'ŋ':
		return "ng", true
	case 'Ɲ':
		return two("Ny", "NY")
	case 'Ŋ':
		return two("Ng", "NG")
	case 'œ':
		return "oe", true
	case 'Œ':
		return two("Oe", "OE")
	case 'æ':
		return "ae", true
	case 'Æ':
		return two("Ae", "AE")
	case 'ß':
		return "ss", true
	case 'ø':
		return "o", true
	case 'Ø':
		return "O", true
	}
	return "", false
}

// capitals says whether a capital stands in a word of capitals.
func capitals(letters []rune, i int) bool {
	if i+1 < len(letters) && unicode.IsLetter(letters[i+1]) {
		return unicode.IsUpper(letters[i+1])
	}
	return i > 0 && unicode.IsUpper(letters[i-1])
}

// signs are typography that GSM-7 lacks and its plain form.
func signs(r rune) (string, bool) {
	switch r {
	case '\u2019', '\u2018', '\u02bc', '\u201a', '`', '\u00b4', '\u2032':
		return "'", true
	case '«', '»', '\u201c', '\u201d', '\u201e', '\u2033':
		return "\"", true
	case '…':
		return "...", true
	case '\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2212':
		return "-", true
	case '\u00a0', '\u202f', '\u2009', '\u200a', '\u2002', '\u2003', '\t':
		return " ", true
	case '\u200b', '\u200c', '\u200d', '\ufeff', '\u00ad':
		return "", true
	case '•', '·':
		return "-", true
	case '×':
		return "x", true
	case '°', 'º':
		return "o", true
	case 'ª':
		return "a", true
	}
	return "", false
}

func latin(r rune) bool { return unicode.Is(unicode.Latin, r) }

// base drops the accents of a Latin letter; any other letter stays.
func base(r rune, p Profile) string {
	if !latin(r) {
		return string(r)
	}
	parts := []rune(norm.NFD.String(string(r)))
	if len(parts) > 1 && parts[0] < utf8.RuneSelf {
		return string(parts[0])
	}
	if len(parts) > 1 { // an accent on ɛ or ɔ
		if to, ok := manding(parts[0], p, false); ok {
			return to
		}
	}
	return string(r)
}
