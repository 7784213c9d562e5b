package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"sync"
	"time"

	"github.com/jamakan/jamakan/civic"
)

// feedbackRows are a week's opinions in order of their coming.
func (b *Book) feedbackRows(ctx context.Context, w civic.Week, asOf time.Time) (rows []civic.FeedbackRow, err error) {
	b.opinions.mu.Lock()
	defer b.opinions.mu.Unlock()
	after := Key("")
	for more := true; more && ctx.Err() == nil; {
		err := b.engine.View(ctx, func(s Snapshot) error {
			seen, failed := 0, error(nil)
			more = false
			err := s.Scan(KindFeedback+"/", after, func(k Key, v []byte) bool {
				o, err := b.tellOpinion(k, v)
				if err != nil {
					failed = err
					return false
				}
				if r := o.row(o.reference, asOf); o.belongs(w, r) {
					rows = append(rows, r)
				}
				after = k
				seen++
				more = seen == scanSome
				return !more
			})
			return errors.Join(err, failed)
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(rows, func(x, y civic.FeedbackRow) int {
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Reference, y.Reference))
	})
	return rows, ctx.Err()
}

// readOpinions remembers opinions that were read, so that the desk's first
// page does not read thousands anew each time: one that changed has other
// bytes.
type readOpinions struct {
	mu   sync.Mutex
	seed maphash.Seed
	all  map[Key]readOpinion
}

type readOpinion struct {
	told
	reference string
	sum       uint64 // of its bytes
}

// maxRead is how many opinions are remembered: about 300 bytes each.
const maxRead = 50_000

// tellOpinion reads a stored opinion. The lock is held.
func (b *Book) tellOpinion(k Key, v []byte) (readOpinion, error) {
	if b.opinions.all == nil {
		b.opinions.all, b.opinions.seed = map[Key]readOpinion{}, maphash.MakeSeed()
	}
	sum := maphash.Bytes(b.opinions.seed, v)
	if o, ok := b.opinions.all[k]; ok && o.sum == sum {
		return o, nil
	}
	o := readOpinion{sum: sum, reference: b.referenceOf(k)}
	if err := json.Unmarshal(v, &o.told); err != nil {
		return o, fmt.Errorf("%s: %w: %w", k, ErrCorrupt, err)
	}
	if _, there := b.opinions.all[k]; there || len(b.opinions.all) < maxRead {
		b.opinions.all[k] = o
	}
	return o, nil
}
