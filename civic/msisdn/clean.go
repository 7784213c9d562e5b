package msisdn

import (
	"strings"
	"unicode"
)

// maxDigits bounds a number: E.164 has 15 digits, and 00 or 011 may precede.
const maxDigits = 18

// scheme is the prefix of the OMA and Orange addresses (RFC 3966).
const scheme = "tel:"

// clean appends to dst the digits of a written number in ASCII, after `+` if
// it has one. It reports false for anything but digits, one leading `+`, white
// space and . - ( ): libphonenumber would turn letters into digits
// (+254711XXXYYY into +254711999999), and so make up a citizen.
func clean(dst []byte, raw string) ([]byte, bool) {
	raw = strings.TrimSpace(raw)
	if len(raw) >= len(scheme) && strings.EqualFold(raw[:len(scheme)], scheme) {
		raw = raw[len(scheme):]
	}
	for _, r := range raw {
		switch {
		case '0' <= r && r <= '9':
			dst = append(dst, byte(r))
		case r == '+' && len(dst) == 0:
			dst = append(dst, '+')
		case r == '.' || r == '-' || r == '(' || r == ')' || unicode.IsSpace(r):
		default:
			d, ok := decimal(r)
			if !ok {
				return nil, false
			}
			dst = append(dst, '0'+d)
		}
		if len(dst) > maxDigits {
			return nil, false
		}
	}
	return dst, len(dst) > 0 && dst[len(dst)-1] != '+'
}

// decimal is the value of a decimal digit of any script (Arabic-Indic, N'Ko).
// Unicode gives each script its ten digits in order, zero first, and never
// parts them (category Nd), so a range of them counts from its first digit.
func decimal(r rune) (d byte, ok bool) {
	for _, digits := range unicode.Nd.R16 {
		if rune(digits.Lo) <= r && r <= rune(digits.Hi) {
			return byte((r - rune(digits.Lo)) % 10), true
		}
	}
	for _, digits := range unicode.Nd.R32 {
		if rune(digits.Lo) <= r && r <= rune(digits.Hi) {
			return byte((r - rune(digits.Lo)) % 10), true
		}
	}
	return 0, false
}
