package bolt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/storetest"
)

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T, dir string, now func() time.Time) store.Engine {
		return opened(t, Options{Path: filepath.Join(dir, "jamakan.db"), Now: now})
	})
}

func opened(t testing.TB, o Options) *Engine {
	t.Helper()
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Path == "" {
		o.Path = filepath.Join(t.TempDir(), "jamakan.db")
	}
	e, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// ballot is a command that casts one.
func ballot(e *Engine, n uint32) store.Command {
	var voter civic.VoterID
	copy(voter[:], fmt.Sprintf("%016d", n))
	var id store.ID
	copy(id[:], fmt.Sprintf("b%015d", n))
	number, _ := e.Reserve()
	mine := store.VoterKey("C", voter)
	return store.Command{ID: id, Reads: []store.Key{mine}, Decide: func(v store.View) (store.Change, error) {
		r := civic.Record{Kind: civic.Cast, Consultation: "C", Voter: voter, Place: "01010101", Receipt: number, Group: civic.Group{Channel: 1, Lang: "bm"}, Marks: []civic.Mark{{Option: 1, Value: 1}}, Event: id}
		return store.Change{
			Append: []civic.Record{r}, Reply: []byte("noted"),
			Put: []store.Put{{Key: store.CitizenKey(voter), Value: []byte(`{"l":"bm","c":"01010101"}`)}, {Key: store.SessionKey(id), Value: make([]byte, 110)}},
		}, nil
	}}
}

func cast(t testing.TB, e *Engine, n uint32) error {
	t.Helper()
	_, err := e.Do(context.Background(), ballot(e, n))
	return err
}

func TestTwoProcesses(t *testing.T) {
	e := opened(t, Options{})
	_, err := Open(Options{Path: e.opts.Path, Now: time.Now})
	if !errors.Is(err, store.ErrLocked) || err.Error() == "" {
		t.Fatalf("%v, want ErrLocked", err)
	}
	if want := fmt.Sprintf("process %d", os.Getpid()); !contains(err.Error(), want) {
		t.Errorf("%q does not say %q", err, want)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}

// TestCheckWhileServing: a check beside writers finds a whole file whole, and
// the process lives.
func TestCheckWhileServing(t *testing.T) {
	e := opened(t, Options{})
	const phones, each = 8, 400
	var writing sync.WaitGroup
	for phone := range uint32(phones) {
		writing.Go(func() {
			for n := range uint32(each) {
				if err := cast(t, e, phone*each+n); err != nil {
					t.Errorf("%v", err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { writing.Wait(); close(done) }()
	checks := 0
	for serving := true; serving || checks < 3; checks++ {
		select {
		case <-done:
			serving = false
		default:
		}
		report, err := e.Check(context.Background(), nil)
		if err != nil || len(report.Problems) > 0 {
			t.Fatalf("check %d: %v %q", checks, err, report.Problems)
		}
	}
	t.Logf("%d checks beside %d ballots", checks, phones*each)
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}

func contains(s, part string) bool {
	for i := range s {
		if len(s)-i >= len(part) && s[i:i+len(part)] == part {
			return true
		}
	}
	return false
}

// TestFull: a full disk refuses, certainly; reads go on, and so do writes when
// there is room.
func TestFull(t *testing.T) {
	e := opened(t, Options{MaxSize: 256 << 10, InitialMmap: 64 << 10})
	taken := uint32(0)
	var err error
	for ; taken < 100_000; taken++ {
		if err = cast(t, e, taken); err != nil {
			break
		}
	}
	if !errors.Is(err, store.ErrRefused) {
		t.Fatalf("%v after %d ballots, want ErrRefused", err, taken)
	}
	if h := e.Health(); !errors.Is(h.Err, store.ErrRefused) || h.Records != uint64(taken) {
		t.Errorf("health %+v, want refused at %d", h, taken)
	}
	if got := e.Standing("C", "01010101").Numbers; got != int(taken) {
		t.Errorf("%d numbers, want %d", got, taken)
	}
	path := e.opts.Path
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	e = opened(t, Options{Path: path})
	if err := cast(t, e, taken); err != nil {
		t.Errorf("with room again: %v", err)
	}
	whole(t, e)
}

func whole(t *testing.T, e *Engine) {
	t.Helper()
	report, err := e.Check(context.Background(), nil)
	if err != nil || len(report.Problems) > 0 {
		t.Errorf("check: %v %v", err, report.Problems)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}

// TestUnknown: a disk that fails while the commit was written ends the engine;
// the next start finds out which it was.
func TestUnknown(t *testing.T) {
	broken := false
	e := opened(t, Options{fail: func() error {
		if broken {
			return errors.New("input/output error")
		}
		return nil
	}})
	if err := cast(t, e, 1); err != nil {
		t.Fatal(err)
	}
	broken = true
	if err := cast(t, e, 2); !errors.Is(err, store.ErrUnknown) {
		t.Fatalf("%v, want ErrUnknown", err)
	}
	<-e.Done()
	if err := cast(t, e, 3); !errors.Is(err, store.ErrStopped) {
		t.Errorf("afterwards: %v, want ErrStopped", err)
	}
	if h := e.Health(); !errors.Is(h.Err, store.ErrStopped) {
		t.Errorf("health %v", h.Err)
	}
	path := e.opts.Path
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	e = opened(t, Options{Path: path})
	if r, err := e.Do(context.Background(), ballot(e, 2)); err != nil || !r.Repeat || string(r.Reply) != "noted" {
		t.Errorf("the same ballot after the restart: %+v, %v; it was written once", r, err)
	}
	whole(t, e)
}

func TestMovedFile(t *testing.T) {
	e := opened(t, Options{})
	if err := e.moved(); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(e.opts.Path, e.opts.Path+".away"); err != nil {
		t.Fatal(err)
	}
	if err := e.moved(); err == nil {
		t.Error("a file moved away goes unnoticed")
	}
	select { // also when nobody votes
	case <-e.Done():
	case <-time.After(20 * watchEvery):
		t.Error("the engine goes on over a file that was moved away")
	}
	if err := os.Rename(e.opts.Path+".away", e.opts.Path); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}

// crashed copies a database as a crash leaves it, and lets damage be done.
func crashed(t *testing.T, damage func(data []byte) []byte) string {
	t.Helper()
	e := opened(t, Options{})
	for n := range uint32(500) {
		if err := cast(t, e, n); err != nil {
			t.Fatal(err)
		}
	}
	from, err := os.Open(e.opts.Path)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(from)
	if err = errors.Join(err, from.Close(), e.Close()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "jamakan.db")
	if err := os.WriteFile(path, damage(data), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestACrashIsVerified(t *testing.T) {
	path := crashed(t, func(data []byte) []byte { return data })
	e := opened(t, Options{Path: path})
	if got := e.Health().Records; got != 500 {
		t.Errorf("%d records", got)
	}
	whole(t, e)
}

// TestDamage: a database that contradicts itself is not served.
func TestDamage(t *testing.T) {
	for name, damage := range map[string]func([]byte) []byte{
		"cut": func(d []byte) []byte { return d[:40<<10] },
		"a choice changed": func(d []byte) []byte {
			for i := range d { // the place of a ballot, in the log
				if i+8 < len(d) && string(d[i:i+8]) == "01010101" && d[i-1] == 8 {
					d[i+7] = '2'
				}
			}
			return d
		},
		"empty": func([]byte) []byte { return []byte("not a database, but long enough to be read as one") },
	} {
		t.Run(name, func(t *testing.T) {
			e, err := Open(Options{Path: crashed(t, damage), Now: time.Now})
			if err == nil {
				_ = e.Close()
				t.Fatal("it is served")
			}
			if !errors.Is(err, store.ErrCorrupt) {
				t.Errorf("%v, want ErrCorrupt", err)
			}
		})
	}
}

func TestANewerSchemaIsRefused(t *testing.T) {
	e := opened(t, Options{})
	path := e.opts.Path
	if err := setSchema(e, schema+1); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Options{Path: path, Now: time.Now}); !errors.Is(err, store.ErrSchema) {
		t.Errorf("%v, want ErrSchema", err)
	}
}

// TestIndex holds the index against a map.
func TestIndex(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := newIndex(0)
		want := map[string]uint32{}
		keys := map[uint32]string{}
		for next := uint32(1); next < uint32(rapid.IntRange(1, 6000).Draw(t, "n")); next++ {
			key := fmt.Sprint(rapid.IntRange(0, 3000).Draw(t, "key"))
			old := want[key]
			if rapid.IntRange(0, 4).Draw(t, "what") == 0 && old != 0 {
				x.remove([]byte(key), old)
				delete(want, key)
				continue
			}
			x.set([]byte(key), old, next)
			want[key], keys[next] = next, key
		}
		for n := range 3001 {
			key := fmt.Sprint(n)
			if got := x.find([]byte(key), func(p uint32) bool { return keys[p] == key }); got != want[key] {
				t.Fatalf("%s at %d, want %d", key, got, want[key])
			}
		}
	})
}

func TestRowKeysComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := store.Key(rapid.SampledFrom([]string{"citizen/", "session/", "done/", "contact/"}).Draw(t, "kind") + rapid.OneOf(rapid.StringMatching(`[0-9a-fA-F]{32}`), rapid.String()).Draw(t, "rest"))
		packed := rowKey(nil, key)
		if back := unpacked(packed); back != key {
			t.Fatalf("%q came back as %q", key, back)
		}
		r, err := parseRow(appendRow(nil, packed, time.Unix(9, 0), []byte("v")))
		if err != nil || r.kind != key.Kind() || string(r.value) != "v" || r.at != 9 {
			t.Fatalf("%+v %v", r, err)
		}
	})
}
