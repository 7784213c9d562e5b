package form

// ParseJSON appends the fields of a JSON object to dst: strings unescaped,
// numbers and booleans as they are written, null as an empty value. Nested
// objects and arrays are passed over, as no callback's field is one. It
// returns the errors of Parse, and ErrSyntax.
//
// It is as tolerant as Parse of what a string holds (raw control characters,
// bytes that are not UTF-8), and strict about the rest (RFC 8259).
func ParseJSON(dst Fields, body []byte) (Fields, error) {
	if len(body) > MaxBytes {
		return dst, ErrTooLarge
	}
	var spans [MaxFields]span
	s := scanner{in: body, out: make([]byte, 0, len(body))}
	n, err := s.object(&spans)
	if err != nil {
		return dst, err
	}
	return cut(dst, string(s.out), spans[:n])
}

// object reads the whole input as one object and returns how many fields of
// it are in spans.
func (s *scanner) object(spans *[MaxFields]span) (n int, err error) {
	s.mark()
	if !s.take('{') {
		return 0, ErrSyntax
	}
	for first := true; !s.take('}'); first = false {
		if !first && !s.take(',') {
			return 0, ErrSyntax
		}
		start := len(s.out)
		if !s.str() || !s.take(':') {
			return 0, ErrSyntax
		}
		mid, nested := len(s.out), s.nested()
		switch {
		case !s.value(0):
			return 0, ErrSyntax
		case nested:
			s.out = s.out[:start]
		case n == MaxFields:
			return 0, ErrTooMany
		default:
			spans[n] = span{mid, len(s.out)}
			n++
		}
	}
	if s.peek() != 0 || s.at < len(s.in) {
		return 0, ErrSyntax
	}
	return n, nil
}
