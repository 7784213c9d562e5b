package form

// span is where a field lies in the decoded bytes: key up to mid, value up to
// end. A span starts where the one before it ends.
type span struct{ mid, end int }

// stack is the decoded size that needs no memory of its own.
const stack = 1 << 10

// Parse appends the fields of a form body to dst. It returns ErrTooLarge,
// ErrTooMany or ErrRepeated; nothing a citizen can type is an error.
func Parse(dst Fields, body []byte) (Fields, error) {
	if len(body) > MaxBytes {
		return dst, ErrTooLarge
	}
	var (
		room  [stack]byte
		spans [MaxFields]span
	)
	buf, n := room[:0], 0
	if len(body) > stack {
		buf = make([]byte, 0, len(body))
	}
	for i := 0; i < len(body); i++ {
		if body[i] == '&' {
			continue // an empty pair is no field
		}
		if n == MaxFields {
			return dst, ErrTooMany
		}
		buf, i = unescape(buf, body, i, true)
		mid := len(buf)
		if i < len(body) && body[i] == '=' {
			buf, i = unescape(buf, body, i+1, false)
		}
		spans[n] = span{mid, len(buf)}
		n++
	}
	return cut(dst, string(buf), spans[:n])
}

// cut appends the fields that the spans mark in text.
func cut(dst Fields, text string, spans []span) (Fields, error) {
	start := 0
	for _, s := range spans {
		var err error
		if dst, err = dst.add(text[start:s.mid], text[s.mid:s.end]); err != nil {
			return dst, err
		}
		start = s.end
	}
	return dst, nil
}

// unescape appends one key or value of body, from i up to its end, and returns
// where it ended. A key also ends at `=`.
func unescape(buf, body []byte, i int, key bool) ([]byte, int) {
	start, run, plain := len(buf), i, true
	for ; i < len(body); i++ {
		c := body[i]
		if c > '=' && c < 0x7f || '(' <= c && c <= '9' && c != '+' {
			continue // nothing to do for most bytes
		}
		switch {
		case c == '&', c == '=' && key:
			return finish(append(buf, body[run:i]...), start, plain), i
		case c == '+':
			buf, run = append(append(buf, body[run:i]...), ' '), i+1
		case c == '%' && i+2 < len(body) && hex(body[i+1])|hex(body[i+2]) < 16:
			c = hex(body[i+1])<<4 | hex(body[i+2])
			buf, run = append(append(buf, body[run:i]...), c), i+3
			plain = plain && plainByte(c)
			i += 2
		default:
			plain = plain && plainByte(c)
		}
	}
	return finish(append(buf, body[run:]...), start, plain), i
}

// finish settles buf[start:] if a byte of it needs a second look.
func finish(buf []byte, start int, plain bool) []byte {
	if plain {
		return buf
	}
	return settle(buf, start)
}

// hex is the value of a hexadecimal digit, or 16 for any other byte.
func hex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 16
}
