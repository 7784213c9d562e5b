package msisdn

import "strings"

// Mask shows of a number in E.164 only its ends: "+223 76 •• •• 01". It is for
// knowing a number again that one knows already; a hundred thousand look so.
func Mask(e164 string) string {
	digits := strings.TrimPrefix(e164, "+223")
	if len(digits) != 8 || digits == e164 {
		return ""
	}
	return "+223 " + digits[:2] + " •• •• " + digits[6:]
}
