package bolt

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	bbolt "go.etcd.io/bbolt"

	"github.com/jamakan/jamakan/store"
)

// copied is a backup of a database with some ballots, one of them changed.
func copied(t *testing.T) (path string, e *Engine) {
	t.Helper()
	e = opened(t, Options{})
	for n := range uint32(300) {
		if err := cast(t, e, n); err != nil {
			t.Fatal(err)
		}
	}
	path = filepath.Join(t.TempDir(), "copy")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Backup(context.Background(), f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path, e
}

// TestExamine: a copy is what the engine says it is, and reading changes no
// byte of it.
func TestExamine(t *testing.T) {
	path, e := copied(t)
	report, err := e.Check(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	x, err := Examine(context.Background(), path, nil)
	if err != nil || x.Report.Head != report.Head || x.Ballots != 300 || len(x.Report.Problems) != 0 || x.Reserved < 300 {
		t.Errorf("%+v %v, want %+v", x, err, report)
	}
	after, err := os.ReadFile(path)
	if err != nil || string(after) != string(before) {
		t.Errorf("reading changed the file: %v", err)
	}
}

// TestExamineRefuses what is cut, foreign, newer, or changed in the log.
func TestExamineRefuses(t *testing.T) {
	path, e := copied(t)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	change := func(f func(*bbolt.Tx) error) string {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		other := filepath.Join(t.TempDir(), "other")
		if err := os.WriteFile(other, data, 0o600); err != nil {
			t.Fatal(err)
		}
		db, err := bbolt.Open(other, 0o600, &bbolt.Options{Timeout: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(db.Update(f), db.Close()); err != nil {
			t.Fatal(err)
		}
		return other
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	cut := change(func(*bbolt.Tx) error { return nil })
	if err := os.Truncate(cut, info.Size()/2); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		path string
		want error
	}{
		"cut":                {cut, store.ErrCorrupt},
		"empty":              {empty, store.ErrCorrupt},
		"newer":              {change(func(tx *bbolt.Tx) error { return tx.Bucket(bucketMeta()).Put([]byte("schema"), []byte{schema + 1}) }), store.ErrSchema},
		"no schema":          {change(func(tx *bbolt.Tx) error { return tx.Bucket(bucketMeta()).Delete([]byte("schema")) }), store.ErrCorrupt},
		"of another program": {change(func(tx *bbolt.Tx) error { return tx.DeleteBucket(bucketLog()) }), store.ErrCorrupt},
		"a ballot gone":      {change(func(tx *bbolt.Tx) error { return tx.Bucket(bucketLog()).Delete(u64(300)) }), store.ErrCorrupt},
		"a choice changed": {change(func(tx *bbolt.Tx) error {
			v := append([]byte(nil), tx.Bucket(bucketLog()).Get(u64(7))...)
			v[len(v)-1] ^= 1
			return tx.Bucket(bucketLog()).Put(u64(7), v)
		}), store.ErrCorrupt},
	} {
		if x, err := Examine(context.Background(), tc.path, nil); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v %v, want %v", name, err, x.Report.Problems, tc.want)
		}
	}
}
