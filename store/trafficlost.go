package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jamakan/jamakan/civic"
)

// flushEvery is how often counts are written, at least.
const flushEvery = time.Minute

// settleTraffic remembers that a process which counted did not stop as it
// should: up to a minute of its counts is missing.
func (b *Book) settleTraffic(ctx context.Context) error {
	var was counting
	found := false
	err := b.engine.View(ctx, func(s Snapshot) error {
		v, ok, err := s.Get(keyCounting)
		if err != nil || !ok {
			return err
		}
		found = true
		if err := json.Unmarshal(v, &was); err != nil {
			return fmt.Errorf("%s: %w: %w", keyCounting, ErrCorrupt, err)
		}
		return nil
	})
	if err != nil || !found {
		return err
	}
	lost := civic.Traffic{civic.TrafficCell{Measure: civic.Lost}: 1}
	weeks := []civic.Week{civic.WeekOf(was.Flushed)}
	if next := civic.WeekOf(was.Flushed.Add(flushEvery)); next != weeks[0] {
		weeks = append(weeks, next)
	}
	var reads []Key
	for _, w := range weeks {
		reads = append(reads, trafficKey(w, ""))
	}
	return b.do(ctx, reads, func(v View) (Change, error) {
		change := Change{Delete: []Key{keyCounting}}
		for _, key := range reads {
			put, err := addCounts(v, key, lost)
			if err != nil {
				return change, err
			}
			change.Put = append(change.Put, put)
		}
		return change, nil
	})
}
