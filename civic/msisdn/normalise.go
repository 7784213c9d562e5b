package msisdn

import (
	"errors"

	"github.com/nyaruka/phonenumbers"
)

// What a number can be instead of Malian. Neither error holds the number.
var (
	// ErrForeign says that it has the shape of another country's number.
	ErrForeign = errors.New("a phone number of another country: only +223 numbers take part")
	// ErrInvalid says that it is no phone number: letters, too short, too
	// long, or a prefix that Mali has not given out.
	ErrInvalid = errors.New("not a phone number of Mali: write it as +223 and eight digits")
)

const (
	region      = "ML"
	countryCode = 223
	prefix      = "+223"
	nationalLen = 8                         // digits, since 2008
	e164Len     = len(prefix) + nationalLen // bytes
)

// Normalise returns the E.164 form, with `+`, of a Malian number written with
// or without +223, 00223, `tel:`, spaces, dots, dashes and parentheses, in any
// script's decimal digits. Its errors are ErrForeign and ErrInvalid.
//
// A mobile phone's number is judged here (no memory at all for the usual
// "+223XXXXXXXX"); everything else is left to libphonenumber, which knows the
// fixed lines and the other countries, and takes a thousand times longer.
func Normalise(raw string) (string, error) {
	if mobile(raw) {
		return raw, nil
	}
	var room [maxDigits + 1]byte
	digits, ok := clean(room[:0], raw)
	if !ok {
		return "", ErrInvalid
	}
	if number := prefix + string(national(digits)); mobile(number) {
		return number, nil
	}
	return judge(string(digits))
}

// national cuts the ways of writing +223 off a number of eight digits.
func national(digits []byte) []byte {
	for _, way := range []string{"", "223", "+223", "00223"} {
		if len(digits) == len(way)+nationalLen && string(digits[:len(way)]) == way {
			return digits[len(way):]
		}
	}
	return nil
}

// mobile says that s is the E.164 form of a mobile number of Mali. Prefixes:
// libphonenumber's metadata for Mali; a test compares every one of them.
func mobile(s string) bool {
	if len(s) != e164Len || s[:len(prefix)] != prefix {
		return false
	}
	for i := len(prefix); i < e164Len; i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	switch second := s[5]; s[4] {
	case '6', '7', '9':
		return true
	case '5':
		return second <= '3'
	case '8':
		return '2' <= second && second <= '5' || second == '9'
	}
	return false
}

// judge asks libphonenumber about ASCII digits with or without a leading `+`.
func judge(digits string) (string, error) {
	n, err := phonenumbers.Parse(digits, region)
	if err != nil {
		return "", ErrInvalid
	}
	switch {
	case n.GetCountryCode() != countryCode:
		if phonenumbers.IsPossibleNumber(n) {
			return "", ErrForeign
		}
		return "", ErrInvalid
	case phonenumbers.IsValidNumber(n):
		return phonenumbers.Format(n, phonenumbers.E164), nil
	case foreignWithoutPlus(digits):
		return "", ErrForeign
	}
	return "", ErrInvalid
}

// foreignWithoutPlus says that digits are another country's number as the
// gateways that leave the `+` out send it (Hubtel, Nalo, Arkesel, MTN). As
// nothing marks them as international, the number must be a given-out one.
func foreignWithoutPlus(digits string) bool {
	if digits[0] == '+' || digits[0] == '0' {
		return false
	}
	n, err := phonenumbers.Parse("+"+digits, region)
	return err == nil && n.GetCountryCode() != countryCode && phonenumbers.IsValidNumber(n)
}
