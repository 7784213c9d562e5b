package pace_test

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jamakan/jamakan/callback/pace"
)

func start() time.Time { return time.Date(2026, time.November, 24, 9, 0, 0, 0, time.UTC) }

func allowed(n int, may func() bool) (ok int) {
	for range n {
		if may() {
			ok++
		}
	}
	return ok
}

func TestOneKeyWaitsAndNoOther(t *testing.T) {
	k, now := pace.PerKey(30, 10*time.Minute), start()
	if n := allowed(1000, func() bool { return k.May("a", now) }); n != 30 {
		t.Errorf("%d at once, want 30", n)
	}
	if !k.May("b", now) {
		t.Error("another key waits")
	}
	now = now.Add(time.Minute)
	if n := allowed(1000, func() bool { return k.May("a", now) }); n != 3 {
		t.Errorf("%d after a minute, want 3", n)
	}
	now = now.Add(10 * time.Minute)
	if n := allowed(1000, func() bool { return k.May("a", now) }); n != 30 {
		t.Errorf("%d after a window, want 30", n)
	}
}

func TestNoLimit(t *testing.T) {
	if pace.PerKey(0, time.Minute) != nil || pace.ForAll(0, time.Minute) != nil {
		t.Error("0 is no limit")
	}
	var k *pace.Keys
	var g *pace.Gate
	if !k.May("a", start()) || !g.May(start()) {
		t.Error("no limit refuses")
	}
}

func TestClockThatJumpsBackLocksNobodyOut(t *testing.T) {
	k, g := pace.PerKey(2, time.Minute), pace.ForAll(2, time.Minute)
	allowed(5, func() bool { return k.May("a", start()) })
	allowed(5, func() bool { return g.May(start()) })
	before := start().Add(-48 * time.Hour)
	if !k.May("a", before) || !g.May(before) {
		t.Error("locked out for two days")
	}
}

func TestGateFromManySides(t *testing.T) {
	g := pace.ForAll(500, time.Minute)
	var ok atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { ok.Add(int64(allowed(1000, func() bool { return g.May(start()) }))) })
	}
	all.Wait()
	if ok.Load() != 500 {
		t.Errorf("%d passed, want 500", ok.Load())
	}
}

func TestMemoryIsBounded(t *testing.T) {
	k := pace.PerKey(2, time.Hour)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range 2_000_000 {
		k.May(fmt.Sprint(i), start())
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 48<<20 {
		t.Errorf("%d MB for two million keys", grown>>20)
	}
	runtime.KeepAlive(k)
}

func BenchmarkMay(b *testing.B) {
	k, g := pace.PerKey(30, time.Minute), pace.ForAll(30, time.Minute)
	for b.Loop() {
		k.May("+22300000000", start())
		g.May(start())
	}
}
