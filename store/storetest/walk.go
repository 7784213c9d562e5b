package storetest

import (
	"context"
	"errors"
	"fmt"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// met is what one walk met, in order.
type met struct {
	keys   []store.Key
	values []string
	last   uint64
}

// walkSome walks until most records were met.
func (b *bench) walkSome(kind string, after uint64, most int) (m met) {
	b.Helper()
	before := after
	err := b.View(context.Background(), func(s store.Snapshot) (err error) {
		m.last, err = s.Walk(kind, after, func(place uint64, k store.Key, v []byte) bool {
			if place <= before {
				b.Errorf("place %d after %d", place, before)
			}
			before = place
			m.keys, m.values = append(m.keys, k), append(m.values, string(v))
			return len(m.keys) < most
		})
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return m
}

func citizen(n int) store.Key { return store.CitizenKey([16]byte{byte(n), byte(n >> 8), 1}) }

// walk: by arrival, one kind only, from where the last walk ended; what was
// deleted is not met.
func walk(b *bench) {
	for n := range 10 {
		b.put(citizen(n), fmt.Sprint(n))
		b.put(store.ContactKey([16]byte{byte(n)}), "another kind")
		b.put(store.Key(fmt.Sprintf("plan/%d", n)), "not scattered")
	}
	b.put("citizen/not a hash", "10")
	b.put(citizen(3), "3 again")
	b.do(store.Command{ID: b.id(), Decide: func(store.View) (store.Change, error) {
		return store.Change{Delete: []store.Key{citizen(5)}}, nil
	}})
	want := "[0 1 2 4 6 7 8 9 10 3 again]"
	for _, most := range []int{1, 3, 10, 100} {
		var values []string
		for after, end := uint64(0), false; !end; {
			m := b.walkSome(store.KindCitizen, after, most)
			values = append(values, m.values...)
			after, end = m.last, m.last == 0
		}
		if fmt.Sprint(values) != want {
			b.Errorf("%d at a time: %v, want %s", most, values, want)
		}
	}
	m := b.walkSome(store.KindCitizen, 0, 100)
	if m.keys[0] != citizen(0) || m.keys[8] != "citizen/not a hash" {
		b.Errorf("keys %v", m.keys)
	}
	b.again()
	if m := b.walkSome(store.KindCitizen, 0, 100); fmt.Sprint(m.values) != want {
		b.Errorf("after reopening: %v, want %s", m.values, want)
	}
	for _, kind := range []string{store.KindPlan, store.KindVoter, store.KindRecord, ""} {
		err := b.View(context.Background(), func(s store.Snapshot) error {
			_, err := s.Walk(kind, 0, func(uint64, store.Key, []byte) bool { return true })
			return err
		})
		if !errors.Is(err, store.ErrScan) {
			b.Errorf("%q: %v, want ErrScan", kind, err)
		}
	}
}

// walkMoving: records are rewritten while they are walked, each step of the
// walk in a snapshot of its own. Every record that was there all the time is
// met; one met twice was rewritten.
func walkMoving(b *bench) {
	const many = 60
	for n := range many {
		b.put(citizen(n), "0")
	}
	seen, moved := map[store.Key]int{}, map[store.Key]bool{}
	after := uint64(0)
	for step := 0; ; step++ {
		m := b.walkSome(store.KindCitizen, after, 4)
		for _, k := range m.keys {
			seen[k]++
		}
		if after = m.last; after == 0 {
			break
		}
		if step >= 3*many {
			b.Fatal("the walk never ends")
		}
		if step < many/4 { // one behind the cursor, one in front of it, one new
			for _, n := range []int{step, many - 1 - 2*step, many + step} {
				if n >= 0 {
					b.put(citizen(n), fmt.Sprint(step))
					moved[citizen(n)] = true
				}
			}
		}
	}
	for n := range many {
		k := citizen(n)
		if seen[k] == 0 || seen[k] > 1 && !moved[k] {
			b.Errorf("record %d was met %d times, rewritten: %v", n, seen[k], moved[k])
		}
	}
}

// walkBounded: a walk looks at so many records only, of whatever kind, and
// says where to go on.
func walkBounded(b *bench) {
	b.put(citizen(1), "first")
	b.crowd(store.WalkMost + 10)
	b.put(citizen(2), "last")
	var values []string
	walks := 0
	for after, end := uint64(0), false; !end; walks++ {
		m := b.walkSome(store.KindCitizen, after, 100)
		values = append(values, m.values...)
		after, end = m.last, m.last == 0
	}
	if fmt.Sprint(values) != "[first last]" || walks < 2 {
		b.Errorf("%v in %d walks, want both in two or more", values, walks)
	}
}

// crowd writes many records of another scattered kind.
func (b *bench) crowd(many int) {
	b.Helper()
	for n := 0; n < many; n += store.MaxWrites {
		b.do(store.Command{ID: b.id(), Forget: true, Decide: func(store.View) (c store.Change, err error) {
			for i := range store.MaxWrites {
				c.Put = append(c.Put, store.Put{Key: store.SessionKey(civic.VoterID{byte(n + i), byte((n + i) >> 8), byte((n + i) >> 16), 7})})
			}
			return c, nil
		}})
	}
}
