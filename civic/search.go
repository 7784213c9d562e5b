package civic

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Matches is what a typed name may mean.
type Matches struct {
	Unique Code   // the one commune meant, "" if that is not sure
	Near   []Code // else those it may be, the nearest first; at most 4
}

// maxNear is how many candidates are asked back: what one screen holds.
const maxNear = 4

// maxTyped is how many bytes a typed name may have: far more than any
// commune's, and few enough that comparing costs nothing.
const maxTyped = 80

// Search finds a commune by its name as people spell it, or by its code. A
// name is only Unique when it folds to one commune's name, or is one slip
// away from one and far from every other.
func (t *Territory) Search(typed string, among []Code) Matches {
	typed = strings.TrimSpace(typed)
	if slices.Contains(among, Code(typed)) {
		return Matches{Unique: Code(typed)}
	}
	if len(typed) > maxTyped {
		return Matches{}
	}
	want := Fold(typed)
	if len(want) < 3 {
		return Matches{}
	}
	type candidate struct {
		code     Code
		distance int
	}
	var found []candidate
	for _, code := range among {
		p := t.places[code]
		if best := nearest(want, append([]string{p.Name}, p.Aliases...)); best <= 2 {
			found = append(found, candidate{code, best})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return a.distance - b.distance })
	if len(found) == 1 && found[0].distance <= 1 || len(found) > 1 && found[0].distance == 0 && found[1].distance > 0 {
		return Matches{Unique: found[0].code}
	}
	var m Matches
	for _, c := range found[:min(len(found), maxNear)] {
		m.Near = append(m.Near, c.code)
	}
	return m
}

// nearest is how far a folded name is from the nearest of names: 0 the same, 1
// one slip or the whole of a first word, 2 near, 3 another name.
func nearest(want string, names []string) int {
	best := 3
	for _, name := range names {
		full := Fold(name)
		d := distance(want, full)
		slips := max(1, len(full)/6)
		switch {
		case d == 0:
			best = 0
		case d <= slips:
			best = min(best, 1)
		case d <= slips+1 && len(full) >= 5:
			best = min(best, 2)
		}
		for i, word := range strings.Fields(name) {
			w := Fold(word)
			switch {
			case len(w) < 4:
			case w == want && i == 0:
				best = min(best, 1)
			case w == want, distance(want, w) <= 1 && len(w) >= 5:
				best = min(best, 2)
			}
		}
	}
	return best
}

// Fold writes a name the one way that people's spellings of it share: letters
// only, no accents, French and Bambara habits made one (ou = u = w, gn = ny =
// ni, ck = qu = k, dj = di + vowel = j, no doubled letters, no h). It is for
// comparing, never for showing.
func Fold(name string) string {
	var plain strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(name)) {
		switch r {
		case 'ɛ', 'ε':
			r = 'e'
		case 'ɔ', 'ↄ':
			r = 'o'
		case 'ɲ', 'ñ':
			plain.WriteString("ny")
			continue
		case 'ŋ':
			plain.WriteString("ng")
			continue
		}
		if unicode.IsLetter(r) && r < 128 {
			plain.WriteRune(r)
		}
	}
	folded := soundRules.Replace(plain.String())
	var out strings.Builder
	var last rune
	for _, r := range folded {
		if r != last {
			out.WriteRune(r)
		}
		last = r
	}
	return out.String()
}

// soundRules are the spellings that sound the same (texting rules 4 to 11). It
// is made once: making it costs more than folding a hundred names.
var soundRules = strings.NewReplacer(
	"ou", "u", "oo", "u", "w", "u", "v", "u",
	"dji", "ji", "dj", "j", "dia", "ja", "die", "je", "dio", "jo", "diu", "ju",
	"dya", "ja", "dye", "je", "dyo", "jo", "dyu", "ju",
	"gni", "ni", "gny", "ni", "gn", "ni",
	"ph", "f", "ck", "k", "qu", "k", "q", "k", "kh", "k", "co", "ko", "ca", "ka", "cu", "ku",
	"gue", "ge", "gui", "gi", "sh", "s", "ch", "s", "h", "", "y", "i", "ee", "e", "ai", "e", "ei", "e",
)

// distance is the edit distance with neighbours swapped counted once.
func distance(a, b string) int {
	prev2, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(b)]
}
