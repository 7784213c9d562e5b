package command

import (
	"strings"

	"github.com/jamakan/jamakan/locales"
)

// guesser tells languages apart by their own texts: a word counts for the
// languages whose file uses it, more so the fewer they are. A new language
// brings its own words with its file.
type guesser struct {
	tags  []string
	words map[string]uint32 // folded word -> bits of tags
}

func newGuesser(all []*locales.Locale) *guesser {
	g := &guesser{words: map[string]uint32{}}
	for i, l := range all {
		if i == 32 {
			break
		}
		g.tags = append(g.tags, l.Tag)
		for _, key := range l.Keys() {
			for w := range strings.FieldsSeq(Fold(l.Text(key))) {
				g.words[w] |= 1 << i
			}
		}
		for group, words := range l.Keywords() {
			if len(group) == 2 {
				continue // the name of another language
			}
			for _, w := range words {
				g.words[Fold(w)] |= 1 << i
			}
		}
	}
	return g
}

// guess is the language of a text: the only one with the most of its words,
// and letters that only some languages write. "" when nothing tells.
func (g *guesser) guess(text string) string {
	score := make([]int, len(g.tags))
	for w := range strings.FieldsSeq(Fold(text)) {
		bits := g.words[w]
		if bits == 0 || bits&(bits-1) != 0 || len(w) < 2 {
			continue // unknown, or common to several
		}
		for i := range g.tags {
			if bits == 1<<i {
				score[i]++
			}
		}
	}
	best, sure := 0, false
	for i := range score {
		switch {
		case score[i] > score[best]:
			best, sure = i, true
		case i != best && score[i] == score[best]:
			sure = false
		case i == best && score[i] > 0:
			sure = true
		}
	}
	if len(g.tags) == 0 || !sure || score[best] == 0 {
		return ""
	}
	return g.tags[best]
}
