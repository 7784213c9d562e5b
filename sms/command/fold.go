package command

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold writes a text the one way that people's spellings of it share, word by
// word: no accents, no case, French habits in Bambara made one (ou = u, tchè =
// cɛ, dj = j, gn = ɲ, v = w), no doubled letters, no plural. It is for
// comparing, never for showing. The rules and their order are those of the
// LANGUAGE facts, section 6; folding twice changes nothing that matters to a
// comparison, since keywords are folded the same way.
func Fold(text string) string {
	words := strings.Fields(plain(text))
	folded := words[:0]
	for _, w := range words {
		if w = foldWord(w); w != "" {
			folded = append(folded, w)
		}
	}
	return strings.Join(folded, " ")
}

// plain is rules 1 to 3: small Latin letters without accents, digits, spaces.
func plain(text string) string {
	if s, ok := plainASCII(text); ok {
		return s
	}
	var b strings.Builder
	b.Grow(len(text))
	for _, r := range norm.NFKD.String(strings.ToLower(text)) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == 'ɛ', r == 'ε':
			b.WriteByte('e')
		case r == 'ɔ', r == 'ↄ':
			b.WriteByte('o')
		case r == 'ɲ':
			b.WriteString("ny")
		case r == 'ŋ':
			b.WriteString("ng")
		case r == 'œ':
			b.WriteString("oe")
		case r == '\u0327': // NFKD parts ç into c and a cedilla: ç sounds like s
			out := b.String()
			if strings.HasSuffix(out, "c") {
				b.Reset()
				b.WriteString(out[:len(out)-1] + "s")
			}
		case r == '\u0303': // and ñ into n and a tilde, which Soninke writes for ɲ
			if strings.HasSuffix(b.String(), "n") {
				b.WriteByte('y')
			}
		case r == '\'', r == '’', r == '‘', r == 'ʼ', unicode.Is(unicode.Mn, r):
			// an elision joins; other accents go
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// plainASCII is plain for a text of ASCII alone, which most are: no accents to
// part from their letters.
func plainASCII(text string) (string, bool) {
	out := make([]byte, 0, len(text))
	for i := range len(text) {
		switch c := text[i]; {
		case c >= 0x80:
			return "", false
		case c >= 'A' && c <= 'Z':
			out = append(out, c+'a'-'A')
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			out = append(out, c)
		case c == '\'':
		default:
			out = append(out, ' ')
		}
	}
	return string(out), true
}

// foldWord is rules 4 to 12, on one plain word.
func foldWord(w string) string {
	w = replacements.Replace(w)                        // 4
	w = softened(w, 'c', "tch", "", "thi", "ti", "ty") // 5
	w = softened(w, 'j', "dj", "dy", "di")             // 6
	w = softened(w, 's', "sh", "ch", "sy")             // 7
	w = nasal(w)                                       // 8
	w = rounded(w)                                     // 9
	w = opened(w)                                      // 10
	w = single(strings.ReplaceAll(w, "h", ""))         // 11
	return trimmed(w)                                  // 12
}

// replacements is rule 4. It is made once: making it costs more than a text.
var replacements = strings.NewReplacer("v", "w", "ph", "f", "ck", "k", "qu", "k", "q", "k")

func vowel(w string, i int) bool { return i < len(w) && strings.IndexByte("aeiou", w[i]) >= 0 }

func consonant(b byte) bool { return b >= 'a' && b <= 'z' && strings.IndexByte("aeiou", b) < 0 }

// soft are the letters that every spelling of a soft sound begins with.
const soft = "tdsc"

// softened writes the spellings of one soft sound as one letter: two of them
// anywhere, the others (a list) only before a vowel.
func softened(w string, to byte, one, two string, before ...string) string {
	if !strings.ContainsAny(w, soft) {
		return w
	}
	var out []byte
	for i := 0; i < len(w); {
		n := 0
		switch {
		case one != "" && strings.HasPrefix(w[i:], one):
			n = len(one)
		case two != "" && strings.HasPrefix(w[i:], two):
			n = len(two)
		default:
			for _, spelling := range before {
				if strings.HasPrefix(w[i:], spelling) && vowel(w, i+len(spelling)) {
					n = len(spelling)
					break
				}
			}
		}
		if n == 0 {
			out, i = append(out, w[i]), i+1
			continue
		}
		out, i = append(out, to), i+n
	}
	return string(out)
}

// nasal is rule 8: gn, ngn and ni before a vowel are ny; gu before e, i, y is
// g.
func nasal(w string) string {
	w = strings.ReplaceAll(strings.ReplaceAll(w, "ngn", "ny"), "gn", "ny")
	var out []byte
	for i := 0; i < len(w); i++ {
		switch {
		case strings.HasPrefix(w[i:], "ni") && vowel(w, i+2):
			out = append(out, 'n', 'y')
			i++
		case strings.HasPrefix(w[i:], "gu") && i+2 < len(w) && strings.IndexByte("eiy", w[i+2]) >= 0:
			out = append(out, 'g')
			i++
		default:
			out = append(out, w[i])
		}
	}
	return string(out)
}

// rounded is rule 9: ou is u, and w before a vowel.
func rounded(w string) string {
	w = strings.ReplaceAll(w, "ouou", "u")
	var out []byte
	for i := 0; i < len(w); i++ {
		if !strings.HasPrefix(w[i:], "ou") {
			out = append(out, w[i])
			continue
		}
		if i++; vowel(w, i+1) {
			out = append(out, 'w')
		} else {
			out = append(out, 'u')
		}
	}
	return string(out)
}

// opened is rule 10: ai and ei before a consonant or the end are e.
func opened(w string) string {
	var out []byte
	for i := 0; i < len(w); i++ {
		if two := w[i:min(i+2, len(w))]; (two == "ai" || two == "ei") && !vowel(w, i+2) {
			out = append(out, 'e')
			i++
			continue
		}
		out = append(out, w[i])
	}
	return string(out)
}

// single writes doubled letters once. Digits stay: 11 is not 1.
func single(w string) string {
	out := make([]byte, 0, len(w))
	for i := range len(w) {
		if i > 0 && w[i] == w[i-1] && w[i] > '9' {
			continue
		}
		out = append(out, w[i])
	}
	return string(out)
}

// trimmed is rule 12: a nasal before the word, the plural and a nasal after it
// are not heard by everybody.
func trimmed(w string) string {
	if len(w) > 1 && w[0] == 'n' && consonant(w[1]) && w[1] != 'y' {
		w = w[1:]
	}
	if n := len(w); n > 4 && (w[n-1] == 'w' || w[n-1] == 'u' && vowel(w, n-2)) {
		w = w[:n-1]
	}
	if n := len(w); n > 3 && w[n-1] == 'n' {
		w = w[:n-1]
	}
	return w
}
