package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/meter"
)

// TestLeaves: the leaves make the log's tree at every size, receipts are what
// citizens read, and a reader may stop.
func TestLeaves(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	const numbers = 5200 // more than one snapshot reads
	codes := make([]string, numbers)
	var work sync.WaitGroup
	for worker := range 64 {
		work.Go(func() {
			for i := worker; i < numbers; i += 64 {
				p := l.person(fmt.Sprintf("+2237600%04d", i))
				codes[i] = l.vote(p, fmt.Sprint("m", i), "A", 1, "01010103").Code
			}
		})
	}
	work.Wait()
	var hashes []tlog.Hash
	seen := map[string]bool{}
	var tree store.Tree
	err := l.Leaves(ctx, numbers, func(index uint64, receipt string, leaf [32]byte) bool {
		if index != tree.Size() {
			t.Fatalf("leaf %d after %d", index, tree.Size())
		}
		stored, err := tlog.StoredHashesForRecordHash(int64(index), leaf, tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
			out := make([]tlog.Hash, len(at))
			for i, x := range at {
				out[i] = hashes[x]
			}
			return out, nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, stored...)
		seen[receipt] = true
		tree.Append(leaf)
		return true
	})
	if err != nil || tree.Head() != l.head() {
		t.Errorf("%v; the leaves make %+v, the log says %+v", err, tree.Head(), l.head())
	}
	for _, code := range codes {
		if !seen[code] {
			t.Fatalf("no leaf for receipt %s", code)
		}
	}
	for _, size := range []uint64{0, 1, 2, 3, 777, 4999, 5000, 5001, numbers} {
		head, err := l.LogRootAt(ctx, size)
		want, _ := tlog.TreeHash(int64(size), tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
			out := make([]tlog.Hash, len(at))
			for i, x := range at {
				out[i] = hashes[x]
			}
			return out, nil
		}))
		if err != nil || head.Root != want || head.Size != size {
			t.Errorf("size %d: %x, %v; want %x", size, head.Root, err, want)
		}
	}
	if _, err := l.LogRootAt(ctx, numbers+1); !errors.Is(err, store.ErrBounds) {
		t.Errorf("%v, want ErrBounds", err)
	}
	n := 0
	if err := l.Leaves(ctx, numbers, func(uint64, string, [32]byte) bool { n++; return n < 10 }); err != nil || n != 10 {
		t.Errorf("%d leaves, %v; want 10", n, err)
	}
}

func TestCorrections(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	w := civic.WeekOf(l.now)
	if err := l.Correct(ctx, "awa", w, "", "trop tôt"); !errors.Is(err, store.ErrWeekOpen) {
		t.Errorf("the running week: %v, want ErrWeekOpen", err)
	}
	l.now = w.End()
	for text, want := range map[string]error{"": store.ErrCorrection, " \n": store.ErrCorrection, "a\x00b": store.ErrCorrection, string(make([]rune, 501)): store.ErrCorrection} {
		if err := l.Correct(ctx, "awa", w, "", text); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
	}
	if err := l.Correct(ctx, "awa", w, "99999999", "mal"); !errors.Is(err, store.ErrBounds) {
		t.Errorf("no such commune: %v", err)
	}
	for _, text := range []string{"Un relais compté\ndeux fois.", "Et un autre."} {
		if err := l.Correct(ctx, "awa", w, "01010103", text); err != nil {
			t.Fatal(err)
		}
	}
	got, err := l.Corrections(ctx, w)
	if err != nil || len(got) != 2 || got[0].Text != "Un relais compté deux fois." || got[0].By != "awa" || got[0].Week != w || got[0].Commune != "01010103" {
		t.Errorf("%+v, %v", got, err)
	}
	said := 0
	if err := l.Journal(ctx, 0, func(e store.Entry) bool {
		if e.What == "week.correct" && e.Who == "awa" && e.About == w.String() {
			said++
		}
		return true
	}); err != nil || said != 2 {
		t.Errorf("%d lines in the journal, %v; want 2", said, err)
	}
}

// TestCountsSurviveAFullDisk: what can't be written is kept, and written once
// when it can.
func TestCountsSurviveAFullDisk(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	w := civic.WeekOf(l.now)
	left := 1 << 30
	b, err := store.NewBook(spent{l.engine, &left}, l.keys, store.BookOptions{Now: func() time.Time { return l.now }})
	if err != nil {
		t.Fatal(err)
	}
	by := meter.By{Channel: civic.ChannelUSSD}
	for i := range 20 { // more communes than one command writes
		h := b.Meter().Hand()
		by.Commune = civic.Code(fmt.Sprintf("010101%02d", i))
		h.Stand(l.now, by)
		h.Dial()
	}
	for _, more := range []int{1, 0, 1} {
		left = more
		if err := b.FlushTraffic(ctx); !errors.Is(err, store.ErrStopped) {
			t.Fatalf("%v, want the engine's error", err)
		}
		if counts, err := b.Traffic(ctx, w); err != nil || counts.Sum(func(civic.TrafficCell) bool { return true }) != 20 {
			t.Errorf("%v, %v; want 20 dials", counts, err)
		}
	}
	left = 1 << 30
	if err := b.StopTraffic(ctx); err != nil {
		t.Fatal(err)
	}
	if counts, err := l.Traffic(ctx, w); err != nil || len(counts) != 20 || counts.Sum(func(civic.TrafficCell) bool { return true }) != 20 {
		t.Errorf("on disk: %v, %v; want 20 dials and nothing lost", counts, err)
	}
}
