package msisdn

// The operators whose names a prefix gives. A number keeps its prefix if it
// ever moves to another network, so this is a label, not the truth.
const (
	Orange  = "orange"
	Moov    = "moov"    // Sotelma: Moov Africa Malitel
	Telecel = "telecel" // Atel
)

// Operator is the operator to whom a number's prefix was given, "" for fixed
// lines and whatever is no Malian mobile number in E.164. Prefixes:
// libphonenumber's carrier data for Mali (Orange 70 to 79, 82 to 85, 90 to 94;
// Sotelma 60 to 69, 89, 95 to 99; Atel 50 to 53).
func Operator(e164 string) string {
	if !mobile(e164) {
		return ""
	}
	switch first, second := e164[4], e164[5]; first {
	case '7':
		return Orange
	case '6':
		return Moov
	case '5':
		return Telecel
	case '8':
		if second == '9' {
			return Moov
		}
		return Orange
	default: // '9'
		if second >= '5' {
			return Moov
		}
		return Orange
	}
}
