// Package storetest is the contract of package store as one test suite: an
// engine passes it, or is not an engine. It knows no engine.
package storetest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// Open opens an engine on a folder; the same folder again finds the same data.
type Open func(t *testing.T, dir string, now func() time.Time) store.Engine

// Run runs the suite.
func Run(t *testing.T, open Open) {
	for name, test := range map[string]func(*bench){
		"repeats change nothing": repeats, "repeats at once": repeatsAtOnce, "undeclared reads": undeclared,
		"decisions write nothing": decisions, "the second sees the first": secondSeesFirst, "keys that follow the log": derived, "ballot flows": flows,
		"scattered keys": scattered, "scan": scan, "walk": walk, "walk while records move": walkMoving, "a walk is bounded": walkBounded, "bounds": bounds, "reserve": reserve, "sweep": sweep,
		"reopened": reopened, "the clock goes back": clockBack, "a backup is an engine": backup, "a snapshot stands": snapshotStands,
	} {
		t.Run(name, func(t *testing.T) {
			b := &bench{T: t, dir: t.TempDir(), open: open, at: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
			b.Engine = open(t, b.dir, b.now)
			defer func() {
				b.clean()
				if err := b.Engine.Close(); err != nil {
					t.Error(err)
				}
			}()
			test(b)
		})
	}
}

// bench is an engine under test.
type bench struct {
	*testing.T
	store.Engine
	dir  string
	open Open
	mu   sync.Mutex
	at   time.Time
	ids  uint64
}

func (b *bench) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.at
}

func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at = b.at.Add(d)
}

func (b *bench) clean() {
	b.Helper()
	report, err := b.Engine.Check(context.Background(), nil)
	if err != nil || len(report.Problems) > 0 {
		b.Errorf("check: %v %v", err, report.Problems)
	}
}

func (b *bench) id() store.ID {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ids++
	var id store.ID
	binary.BigEndian.PutUint64(id[:], b.ids)
	return id
}

func (b *bench) do(cmd store.Command) store.Result {
	b.Helper()
	r, err := b.Do(context.Background(), cmd)
	if err != nil {
		b.Fatal(err)
	}
	return r
}

func (b *bench) put(key store.Key, value string) {
	b.Helper()
	b.do(store.Command{ID: b.id(), Decide: func(store.View) (store.Change, error) {
		return store.Change{Put: []store.Put{{Key: key, Value: []byte(value)}}}, nil
	}})
}

