package form

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// plainByte tells the bytes that need no second look once unescaped: printable
// ASCII, newline and tab.
func plainByte(c byte) bool {
	return c >= ' ' && c < 0x7f || c == '\n' || c == '\t'
}

// settle makes the text from buf[start:] on harmless, in place where it can:
// read as Windows-1252 if it is not UTF-8, and without control characters.
// Newline and tab stay: opinions have lines.
func settle(buf []byte, start int) []byte {
	if !utf8.Valid(buf[start:]) {
		return fromWindows1252(buf, start)
	}
	kept := start
	for i := start; i < len(buf); {
		r, size := utf8.DecodeRune(buf[i:])
		if !control(r) {
			kept += copy(buf[kept:], buf[i:i+size])
		}
		i += size
	}
	return buf[:kept]
}

// fromWindows1252 reads buf[start:] again, a byte a letter.
func fromWindows1252(buf []byte, start int) []byte {
	raw := string(buf[start:])
	buf = buf[:start]
	for i := range len(raw) {
		r := charmap.Windows1252.DecodeByte(raw[i])
		if r == utf8.RuneError || control(r) {
			continue // five bytes of the table stand for nothing
		}
		buf = utf8.AppendRune(buf, r)
	}
	return buf
}

// control tells the characters that no citizen can mean and that could break
// a log, a table or a screen.
func control(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t'
}
