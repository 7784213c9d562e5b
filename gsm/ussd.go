package gsm

import (
	"errors"
	"strings"
)

// A USSD string holds 160 octets: 182 septets packed, or 80 UCS-2 units (GSM
// 04.80 annex A, 3GPP TS 23.038 section 6.1.2.3).
const (
	ussdOctets  = 160
	ussdSeptets = 182
	ussdUCS2    = 80
)

// ErrNotGSM7: the text has a letter that GSM-7 lacks.
var ErrNotGSM7 = errors.New("a letter of the text is not in GSM-7")

// USSD measures a text as one USSD string.
func USSD(text string) (a Alphabet, units, octets int, fits bool) {
	a, units = Measure(text)
	if a == UCS2Alphabet {
		return a, units, units * 2, units <= ussdUCS2
	}
	octets = (units*7 + 7) / 8
	return a, units, octets, units <= ussdSeptets
}

// codes are the septets of a text.
func codes(text string) ([]byte, error) {
	out := make([]byte, 0, len(text))
	for _, r := range text {
		if c, ok := code(r); ok {
			out = append(out, c)
		} else if e := extension(r); e != 0 {
			out = append(out, escape, e)
		} else {
			return nil, ErrNotGSM7
		}
	}
	return out, nil
}

// PackUSSD packs a text into octets. Where seven bits are left over they are
// a carriage return, and a text that ends on a boundary with a carriage
// return gets one more (3GPP TS 23.038 section 6.1.2.3.1).
func PackUSSD(text string) ([]byte, error) {
	s, err := codes(text)
	if err != nil {
		return nil, err
	}
	switch {
	case len(s)%8 == 7:
		s = append(s, '\r')
	case len(s) > 0 && len(s)%8 == 0 && s[len(s)-1] == '\r':
		s = append(s, '\r')
	}
	out := make([]byte, (len(s)*7+7)/8)
	for i, c := range s {
		bit := i * 7
		out[bit/8] |= c << (bit % 8)
		if bit%8 > 1 {
			out[bit/8+1] |= c >> (8 - bit%8)
		}
	}
	return out, nil
}

// UnpackUSSD reads packed octets; padding at the end is taken off. Codes that
// stand for nothing are read as spaces (3GPP TS 23.038 section 6.2.1.1).
func UnpackUSSD(b []byte) string {
	n := len(b) * 8 / 7
	s := make([]byte, n)
	for i := range s {
		bit := i * 7
		v := uint16(b[bit/8]) >> (bit % 8)
		if bit/8+1 < len(b) {
			v |= uint16(b[bit/8+1]) << (8 - bit%8)
		}
		s[i] = byte(v) & 0x7f
	}
	if n > 0 && n%8 == 0 && s[n-1] == '\r' {
		s = s[:n-1]
	} else if n > 1 && n%8 == 1 && s[n-1] == '\r' && s[n-2] == '\r' {
		s = s[:n-1]
	}
	table := []rune(defaultTable)
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != escape {
			out.WriteRune(table[s[i]])
			continue
		}
		i++
		if i == len(s) {
			break
		}
		out.WriteRune(extended(s[i]))
	}
	return out.String()
}

func extended(c byte) rune {
	for _, r := range "^{}\\[~]|€\f" {
		if extension(r) == c {
			return r
		}
	}
	return ' '
}