func (b *bench) get(key store.Key) (string, bool) {
	b.Helper()
	var value []byte
	var found bool
	err := b.View(context.Background(), func(s store.Snapshot) (err error) {
		value, found, err = s.Get(key)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return string(value), found
}

const consultation = "C-1"

// cast is the command of a ballot, as the Book makes it.
func (b *bench) cast(voter byte, option uint16) store.Command {
	b.Helper()
	number, err := b.Reserve()
	if err != nil {
		b.Fatal(err)
	}
	id := b.id()
	mine := store.VoterKey(consultation, civic.VoterID{voter})
	return store.Command{ID: id, Reads: []store.Key{mine}, Decide: func(v store.View) (store.Change, error) {
		r := civic.Record{
			Kind: civic.Cast, Consultation: consultation, Voter: civic.VoterID{voter}, Place: "01010101", Receipt: number,
			Group: civic.Group{Channel: civic.ChannelUSSD, Lang: "bm"}, Marks: []civic.Mark{{Option: option, Value: 1}}, Event: id, Nonce: [16]byte{voter, byte(option)},
		}
		if entry, ok := v.Get(mine); ok {
			was, err := store.DecodeEntry(entry)
			if err != nil {
				return store.Change{}, err
			}
			r.Replaces, r.First = was.Seq, max(was.First, 1)
		}
		return store.Change{Append: []civic.Record{r}, Reply: fmt.Append(nil, number)}, nil
	}}
}

func repeats(b *bench) {
	cmd := b.cast(1, 3)
	first := b.do(cmd)
	for range 3 {
		b.pass(time.Hour)
		if again := b.do(cmd); !again.Repeat || !bytes.Equal(again.Reply, first.Reply) {
			b.Errorf("again: %+v, want the reply %q", again, first.Reply)
		}
	}
	if s := b.Standing(consultation, "01010101"); s.Numbers != 1 || s.Votes[3] != 1 {
		b.Errorf("standing %+v", s)
	}
}

func repeatsAtOnce(b *bench) {
	cmd := b.cast(1, 3)
	var wg sync.WaitGroup
	replies := make([]string, 20)
	for i := range replies {
		wg.Go(func() {
			r, err := b.Do(context.Background(), cmd)
			if err != nil {
				b.Error(err)
			}
			replies[i] = string(r.Reply)
		})
	}
	wg.Wait()
	for _, r := range replies {
		if r != replies[0] || r == "" {
			b.Errorf("replies differ: %q", replies)
		}
	}
	if s := b.Standing(consultation, "01010101"); s.Numbers != 1 {
		b.Errorf("%d numbers", s.Numbers)
	}
}

func undeclared(b *bench) {
	_, err := b.Do(context.Background(), store.Command{ID: b.id(), Decide: func(v store.View) (store.Change, error) {
		v.Get("plan/x")
		return store.Change{}, nil
	}})
	if err == nil {
		b.Error("a command read what it had not declared")
	}
	b.put("plan/x", "the engine goes on")
}

func decisions(b *bench) {
	no := errors.New("no")
	id := b.id()
	refuse := true
	cmd := store.Command{ID: id, Decide: func(store.View) (store.Change, error) {
		c := store.Change{Put: []store.Put{{Key: "plan/a", Value: []byte("1")}}}
		if refuse {
			return c, no
		}
		return c, nil
	}}
	if _, err := b.Do(context.Background(), cmd); !errors.Is(err, no) {
		b.Errorf("%v, want the decision's own error", err)
	}
	if _, found := b.get("plan/a"); found {
		b.Error("a refused command wrote")
	}
	refuse = false
	if r := b.do(cmd); r.Repeat {
		b.Error("a refusal was remembered")
	}
}

func secondSeesFirst(b *bench) {
	var wg sync.WaitGroup
	for i := range 40 {
		cmd := b.cast(7, uint16(1+i%3))
		wg.Go(func() {
			if _, err := b.Do(context.Background(), cmd); err != nil {
				b.Error(err)
			}
		})
	}
	wg.Wait()
	var last uint64
	err := b.View(context.Background(), func(s store.Snapshot) error {
		return s.Records(1, func(r civic.Record) bool {
			if r.Replaces != last || r.Seq != last+1 {
				b.Errorf("record %d replaces %d, want %d", r.Seq, r.Replaces, last)
			}
			last = r.Seq
			return true
		})
	})
	if err != nil || last != 40 {
		b.Errorf("%d records, %v", last, err)
	}
	if s := b.Standing(consultation, "01010101"); s.Numbers != 1 {
		b.Errorf("%d numbers", s.Numbers)
	}
}

func derived(b *bench) {
	for v := range byte(30) {
		b.do(b.cast(v%20, uint16(1+v%4)))
	}
	var all []civic.Record
	err := b.View(context.Background(), func(s store.Snapshot) error {
		if err := s.Records(1, func(r civic.Record) bool { all = append(all, r); return true }); err != nil {
			return err
		}
		counts, err := s.Counts(consultation)
		if err != nil {
			return err
		}
		recount := civic.Recount(func(yield func(*civic.Record) bool) {
			for i := range all {
				if !yield(&all[i]) {
					return
				}
			}
		}, func(seq uint64) *civic.Record { return &all[seq-1] })
		if fmt.Sprint(counts) != fmt.Sprint(recount) {
			b.Errorf("counters %v, a recount %v", counts, recount)
		}
		if h := s.Head(); h.Size != uint64(len(all)) {
			b.Errorf("the tree has %d leaves for %d records", h.Size, len(all))
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	last := map[civic.VoterID]uint64{}
	for _, r := range all {
		last[r.Voter] = r.Seq
	}
	for _, r := range all {
		for key, want := range map[store.Key]uint64{
			store.VoterKey(consultation, r.Voter): last[r.Voter], store.RecordKey(r.Seq): r.Seq, store.ReceiptKey(r.Receipt): r.Seq,
		} {
			v, _ := b.get(key)
			if got, err := store.DecodeEntry([]byte(v)); err != nil || got.Seq != want {
				b.Errorf("%s: record %d (%v), want %d", key.Kind(), got.Seq, err, want)
			}
		}
	}
	for _, key := range []store.Key{store.RecordKey(31), store.ReceiptKey(9999), store.VoterKey(consultation, civic.VoterID{99}), "voter/odd", "record/x", "receipt/"} {
		if _, found := b.get(key); found {
			b.Errorf("%s is found", key)
		}
	}
}

func scattered(b *bench) {
	key := store.CitizenKey([16]byte{5})
	if _, found := b.get(key); found {
		b.Error("found before it is put")
	}
	for i := range 5 {
		b.put(key, fmt.Sprint(i))
		if v, _ := b.get(key); v != fmt.Sprint(i) {
			b.Errorf("%q, want %d", v, i)
		}
	}
	b.do(store.Command{ID: b.id(), Decide: func(store.View) (store.Change, error) { return store.Change{Delete: []store.Key{key}}, nil }})
	if _, found := b.get(key); found {
		b.Error("found after it is deleted")
	}
	b.put("citizen/not a hash", "odd")
	if v, _ := b.get("citizen/not a hash"); v != "odd" {
		b.Errorf("%q", v)
	}
}

func scan(b *bench) {
	for _, k := range []store.Key{"plan/b", "plan/a", "plan/c", "planet/x", "week/1"} {
		b.put(k, string(k))
	}
	list := func(prefix, after store.Key, most int) (keys string) {
		err := b.View(context.Background(), func(s store.Snapshot) error {
			return s.Scan(prefix, after, func(k store.Key, _ []byte) bool { keys += string(k) + " "; most--; return most > 0 })
		})
		if err != nil {
			b.Fatal(err)
		}
		return keys
	}
	for _, tc := range []struct {
		prefix, after store.Key
		most          int
		want          string
	}{{"plan/", "", 9, "plan/a plan/b plan/c "}, {"plan/", "plan/a", 9, "plan/b plan/c "}, {"plan/", "plan/aa", 1, "plan/b "}, {"none/", "", 9, ""}} {
		if got := list(tc.prefix, tc.after, tc.most); got != tc.want {
			b.Errorf("%s after %q: %q, want %q", tc.prefix, tc.after, got, tc.want)
		}
	}
	for _, prefix := range []store.Key{"citizen/", "voter/", "done/"} {
		err := b.View(context.Background(), func(s store.Snapshot) error {
			return s.Scan(prefix, "", func(store.Key, []byte) bool { return true })
		})
		if !errors.Is(err, store.ErrScan) {
			b.Errorf("%s: %v, want ErrScan", prefix, err)
		}
	}
}

func bounds(b *bench) {
	change := func(c store.Change) store.Command {
		return store.Command{ID: b.id(), Decide: func(store.View) (store.Change, error) { return c, nil }}
	}
	many := make([]store.Put, store.MaxWrites+1)
	for i := range many {
		many[i] = store.Put{Key: store.Key(fmt.Sprintf("plan/%d", i))}
	}
	for name, cmd := range map[string]store.Command{
		"no id":         {Decide: func(store.View) (store.Change, error) { return store.Change{}, nil }},
		"many reads":    {ID: b.id(), Reads: make([]store.Key, store.MaxReads+1), Decide: func(store.View) (store.Change, error) { return store.Change{}, nil }},
		"many writes":   change(store.Change{Put: many}),
		"a derived key": change(store.Change{Put: []store.Put{{Key: "voter/C/x"}}}),
		"too large":     change(store.Change{Put: []store.Put{{Key: "plan/x", Value: make([]byte, store.MaxBytes+1)}}}),
		"empty record":  change(store.Change{Append: []civic.Record{{Kind: civic.Cast}}}),
	} {
		if _, err := b.Do(context.Background(), cmd); !errors.Is(err, store.ErrBounds) {
			b.Errorf("%s: %v, want ErrBounds", name, err)
		}
	}
	if h := b.Health(); h.Err != nil || h.Records != 0 {
		b.Errorf("health %+v", h)
	}
}
