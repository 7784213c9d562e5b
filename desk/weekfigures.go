package desk

import (
	"context"
	"sync"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// Figures are what may be told of numbers at the end of the last closed week.
// Its sheets are frozen, so they are worked out once: while a week runs nothing
// new is told of numbers.
type Figures struct {
	book *store.Book
	now  func() time.Time

	mu       sync.Mutex
	known    bool
	week     civic.Week
	revision uint64
	figures  []WeekPublished
}

// NewFigures makes them over a book.
func NewFigures(book *store.Book, now func() time.Time) *Figures {
	return &Figures{book: book, now: now}
}

// Warm works them out ahead, and reads what the page of the week reads, so that
// the first reader on Monday does not wait. It does nothing when they are known.
func (f *Figures) Warm(ctx context.Context) error {
	week := civic.WeekOf(f.now())
	f.mu.Lock()
	known := f.fresh(week.Prev())
	f.mu.Unlock()
	if known {
		return nil
	}
	for _, w := range []civic.Week{week.Prev(), week} {
		if _, err := f.book.WeekGlance(ctx, w); err != nil {
			return err
		}
	}
	_, err := f.of(ctx, week.Prev())
	return err
}

func (f *Figures) fresh(week civic.Week) bool {
	return f.known && f.week == week && f.revision == f.book.Content().Revision
}

// of are the figures at the end of a week.
func (f *Figures) of(ctx context.Context, week civic.Week) ([]WeekPublished, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fresh(week) {
		return f.figures, nil
	}
	revision := f.book.Content().Revision
	told, err := f.book.Told(ctx, week)
	if err != nil {
		return nil, err
	}
	var all []WeekPublished
	for i := range told {
		all = append(all, WeekPublished{told[i].Sheet.Consultation.Code, told[i].Now[least]})
	}
	f.figures, f.week, f.revision, f.known = all, week, revision, true
	return all, nil
}
