package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store/meter"
)

// Calls and texts are counted in memory and written each minute. What a crash
// takes away with it is at most the last minute, and that is not hidden: while
// a process counts, keyCounting stands; whoever opens the data and finds it
// counts one civic.Lost in the week of the crash. (With a full disk nothing can
// be written: then the minute is as long as readiness is red.)

// keyCounting stands while counts may be in memory only.
const keyCounting = Key(KindMeta + "/counting")

// keyReported is the first week whose report is not frozen.
const keyReported = Key(KindMeta + "/reported")

// counting says up to when all counts are written.
type counting struct {
	Flushed time.Time `json:"flushed"`
}

// noCommune stands in a key for a commune that is not known.
const noCommune = "-"

func trafficKey(w civic.Week, commune civic.Code) Key {
	if commune == "" {
		commune = noCommune
	}
	return Key(KindTraffic + "/" + w.String() + "/" + string(commune))
}

// Meter is where gateways count calls and texts.
func (b *Book) Meter() *meter.Meter { return b.meter }

// flushSome is how many communes one command writes: a record is 64 KiB at
// most, for 40 screens in 10 languages.
const flushSome = 6

// FlushTraffic writes what was counted since the last time. What can't be
// written is kept for the next. The owner calls it every minute; it is also
// how a process begins to count.
func (b *Book) FlushTraffic(ctx context.Context) error {
	if err := b.flushSeen(ctx); err != nil {
		return err
	}
	b.flushing.Lock()
	defer b.flushing.Unlock()
	if wrote, err := b.flush(ctx); wrote || err != nil {
		return err
	}
	b.counting = true
	return b.do(ctx, nil, func(v View) (Change, error) {
		still, err := stillCounting(v)
		return Change{Put: []Put{still}}, err
	})
}

// flush writes what is in memory, if anything is.
func (b *Book) flush(ctx context.Context) (wrote bool, err error) {
	drained := b.meter.Drain(b.opts.Now())
	b.counting = b.counting || len(drained) > 0
	for week, counts := range drained {
		shares := byCommune(counts)
		for some := range slices.Chunk(slices.Sorted(maps.Keys(shares)), flushSome) {
			if err := b.addTraffic(ctx, week, some, shares); err != nil {
				b.giveBack(drained)
				return wrote, fmt.Errorf("counts of calls: %w", err)
			}
			for _, commune := range some {
				for cell := range shares[commune] {
					delete(counts, cell)
				}
			}
			wrote = true
		}
	}
	return wrote, nil
}

// giveBack returns what is left of drained counts.
func (b *Book) giveBack(drained map[civic.Week]civic.Traffic) {
	for week, counts := range drained {
		b.meter.Return(week, counts)
	}
}

// StopTraffic writes the last counts, and that none are missing.
func (b *Book) StopTraffic(ctx context.Context) error {
	b.flushing.Lock()
	defer b.flushing.Unlock()
	if _, err := b.flush(ctx); err != nil || !b.counting {
		return err
	}
	b.counting = false
	return b.do(ctx, nil, func(View) (Change, error) { return Change{Delete: []Key{keyCounting}}, nil })
}

func stillCounting(v View) (Put, error) {
	encoded, err := json.Marshal(counting{v.Now()})
	return Put{keyCounting, encoded}, err
}

func byCommune(t civic.Traffic) map[civic.Code]civic.Traffic {
	all := map[civic.Code]civic.Traffic{}
	for cell, n := range t {
		if all[cell.Commune] == nil {
			all[cell.Commune] = civic.Traffic{}
		}
		all[cell.Commune][cell] = n
	}
	return all
}

// addTraffic adds counts to the records of some communes. A week whose report
// is frozen takes nothing more: what comes late counts in the running one.
func (b *Book) addTraffic(ctx context.Context, week civic.Week, communes []civic.Code, more map[civic.Code]civic.Traffic) error {
	running := civic.WeekOf(b.opts.Now())
	reads := []Key{keyReported}
	for _, c := range communes {
		reads = append(reads, trafficKey(week, c))
		if week != running {
			reads = append(reads, trafficKey(running, c))
		}
	}
	return b.do(ctx, reads, func(v View) (Change, error) {
		into := week
		if reported, ok := weekAt(v.Get(keyReported)); ok && week.Before(reported) {
			into = running
		}
		still, err := stillCounting(v)
		change := Change{Put: []Put{still}}
		for _, commune := range communes {
			put, failed := addCounts(v, trafficKey(into, commune), more[commune])
			if err == nil {
				err = failed
			}
			change.Put = append(change.Put, put)
		}
		return change, err
	})
}

// weekAt reads a week kept under a key.
func weekAt(v []byte, ok bool) (civic.Week, bool) {
	w, err := civic.ParseWeek(string(v))
	return w, ok && err == nil
}

// addCounts adds counts to one record.
func addCounts(v View, key Key, more civic.Traffic) (Put, error) {
	sum := civic.Traffic{}
	if stored, ok := v.Get(key); ok {
		if err := readCounts(key, "", stored, sum); err != nil {
			return Put{}, err
		}
	}
	for cell, n := range more {
		cell.Commune = ""
		sum[cell] += n
	}
	encoded, err := json.Marshal(sum.Rows())
	return Put{key, encoded}, err
}

// readCounts adds one record to counts. The commune is in its key alone.
func readCounts(key Key, commune civic.Code, stored []byte, into civic.Traffic) error {
	var rows []civic.TrafficCount
	if err := json.Unmarshal(stored, &rows); err != nil {
		return fmt.Errorf("%s: %w: %w", key, ErrCorrupt, err)
	}
	for _, r := range rows {
		r.Commune = commune
		into[r.TrafficCell] += r.N
	}
	return nil
}

// Traffic are the counts of a week up to now, those in memory included.
func (b *Book) Traffic(ctx context.Context, week civic.Week) (civic.Traffic, error) {
	b.flushing.Lock() // what is drained and not yet written is nowhere
	defer b.flushing.Unlock()
	sum := civic.Traffic{}
	prefix := Key(KindTraffic + "/" + week.String() + "/")
	err := b.engine.View(ctx, func(s Snapshot) (failed error) {
		err := s.Scan(prefix, "", func(k Key, v []byte) bool {
			commune := civic.Code(k[len(prefix):])
			if commune == noCommune {
				commune = ""
			}
			failed = readCounts(k, commune, v, sum)
			return failed == nil
		})
		if err != nil {
			return err
		}
		return failed
	})
	sum.Add(b.meter.Waiting(week))
	return sum, err
}
