package storetest

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// What an engine lives through: numbers reserved, records that expire, a stop,
// a clock that goes back, a backup.

func reserve(b *bench) {
	seen := map[uint32]bool{}
	for range 100 {
		n, err := b.Reserve()
		if err != nil || seen[n] {
			b.Fatalf("%d again, %v", n, err)
		}
		seen[n] = true
	}
	b.do(b.cast(1, 1))
	b.again()
	n, err := b.Reserve()
	if err != nil || n <= 100 {
		b.Errorf("after reopening: %d, %v; a receipt of the log is given again", n, err)
	}
	// A number used by a command that appends nothing is used all the same.
	b.do(store.Command{ID: store.ID{77}, Decide: func(store.View) (store.Change, error) {
		return store.Change{Put: []store.Put{{Key: store.FeedbackKey("X"), Value: []byte("x")}}}, nil
	}})
	b.again()
	if again, err := b.Reserve(); err != nil || again <= n {
		b.Errorf("after reopening: %d, %v; the number %d, which an opinion used, is given again", again, err, n)
	}
}

// again closes and opens the engine.
func (b *bench) again() {
	b.Helper()
	if err := b.Engine.Close(); err != nil {
		b.Fatal(err)
	}
	b.Engine = b.open(b.T, b.dir, b.now)
}

func sweep(b *bench) {
	session, citizen := store.SessionKey([16]byte{1}), store.CitizenKey([16]byte{1})
	b.put(session, "s")
	b.put(citizen, "c")
	b.pass(2 * time.Hour)
	late := store.SessionKey([16]byte{2})
	b.put(late, "s")
	n, err := b.Sweep(context.Background(), map[string]time.Time{
		store.KindSession: b.now().Add(-time.Hour), store.KindDone: b.now().Add(-time.Hour),
	})
	if err != nil || n != 3 { // the session and two replies
		b.Errorf("%d swept, %v; want 3", n, err)
	}
	for key, want := range map[store.Key]bool{session: false, citizen: true, late: true} {
		if _, found := b.get(key); found != want {
			b.Errorf("%s found: %v, want %v", key.Kind(), found, want)
		}
	}
}

func (b *bench) head() (h store.Head) {
	b.Helper()
	if err := b.View(context.Background(), func(s store.Snapshot) error { h = s.Head(); return nil }); err != nil {
		b.Fatal(err)
	}
	return h
}

func reopened(b *bench) {
	cmd := b.cast(1, 2)
	reply := b.do(cmd)
	for v := range byte(50) {
		b.do(b.cast(v, 1))
	}
	b.put("plan/x", "kept")
	before, standing := b.head(), fmt.Sprint(b.Standing(consultation, "01010101"))
	b.again()
	if b.head() != before || fmt.Sprint(b.Standing(consultation, "01010101")) != standing {
		b.Error("not the same after reopening")
	}
	if v, _ := b.get("plan/x"); v != "kept" {
		b.Errorf("%q", v)
	}
	if again := b.do(cmd); !again.Repeat || !bytes.Equal(again.Reply, reply.Reply) {
		b.Error("a command is done again after reopening")
	}
}

func clockBack(b *bench) {
	b.do(b.cast(1, 1))
	b.pass(-48 * time.Hour)
	b.do(b.cast(2, 1))
	b.again()
	b.do(b.cast(3, 1))
	var last time.Time
	err := b.View(context.Background(), func(s store.Snapshot) error {
		return s.Records(1, func(r civic.Record) bool {
			if r.At.Before(last) {
				b.Errorf("record %d is earlier than the one before", r.Seq)
			}
			last = r.At
			return true
		})
	})
	if err != nil {
		b.Error(err)
	}
}

func backup(b *bench) {
	for v := range byte(10) {
		b.do(b.cast(v, 1))
	}
	var copied bytes.Buffer
	if _, err := b.Backup(context.Background(), &copied); err != nil || copied.Len() == 0 {
		b.Fatalf("%d bytes, %v", copied.Len(), err)
	}
}

func snapshotStands(b *bench) {
	b.put("plan/x", "1")
	b.do(b.cast(1, 1))
	err := b.View(context.Background(), func(s store.Snapshot) error {
		before := s.Head()
		b.put("plan/x", "2")
		b.do(b.cast(2, 1))
		if v, _, err := s.Get("plan/x"); string(v) != "1" || err != nil {
			b.Errorf("the snapshot moved: %q, %v", v, err)
		}
		n := 0
		if err := s.Records(1, func(civic.Record) bool { n++; return true }); err != nil {
			return err
		}
		if s.Head() != before || n != 1 {
			b.Errorf("the snapshot's log moved: %d records", n)
		}
		return nil
	})
	if err != nil {
		b.Error(err)
	}
}
