package store

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unique"

	"golang.org/x/text/unicode/norm"

	"github.com/jamakan/jamakan/civic"
)

// find are the lines that a filter keeps, newest first, at most so many. Words
// are not looked at here.
func (x *inbox) find(b *Book, f Filter, most int) []line {
	x.mu.RLock()
	defer x.mu.RUnlock()
	end := len(x.lines)
	if number, ok := b.numberOf(f.Before); ok {
		end, _ = slices.BinarySearchFunc(x.lines, line{number: number}, byNumber)
	}
	var out []line
	for i := end - 1; i >= 0 && len(out) < most; i-- {
		if f.keeps(&x.lines[i]) {
			out = append(out, x.lines[i])
		}
	}
	return out
}

func (f *Filter) keeps(l *line) bool {
	commune := civic.Code(l.commune.Value())
	status := civic.FeedbackStatus(l.status.Value())
	switch {
	case f.Commune != "" && f.Commune != commune,
		f.Status != "" && f.Status != status,
		f.Waiting && !status.Waits(),
		f.Kind != "" && string(f.Kind) != l.kind.Value(),
		f.Topic != "" && f.Topic != l.topic.Value(),
		f.Assignee != "" && f.Assignee != l.assignee.Value(),
		f.Label != "" && !slices.Contains(strings.Split(l.labels.Value(), "\n"), f.Label):
		return false
	}
	return f.Covers == nil || f.Covers(commune)
}

func (x *inbox) count(b *Book, covers func(civic.Code) bool) InboxCounts {
	x.mu.RLock()
	defer x.mu.RUnlock()
	c := InboxCounts{Status: map[civic.FeedbackStatus]int{}, Topics: map[string]int{}, Labels: map[string]int{}}
	oldest := map[civic.Code]*Waiting{}
	hers := map[unique.Handle[string]]bool{}
	for i := range x.lines {
		l := &x.lines[i]
		mine, asked := hers[l.commune]
		if !asked {
			mine = covers == nil || covers(civic.Code(l.commune.Value()))
			hers[l.commune] = mine
		}
		if mine {
			c.add(b, l, oldest)
		}
	}
	for _, w := range oldest {
		c.Waiting = append(c.Waiting, *w)
	}
	slices.SortFunc(c.Waiting, func(a, b Waiting) int {
		if d := a.Oldest.Compare(b.Oldest); d != 0 {
			return d
		}
		return strings.Compare(string(a.Commune), string(b.Commune))
	})
	return c
}

func (c *InboxCounts) add(b *Book, l *line, oldest map[civic.Code]*Waiting) {
	c.Total++
	status := civic.FeedbackStatus(l.status.Value())
	c.Status[status]++
	if t := l.topic.Value(); t != "" {
		c.Topics[t]++
	}
	if joined := l.labels.Value(); joined != "" {
		for label := range strings.SplitSeq(joined, "\n") {
			c.Labels[label]++
		}
	}
	if !status.Waits() {
		return
	}
	commune := civic.Code(l.commune.Value())
	w := oldest[commune]
	if w == nil { // the first is the oldest: lines lie in the order they came
		w = &Waiting{Commune: commune, Oldest: time.Unix(l.at, 0).UTC(), Reference: b.referenceOf(l.key(b))}
		oldest[commune] = w
	}
	w.N++
}

// plainText is a text as it is searched: small letters, no accents, the
// letters of Bambara as phones without them write them, single spaces.
func plainText(s string) string {
	var out strings.Builder
	out.Grow(len(s))
	space := false
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		switch {
		case unicode.Is(unicode.Mn, r):
			continue
		case unicode.IsSpace(r):
			space = out.Len() > 0
			continue
		}
		if space {
			out.WriteByte(' ')
			space = false
		}
		switch r {
		case 'ɛ', 'ε':
			out.WriteByte('e')
		case 'ɔ', 'ↄ':
			out.WriteByte('o')
		case 'ɲ':
			out.WriteString("ny")
		case 'ŋ':
			out.WriteString("ng")
		case '\u2019':
			out.WriteByte('\'')
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// lastLines is how many of the last texts an erasure reads from the engine: more
// than can be between their commit and their line at any one time.
const lastLines = 2000

// of are the texts that may be a citizen's, and the key behind which come the
// last ones, whose lines may be missing.
func (x *inbox) of(b *Book, citizen [16]byte) (maybe []Key, last Key) {
	head := headOf(citizen)
	x.mu.RLock()
	defer x.mu.RUnlock()
	for _, l := range x.lines {
		if l.owner == head {
			maybe = append(maybe, l.key(b))
		}
	}
	if n := len(x.lines) - lastLines; n > 0 && x.state == inboxReady && !x.lines[n].legacy {
		last = x.lines[n].key(b)
	}
	return maybe, last
}
