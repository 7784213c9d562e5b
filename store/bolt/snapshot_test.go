package bolt

import (
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// rewrite is a command that votes again and says in the profile and in the
// call's position how often it did: three keys that are always in step.
func rewrite(voter civic.VoterID, n uint64) store.Command {
	var id store.ID
	binary.BigEndian.PutUint64(id[:], n)
	id[15] = 1
	mine := store.VoterKey("C", voter)
	said := binary.BigEndian.AppendUint64(nil, n)
	return store.Command{ID: id, Forget: true, Reads: []store.Key{mine}, Decide: func(v store.View) (store.Change, error) {
		r := civic.Record{Kind: civic.Cast, Consultation: "C", Voter: voter, Place: "01010101", Receipt: uint32(n), Group: civic.Group{Channel: 1, Lang: "bm"}, Marks: []civic.Mark{{Option: uint16(1 + n%5), Value: 1}}, Event: id}
		if was, ok := v.Get(mine); ok {
			old, err := store.DecodeEntry(was)
			if err != nil {
				return store.Change{}, err
			}
			r.Replaces = old.Seq
		}
		return store.Change{Append: []civic.Record{r}, Put: []store.Put{
			{Key: store.CitizenKey(voter), Value: said}, {Key: store.SessionKey(voter), Value: said}, {Key: "meta/n", Value: said},
		}}, nil
	}}
}

// TestSnapshotsAreWhole: while records are rewritten as fast as the disk
// takes them, every snapshot finds each of them, and all as of one moment:
// also a snapshot that lives for many commits.
func TestSnapshotsAreWhole(t *testing.T) {
	e := opened(t, Options{})
	defer whole(t, e)
	voter := civic.VoterID{7}
	if _, err := e.Do(context.Background(), rewrite(voter, 1)); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for r := range 4 {
		readers.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				if err := e.View(context.Background(), func(s store.Snapshot) error { return stands(s, voter, r == 0, n) }); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	var writers sync.WaitGroup
	writers.Go(func() {
		end := time.Now().Add(2 * time.Second)
		for n := uint64(2); time.Now().Before(end); n++ {
			if _, err := e.Do(context.Background(), rewrite(voter, n)); err != nil {
				t.Error(err)
				return
			}
		}
	})
	writers.Go(func() { // others come and go
		for n := range uint32(300) {
			if err := cast(t, e, 1_000_000+n); err != nil {
				t.Error(err)
			}
		}
	})
	writers.Wait()
	close(stop)
	readers.Wait()
}

// stands holds what a snapshot says in its several ways together.
func stands(s store.Snapshot, voter civic.VoterID, patient bool, n int) error {
	if patient { // many commits pass
		time.Sleep(time.Duration(n%7) * time.Millisecond)
	}
	var at [4]uint64
	for i, k := range []store.Key{"meta/n", store.CitizenKey(voter), store.SessionKey(voter), store.VoterKey("C", voter)} {
		v, ok, err := s.Get(k)
		if err != nil || !ok {
			return fmt.Errorf("%s is not found: %v", k.Kind(), err)
		}
		if i == 3 {
			r, err := store.DecodeEntry(v)
			if err != nil {
				return err
			}
			at[i] = uint64(r.Receipt)
			continue
		}
		at[i] = binary.BigEndian.Uint64(v)
	}
	if at[0] != at[1] || at[0] != at[2] || at[0] != at[3] {
		return fmt.Errorf("one snapshot has four times: %d", at)
	}
	if n%16 != 0 {
		return nil
	}
	return counted(s)
}

// counted holds a snapshot's counters against its log.
func counted(s store.Snapshot) error {
	want, flows := civic.Counts{}, civic.Flows{}
	all := map[uint64]civic.Record{}
	if err := s.Records(1, func(r civic.Record) bool {
		all[r.Seq] = r
		if was, ok := all[r.Replaces]; ok {
			want.Add(&r, &was)
		} else {
			want.Add(&r, nil)
		}
		flows.Add(&r)
		return true
	}); err != nil {
		return err
	}
	got, err := s.Counts("C")
	if err != nil || !maps.Equal(got, want) {
		return fmt.Errorf("counters %v, the snapshot's log has %v: %v", got, want, err)
	}
	week := civic.WeekOf(time.Now())
	have, err := s.Flows(week)
	if wanted := flows.Of(week); err != nil || fmt.Sprint(have) != fmt.Sprint(wanted) {
		return fmt.Errorf("ballots of the week %v, the snapshot's log has %v: %v", have, wanted, err)
	}
	return nil
}
