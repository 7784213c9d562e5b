package gsm

// Sizes of an SMS, alone and as one part of several (GSM 03.40: a part gives
// up 6 octets to its header).
const (
	oneSMS7, partSMS7   = 160, 153
	oneSMS16, partSMS16 = 70, 67
)

// Parts is a text as the SMS that carry it.
type Parts struct {
	Alphabet Alphabet
	Units    int // septets or 16-bit units of the whole text
	Segments int
	Texts    []string
}

// Count gives the alphabet, length and number of SMS of a text. An escape
// pair or a surrogate pair is never split between two.
func Count(text string) (a Alphabet, units, segments int) {
	a, units = Measure(text)
	cut(text, a, units, func(string) { segments++ })
	return a, units, segments
}

// Segment cuts a text into the SMS that carry it.
func Segment(text string) Parts {
	a, units := Measure(text)
	p := Parts{Alphabet: a, Units: units}
	cut(text, a, units, func(part string) { p.Texts = append(p.Texts, part) })
	p.Segments = len(p.Texts)
	return p
}

func cut(text string, a Alphabet, units int, part func(string)) {
	one, some, width := oneSMS7, partSMS7, septets
	if a == UCS2Alphabet {
		one, some, width = oneSMS16, partSMS16, units16
	}
	if text == "" {
		return
	}
	if units <= one {
		part(text)
		return
	}
	start, used := 0, 0
	for i, r := range text {
		w := width(r)
		if used+w > some {
			part(text[start:i])
			start, used = i, 0
		}
		used += w
	}
	part(text[start:])
}
