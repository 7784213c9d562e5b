package export

import (
	"errors"
	"io"
	"iter"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
)

// highest is the most memory in use seen while it is written to.
type highest struct {
	w    io.Writer
	most uint64
	n    int
}

func (h *highest) Write(b []byte) (int, error) {
	if h.n++; h.n%512 == 0 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		h.most = max(h.most, m.HeapAlloc)
	}
	return h.w.Write(b)
}

// TestMillion writes the receipts of a million ballots, with the digests that
// name them, in the memory of a few.
func TestMillion(t *testing.T) {
	n := uint64(1_000_000)
	if testing.Short() {
		n = 100_000
	}
	src := aSource(t, civic.Live, false)
	src.Leaves, src.Report.LogRoot = leaves(n)
	src.Report.LogSize = n
	files, err := Render(src, Options{Week: week(t, "2026-W48"), Profile: Public, Formats: []string{"verification", "datapackage"}})
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	h := &highest{w: io.Discard}
	begun := time.Now()
	for _, f := range files {
		if err := f.Write(h); err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
	}
	grown := int64(h.most) - int64(before.HeapAlloc)
	t.Logf("%d leaves in %v, at most %.1f MB more memory", n, time.Since(begun), float64(grown)/(1<<20))
	if grown > 16<<20 {
		t.Errorf("%d MB more memory while %d leaves are written", grown>>20, n)
	}
}

// TestLeavesMustFit: a list that is not the checkpoint's is not published.
func TestLeavesMustFit(t *testing.T) {
	whole, _ := leaves(40)
	broken := errors.New("the disk")
	for name, list := range map[string]iter.Seq2[Leaf, error]{
		"a leaf less": func(yield func(Leaf, error) bool) {
			for l := range whole {
				if l.Index == 39 || !yield(l, nil) {
					return
				}
			}
		},
		"a leaf changed": func(yield func(Leaf, error) bool) {
			for l := range whole {
				if l.Index == 7 {
					l.Hash = strings.Repeat("0", 64)
				}
				if !yield(l, nil) {
					return
				}
			}
		},
		"no leaf at all": func(yield func(Leaf, error) bool) { yield(Leaf{Hash: "x"}, nil) },
		"a fault":        func(yield func(Leaf, error) bool) { yield(Leaf{}, broken) },
	} {
		src := aSource(t, civic.Live, false)
		src.Leaves = list
		files, err := Render(src, Options{Week: week(t, "2026-W48"), Profile: Public, Formats: []string{"verification"}})
		if err != nil {
			t.Fatal(err)
		}
		failed := false
		for _, f := range files {
			err := f.Write(io.Discard)
			failed = failed || errors.Is(err, ErrLeaves) || errors.Is(err, broken)
		}
		if !failed {
			t.Errorf("%s: published", name)
		}
	}
}
