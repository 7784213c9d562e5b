package bolt

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jamakan/jamakan/store"
)

// frozen is a database of schema 1 as version 1 of the program wrote it: five
// ballots, one of them repeated. It is never written again: it proves that
// later versions still read it. (JAMAKAN_FREEZE=1 made it, once; the empty pages behind
// its last one were cut off.)
const (
	frozen     = "testdata/schema1.db"
	frozenRoot = "3d634e9141bac71f11e6f11ae7959821a9f0f015ce0e552a2ec39f0af058b83c"
)

func TestSchema1IsStillRead(t *testing.T) {
	if os.Getenv("JAMAKAN_FREEZE") != "" {
		freeze(t)
	}
	data, err := os.ReadFile(frozen)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "jamakan.db")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	e := opened(t, Options{Path: path})
	if got := e.Standing("C", "01010101"); got.Numbers != 5 || got.Votes[1] != 5 {
		t.Errorf("standing %+v", got)
	}
	head := e.mem.tree.Head()
	if got := hex.EncodeToString(head.Root[:]); head.Size != 5 || got != frozenRoot {
		t.Errorf("tree of %d leaves, root %s, want %s", head.Size, got, frozenRoot)
	}
	if r, err := e.Do(t.Context(), ballot(e, 3)); err != nil || !r.Repeat || string(r.Reply) != "noted" {
		t.Errorf("a ballot of then, repeated now: %+v %v", r, err)
	}
	if _, err := e.Do(t.Context(), store.Command{ID: store.ID{9}, Decide: func(store.View) (store.Change, error) {
		return store.Change{Put: []store.Put{{Key: "plan/x", Value: []byte("y")}}}, nil
	}}); err != nil {
		t.Error(err)
	}
	whole(t, e)
}

func freeze(t *testing.T) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "jamakan.db")
	e := opened(t, Options{Path: path, Now: func() time.Time { return time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC) }})
	for n := range uint32(5) {
		if err := cast(t, e, n); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(frozen, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
