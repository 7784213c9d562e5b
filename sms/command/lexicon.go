package command

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/jamakan/jamakan/locales"
)

// Lexicon is what the words of every language mean, folded. It never changes.
type Lexicon struct {
	phrases map[string]entry  // by folded words, joined with spaces
	longest int               // words in the longest phrase
	exact   map[string]string // small letters as written -> the one language that writes so
	sorted  []string          // the phrases of one word, in order
	numbers map[string]int
	polite  map[string]bool
	filler  map[string]bool
	and     map[string]bool
	or      map[string]bool
	guesser *guesser
}

// entry is a command and the languages that say it with these words.
type entry struct {
	kind  Kind
	langs []string
	speak string // for BM, FR: the language asked for
	free  bool   // a sentence may follow without a colon
}

// firstWords is how many keywords of a group may be followed by a sentence: the
// other words for an opinion begin too many sentences of their own.
const firstWords = 2

// kinds are the groups of keywords in a language's file.
func kinds() map[string]Kind {
	return map[string]Kind{
		"VOTE": Vote, "AVIS": Opinion, "RESULTAT": Results, "TRAVAUX": Works, "AIDE": Help, "STOP": Stop, "START": Start,
		"LANGUE": Language, "CODE": Code, "COMMUNE": Commune, "OUI": Yes, "NON": No, "EFFACER": Erase, "RUMEUR": Rumour,
		"BACK": Back, "GREETING": Greeting,
	}
}

// NewLexicon reads the keywords of the languages. A language is asked for by
// its keyword group, which is its tag in capitals, or by its name.
func NewLexicon(all []*locales.Locale) *Lexicon {
	x := &Lexicon{
		phrases: map[string]entry{}, exact: map[string]string{}, numbers: map[string]int{},
		polite: map[string]bool{}, filler: map[string]bool{}, and: map[string]bool{}, or: map[string]bool{}, guesser: newGuesser(all),
	}
	for _, l := range all {
		for _, other := range all {
			if l.Keywords()[strings.ToUpper(other.Tag)] != nil {
				x.tongue(l, other.Tag)
			}
		}
		x.add(l.Name, Language, "", l.Tag)
		x.add(l.Tag, Language, "", l.Tag)
		words := l.Keywords()
		for _, group := range slices.Sorted(maps.Keys(words)) {
			x.group(l.Tag, group, words[group])
		}
	}
	for _, phrase := range slices.Sorted(maps.Keys(x.phrases)) {
		if !strings.Contains(phrase, " ") {
			x.sorted = append(x.sorted, phrase)
		}
	}
	return x
}

// tongue adds how a language calls another one.
func (x *Lexicon) tongue(l *locales.Locale, other string) {
	for _, name := range l.Keywords()[strings.ToUpper(other)] {
		x.add(name, Language, "", other)
	}
}

func (x *Lexicon) group(lang, group string, words []string) {
	if kind, ok := kinds()[group]; ok {
		for i, w := range words {
			x.add(w, kind, lang, "")
			e := x.phrases[Fold(w)]
			e.free = e.free || i < firstWords
			x.phrases[Fold(w)] = e
		}
		return
	}
	for _, w := range words {
		folded := Fold(w)
		switch group {
		case "POLITE":
			x.polite[folded] = true
			x.longest = max(x.longest, strings.Count(folded, " ")+1)
		case "FILLER":
			x.filler[strings.Join(strings.Fields(plain(w)), "")] = true // as written: "j'ai" must not read as "je"
		case "AND":
			x.and[folded] = true
		case "OR":
			x.or[folded] = true
		case "1", "2", "3", "4", "5", "6", "7", "8", "9":
			x.numbers[folded] = int(group[0] - '0')
		}
	}
}

// add adds a keyword. Two languages may share one: vote and wote fold alike.
func (x *Lexicon) add(word string, kind Kind, lang, speak string) {
	folded := Fold(word)
	if folded == "" {
		return
	}
	e, known := x.phrases[folded]
	if !known {
		e = entry{kind: kind, speak: speak}
	}
	if lang != "" && !slices.Contains(e.langs, lang) {
		e.langs = append(e.langs, lang)
	}
	x.phrases[folded] = e
	x.longest = max(x.longest, strings.Count(folded, " ")+1)
	if lang == "" {
		return
	}
	written := strings.ToLower(word)
	if was, ok := x.exact[written]; ok && was != lang {
		lang = ""
	}
	x.exact[written] = lang
}

// keyword finds the command that the first words say: the longest phrase, or
// one word in two halves (hakili na), or one slip in a long word. n is how
// many words it took, 0 for none; near is more than one command that the word
// may have meant.
func (x *Lexicon) keyword(words []word) (e entry, n int, near []Kind) {
	for n := min(x.longest, len(words)); n > 1; n-- {
		if e, ok := x.phrases[joined(words[:n], " ")]; ok {
			return e, n, nil
		}
	}
	if len(words) > 1 && len(words[0].folded) >= 3 && len(words[1].folded) >= 2 {
		if e, ok := x.phrases[joined(words[:2], "")]; ok && len(words[0].folded)+len(words[1].folded) >= 6 {
			return e, 2, nil
		}
	}
	if len(words) == 0 {
		return entry{}, 0, nil
	}
	if e, ok := x.phrases[words[0].folded]; ok {
		return e, 1, nil
	}
	found := x.slips(words[0].folded)
	switch len(found) {
	case 0:
		return entry{}, 0, nil
	case 1:
		return found[0], 1, nil
	}
	for _, e := range found {
		near = append(near, e.kind)
	}
	return found[0], 1, near
}

// slips are the commands one slip away from a word: any slip in five letters
// or more, two letters changing places in four.
func (x *Lexicon) slips(typed string) []entry {
	if len(typed) < 4 {
		return nil
	}
	var found []entry
	for _, keyword := range x.sorted {
		if d := len(keyword) - len(typed); d < -1 || d > 1 || !(swapped(typed, keyword) || len(typed) >= 5 && len(keyword) >= 4 && oneSlip(typed, keyword)) {
			continue
		}
		e := x.phrases[keyword]
		same := func(f entry) bool { return f.kind == e.kind && f.speak == e.speak }
		if e.kind == Erase || e.kind == Greeting || slices.ContainsFunc(found, same) {
			continue // erasing is never guessed from a slip
		}
		found = append(found, e)
	}
	slices.SortStableFunc(found, func(a, b entry) int { return cmp.Compare(a.kind, b.kind) })
	return found
}

func joined(words []word, by string) string {
	folded := make([]string, len(words))
	for i, w := range words {
		folded[i] = w.folded
	}
	return strings.Join(folded, by)
}

// swapped says whether two neighbouring letters changed places, once.
func swapped(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := 0; i+1 < len(a); i++ {
		if a[i] != b[i] {
			return a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
		}
	}
	return false
}

// oneSlip says whether one letter is missing, too many, another one, or has
// changed places with its neighbour.
func oneSlip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 || a == b {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	return a[i+1:] == b[i+1:] || swapped(a, b)
}
