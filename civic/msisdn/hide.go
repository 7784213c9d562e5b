package msisdn

import "unicode"

// Citizens write numbers into their texts, providers into their reasons: their
// own, a neighbour's. In a text a number is eight digits or more, as a Malian
// one has, with anything between them but letters, ends of lines and the comma
// and space of a list ("en 2026, 1 250 000 FCFA"). That hides amounts from ten
// millions and pairs of years too: rather those than a neighbour.

// numberDigits is how many digits a number has at least.
const numberDigits = 8

// Within says whether a text holds what may be a number.
func Within(text string) bool {
	from, _ := find([]rune(text), 0)
	return from >= 0
}

// Hide is a text with a dot for each digit of what may be a number.
func Hide(text string) string {
	runes := []rune(text)
	from, to := find(runes, 0)
	if from < 0 {
		return text // with every byte as it was
	}
	for ; from >= 0; from, to = find(runes, to) {
		for i := from; i < to; i++ {
			if unicode.IsDigit(runes[i]) {
				runes[i] = '•'
			}
		}
	}
	return string(runes)
}

// find is the next run of digits that may be a number, from its first digit to
// past its last; -1 when there is none.
func find(runes []rune, after int) (from, to int) {
	digits := 0
	for i := after; i <= len(runes); i++ {
		switch {
		case i < len(runes) && unicode.IsDigit(runes[i]):
			if digits == 0 {
				from = i
			}
			digits, to = digits+1, i+1
		case i == len(runes) || unicode.IsLetter(runes[i]) || runes[i] == '\n' || listed(runes[i:]):
			if digits >= numberDigits {
				return from, to
			}
			digits = 0
		}
	}
	return -1, 0
}

func listed(rest []rune) bool {
	return len(rest) > 1 && (rest[0] == ',' || rest[0] == ';') && rest[1] == ' '
}
