package form

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth bounds the nesting of the JSON values that are passed over.
const maxDepth = 32

// scanner reads JSON (RFC 8259) and appends what strings and scalars say to
// out. Its methods say whether the input was as they expect.
type scanner struct {
	in, out []byte
	at      int
}

// mark passes over a byte order mark, which some .NET gateways send.
func (s *scanner) mark() {
	if bytes.HasPrefix(s.in, []byte("\xef\xbb\xbf")) {
		s.at = 3
	}
}

// peek returns the next byte that is not white space, or 0 at the end.
func (s *scanner) peek() byte {
	for ; s.at < len(s.in); s.at++ {
		switch c := s.in[s.at]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

// take passes over c if it comes next.
func (s *scanner) take(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.at++
	return true
}

// nested says that an object or an array comes next.
func (s *scanner) nested() bool {
	c := s.peek()
	return c == '{' || c == '['
}

// value reads any value, depth levels down.
func (s *scanner) value(depth int) bool {
	switch s.peek() {
	case '"':
		return s.str()
	case '{':
		return s.group('}', true, depth)
	case '[':
		return s.group(']', false, depth)
	case 't':
		return s.word("true", "true")
	case 'f':
		return s.word("false", "false")
	case 'n':
		return s.word("null", "")
	}
	return s.number()
}

// group reads an object (keyed) or an array up to its closing byte.
func (s *scanner) group(closing byte, keyed bool, depth int) bool {
	if depth == maxDepth {
		return false
	}
	s.at++
	for first := true; !s.take(closing); first = false {
		if !first && !s.take(',') {
			return false
		}
		if keyed && (!s.str() || !s.take(':')) {
			return false
		}
		if !s.value(depth + 1) {
			return false
		}
	}
	return true
}

// word reads a literal name and appends what it says.
func (s *scanner) word(name, says string) bool {
	if !bytes.HasPrefix(s.in[s.at:], []byte(name)) {
		return false
	}
	s.at += len(name)
	s.out = append(s.out, says...)
	return true
}

// number reads a number and appends it as it is written.
func (s *scanner) number() bool {
	start := s.at
	s.accept('-')
	if !s.accept('0') && !s.digits() {
		return false
	}
	if s.accept('.') && !s.digits() {
		return false
	}
	if s.accept('e') || s.accept('E') {
		if !s.accept('-') {
			s.accept('+')
		}
		if !s.digits() {
			return false
		}
	}
	s.out = append(s.out, s.in[start:s.at]...)
	return true
}

// accept passes over c if it is the very next byte.
func (s *scanner) accept(c byte) bool {
	if s.at == len(s.in) || s.in[s.at] != c {
		return false
	}
	s.at++
	return true
}

// digits passes over one decimal digit or more.
func (s *scanner) digits() bool {
	start := s.at
	for s.at < len(s.in) && '0' <= s.in[s.at] && s.in[s.at] <= '9' {
		s.at++
	}
	return s.at > start
}

// str reads a string and appends its text, made harmless as in a form.
func (s *scanner) str() bool {
	if !s.take('"') {
		return false
	}
	start, plain := len(s.out), true
	for ; s.at < len(s.in); s.at++ {
		c := s.in[s.at]
		switch {
		case c == '"':
			s.at++
			if !plain {
				s.out = settle(s.out, start)
			}
			return true
		case c == '\\':
			s.at++
			if !s.escape() {
				return false
			}
			plain = false
		default:
			plain = plain && plainByte(c)
			s.out = append(s.out, c)
		}
	}
	return false
}

// escape reads what follows a backslash, and stops on its last byte.
func (s *scanner) escape() bool {
	if s.at == len(s.in) {
		return false
	}
	switch c := s.in[s.at]; c {
	case '"', '\\', '/':
		s.out = append(s.out, c)
	case 'n':
		s.out = append(s.out, '\n')
	case 't':
		s.out = append(s.out, '\t')
	case 'b', 'f', 'r': // control characters: left out
	case 'u':
		return s.unicode()
	default:
		return false
	}
	return true
}

// unicode reads the four digits of \u, and a second \u when the first is half
// of a pair. Half a pair alone stands for nothing: U+FFFD.
func (s *scanner) unicode() bool {
	r, ok := s.hex4(s.at + 1)
	if !ok {
		return false
	}
	s.at += 4
	if utf16.IsSurrogate(r) {
		low, paired := s.hex4(s.at + 3)
		paired = paired && s.in[s.at+1] == '\\' && s.in[s.at+2] == 'u'
		if r = utf16.DecodeRune(r, low); paired && r != utf8.RuneError {
			s.at += 6
		} else {
			r = utf8.RuneError
		}
	}
	s.out = utf8.AppendRune(s.out, r)
	return true
}

// hex4 reads four hexadecimal digits at i.
func (s *scanner) hex4(i int) (r rune, ok bool) {
	if i+4 > len(s.in) {
		return 0, false
	}
	for _, c := range s.in[i : i+4] {
		d := hex(c)
		if d > 15 {
			return 0, false
		}
		r = r<<4 | rune(d)
	}
	return r, true
}
