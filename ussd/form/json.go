package form

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth bounds the nesting of what ParseJSON passes over.
const maxDepth = 32

// ParseJSON appends the fields of a JSON object to dst: strings unescaped,
// numbers and booleans as they are written, null as an empty value. Nested
// objects and arrays are passed over, as no callback field has one. It returns
// the errors of Parse, and ErrSyntax.
//
// It is as tolerant as Parse of what a string holds (raw control characters,
// bytes that are not UTF-8), and strict about the rest (RFC 8259).
func ParseJSON(dst Fields, body []byte) (Fields, error) {
	if len(body) > MaxBytes {
		return dst, ErrTooLarge
	}
	s := scanner{in: bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))}
	var (
		spans [MaxFields]span
		n     int
	)
	if !s.open('{', '}') {
		return dst, s.end(ErrSyntax)
	}
	for more := !s.closed; more; more = s.more('}') {
		start := len(s.out)
		if !s.str() || !s.punct(':') {
			return dst, ErrSyntax
		}
		mid, nested := len(s.out), s.nested()
		if !s.value(0) {
			return dst, ErrSyntax
		}
		if nested {
			s.out = s.out[:start]
			continue
		}
		if n == MaxFields {
			return dst, ErrTooMany
		}
		spans[n] = span{mid, len(s.out)}
		n++
	}
	if err := s.end(nil); err != nil {
		return dst, err
	}
	return cut(dst, string(s.out), spans[:n])
}
