package store

import (
	"context"
	"slices"
	"sync"

	"github.com/jamakan/jamakan/civic"
)

// Told is what may be told of one consultation at the end of a week, by the
// least count that is shown (civic.LeastCounts). Nobody changes what it holds:
// another reader may be given the same.
type Told struct {
	Sheet  civic.Sheet // of the week, without its rows
	Now    map[int64]civic.Published
	Before map[int64]civic.Published // at the end of the week before
}

// telling remembers what was told. What a closed week tells never changes, and
// the next one goes on from there: a year is read once, not for every page.
type telling struct {
	mu       sync.Mutex
	revision uint64
	next     civic.Week // the first week that upTo has not taken
	upTo     tellers
	known    []knownWeek // of the same revision, the one asked for last in front
}

type knownWeek struct {
	week civic.Week
	told []Told
}

// maxKnown is how many closed weeks are remembered: a megabyte each, of a
// large region.
const maxKnown = 4

// Told is what may be told at the end of a week, by consultation in order of
// their opening.
func (b *Book) Told(ctx context.Context, w civic.Week) ([]Told, error) {
	if err := b.notAhead(w); err != nil {
		return nil, err
	}
	t := &b.telling
	t.mu.Lock()
	defer t.mu.Unlock()
	if revision := b.Content().Revision; t.revision != revision {
		t.revision, t.next, t.upTo, t.known = revision, civic.Week{}, nil, nil
	}
	if i := slices.IndexFunc(t.known, func(k knownWeek) bool { return k.week == w }); i > 0 {
		t.known = slices.Insert(slices.Delete(slices.Clone(t.known), i, i+1), 0, t.known[i])
		return t.known[0].told, nil
	} else if i == 0 {
		return t.known[0].told, nil
	}
	all := begun(b.Content())
	from, now := firstOf(all, w), tellers(nil)
	if t.upTo != nil && !w.Before(t.next) {
		from, now = t.next, t.upTo.clone()
	}
	closed := true
	for week := from; week.Before(w); week = week.Next() {
		frozen, err := b.tell(ctx, week, all, &now)
		if err != nil {
			return nil, err
		}
		closed = closed && frozen
	}
	if closed && (t.upTo == nil || t.next.Before(w)) {
		t.upTo, t.next = now.clone(), w
	}
	before := now.published()
	frozen, err := b.tell(ctx, w, all, &now)
	if err != nil {
		return nil, err
	}
	told := now.told(before)
	if frozen && closed {
		t.known = slices.Insert(t.known, 0, knownWeek{w, told})
		t.known = t.known[:min(len(t.known), maxKnown)]
	}
	return told, nil
}

// firstOf is the first week that any of the consultations was open in, or the
// week after the last that is asked for.
func firstOf(all []*civic.Consultation, upTo civic.Week) civic.Week {
	first := upTo.Next()
	for _, c := range all {
		if w := civic.WeekOf(c.Opens); w.Before(first) {
			first = w
		}
	}
	return first
}

// tell takes a week's sheets, and says whether all of them were frozen.
func (b *Book) tell(ctx context.Context, w civic.Week, all []*civic.Consultation, to *tellers) (frozen bool, err error) {
	frozen = true
	err = b.sheets(ctx, w, all, func(s *civic.Sheet, kept bool) {
		frozen = frozen && kept
		to.take(s)
	})
	return frozen, err
}

// tellers tell of consultations, in order of their opening.
type tellers []*weekTeller

type weekTeller struct {
	*civic.Teller
	sheet civic.Sheet // the last, without its rows
}

func (t *tellers) take(s *civic.Sheet) {
	i := slices.IndexFunc(*t, func(x *weekTeller) bool { return x.sheet.Consultation.Code == s.Consultation.Code })
	if i < 0 {
		i = len(*t)
		*t = append(*t, &weekTeller{Teller: civic.NewTeller(civic.LeastCounts()...)})
	}
	x := (*t)[i]
	x.Take(s)
	x.sheet = *s
	x.sheet.Rows = nil
}

func (t tellers) clone() tellers {
	all := make(tellers, len(t))
	for i, x := range t {
		all[i] = &weekTeller{x.Clone(), x.sheet}
	}
	return all
}

// published is what each consultation's teller tells, by its code.
func (t tellers) published() map[string]map[int64]civic.Published {
	all := map[string]map[int64]civic.Published{}
	for _, x := range t {
		by := map[int64]civic.Published{}
		for _, k := range civic.LeastCounts() {
			by[k] = x.Published(k)
		}
		all[x.sheet.Consultation.Code] = by
	}
	return all
}

func (t tellers) told(before map[string]map[int64]civic.Published) []Told {
	now := t.published()
	all := make([]Told, len(t))
	for i, x := range t {
		code := x.sheet.Consultation.Code
		all[i] = Told{Sheet: x.sheet, Now: now[code], Before: before[code]}
	}
	return all
}
