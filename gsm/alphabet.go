package gsm

import "unicode/utf8"

// Alphabet is how a network writes a text.
type Alphabet uint8

// The alphabets.
const (
	Default7     Alphabet = iota // GSM 03.38 default alphabet, 7 bits, with its extension table
	UCS2Alphabet                 // 16-bit units, for every other letter
)

// String names the alphabet as people do.
func (a Alphabet) String() string {
	if a == UCS2Alphabet {
		return "UCS-2"
	}
	return "GSM-7"
}

// defaultTable is the GSM 03.38 default alphabet, section 6.2.1, in order of
// code. 0x09 is drawn as capital C with cedilla, as 3GPP does. 0x1B is the
// escape to the extension table.
const defaultTable = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
	"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"

// escape precedes a code of the extension table: two septets a letter.
const escape = 0x1b

// extension is the GSM 03.38 extension table, section 6.2.1.1. (Form feed,
// 0x0A, is not something a person types.)
func extension(r rune) byte {
	switch r {
	case '^':
		return 0x14
	case '{':
		return 0x28
	case '}':
		return 0x29
	case '\\':
		return 0x2f
	case '[':
		return 0x3c
	case '~':
		return 0x3d
	case ']':
		return 0x3e
	case '|':
		return 0x40
	case '€':
		return 0x65
	case '\f':
		return 0x0a
	}
	return 0
}

// code gives the septet of a letter of the default table.
func code(r rune) (byte, bool) {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '%' && r <= '?', r >= ' ' && r <= '#':
		return byte(r), true
	case r == '\n' || r == '\r':
		return byte(r), true
	case r == '@':
		return 0, true
	case r == '$':
		return 2, true
	case r == '_':
		return 0x11, true
	case r < utf8.RuneSelf:
		return 0, false
	}
	return wideCode(r)
}

func wideCode(r rune) (byte, bool) {
	n := byte(0)
	for _, letter := range defaultTable {
		if letter == r {
			return n, true
		}
		n++
	}
	return 0, false
}

// septets is how many septets a letter takes; 0 when it is not in GSM-7.
func septets(r rune) int {
	if r < utf8.RuneSelf {
		return int(asciiSeptets[r])
	}
	switch r {
	case 'è', 'é', 'ò', 'à', 'ù', 'ì': // what French and the 1967 letters are made of
		return 1
	case '€':
		return 2
	}
	if _, ok := wideCode(r); ok {
		return 1
	}
	return 0
}

// asciiSeptets is septets of the first 128 letters.
var asciiSeptets = makeASCII()

func makeASCII() [utf8.RuneSelf]uint8 {
	var t [utf8.RuneSelf]uint8
	for r := range rune(utf8.RuneSelf) {
		if _, ok := code(r); ok {
			t[r] = 1
		} else if extension(r) != 0 {
			t[r] = 2
		}
	}
	return t
}

// units16 is how many UCS-2 units a letter takes.
func units16(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}

// Measure gives the alphabet that a text takes and its length: septets
// (letters of the extension table take two), or 16-bit units.
func Measure(text string) (a Alphabet, units int) {
	seven, sixteen, all := 0, 0, true
	for _, r := range text {
		n := septets(r)
		all = all && n > 0
		seven += n
		sixteen += units16(r)
	}
	if all {
		return Default7, seven
	}
	return UCS2Alphabet, sixteen
}

// AlphabetOf is the alphabet a text takes.
func AlphabetOf(text string) Alphabet {
	a, _ := Measure(text)
	return a
}
