package disk

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"pgregory.net/rapid"

	"github.com/jamakan/jamakan/faults/systrace"
)

func write(name string, at int64, data string) systrace.Call {
	return systrace.Call{Op: systrace.Write, Path: "/d/" + name, Offset: at, Data: []byte(data)}
}

func do(t *testing.T, d *Disk, calls ...systrace.Call) {
	t.Helper()
	for i, c := range calls {
		c.Begun = i
		if err := d.Apply(c); err != nil {
			t.Fatal(err)
		}
	}
}

// left are all contents a cut may leave, as many cuts find them.
func left(t *testing.T, d *Disk) []string {
	t.Helper()
	into, chance := t.TempDir(), rand.New(rand.NewPCG(1, 1))
	var found []string
	for n := range 400 {
		if _, err := d.Cut("f", Kind(n)%Kinds, chance, into, func(State) bool { return false }); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(into, "f"))
		if err != nil {
			b = []byte("absent")
		}
		if !slices.Contains(found, string(b)) {
			found = append(found, string(b))
		}
	}
	slices.Sort(found)
	return found
}

func sync(path string, err syscall.Errno) systrace.Call {
	return systrace.Call{Op: systrace.Sync, Path: path, Err: err}
}

func TestWhatACutLeaves(t *testing.T) {
	synced, failing, named := sync("/d/f", 0), sync("/d/f", syscall.EIO), sync("/d", 0)
	made := systrace.Call{Op: systrace.Create, Path: "/d/f"}
	for name, c := range map[string]struct {
		calls []systrace.Call
		want  []string
	}{
		"a name without its folder's sync": {[]systrace.Call{made, write("f", 0, "a"), synced}, []string{"a", "absent"}},
		"synced":                           {[]systrace.Call{made, named, write("f", 0, "ab"), synced}, []string{"ab"}},
		"any of two":                       {[]systrace.Call{made, named, synced, write("f", 0, "a"), write("f", 1, "b")}, []string{"", "\x00b", "a", "ab"}},
		"either order":                     {[]systrace.Call{made, named, synced, write("f", 0, "a"), write("f", 0, "b")}, []string{"", "a", "b"}},
		"a failed sync is doubt for ever":  {[]systrace.Call{made, named, write("f", 0, "a"), failing, write("f", 1, "b"), synced}, []string{"\x00b", "ab"}},
		"longer or not":                    {[]systrace.Call{made, named, write("f", 0, "a"), synced, {Op: systrace.Truncate, Path: "/d/f", Size: 3}}, []string{"a", "a\x00\x00"}},
		"renamed or not":                   {[]systrace.Call{{Op: systrace.Create, Path: "/d/g"}, write("g", 0, "a"), {Op: systrace.Sync, Path: "/d/g"}, named, {Op: systrace.Rename, Path: "/d/g", To: "/d/f"}}, []string{"a", "absent"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := New("/d")
			do(t, d, c.calls...)
			if got := left(t, d); !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// TestTornAtSectors: a torn write is whole in each sector.
func TestTornAtSectors(t *testing.T) {
	d := New("/d")
	do(t, d, systrace.Call{Op: systrace.Create, Path: "/d/f"}, sync("/d", 0), write("f", 0, string(bytes.Repeat([]byte("x"), 4*Sector))))
	seen := 0
	for _, b := range left(t, d) {
		seen++
		for at := 0; at < len(b); at += Sector {
			if s := []byte(b[at : at+Sector]); bytes.Count(s, []byte("x")) != Sector && bytes.Count(s, []byte{0}) != Sector {
				t.Fatal("a sector is torn")
			}
		}
	}
	if seen < 12 {
		t.Errorf("%d states, of 16 there are", seen)
	}
}

// TestSum: the sum that follows changes is the sum of the content, and taking
// changes back gives the content and the sum of before.
func TestSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m image
		var notes []undo
		before := append([]byte(nil), m.bytes...)
		for n := range rapid.IntRange(1, 12).Draw(t, "n") {
			if n == 4 {
				notes, before = nil, append([]byte(nil), m.bytes...)
			}
			c := change{at: int64(rapid.IntRange(0, 3000).Draw(t, "at"))}
			if rapid.Bool().Draw(t, "write") {
				c.data = rapid.SliceOfN(rapid.Byte(), 1, 1500).Draw(t, "data")
			}
			m.apply(c, &notes)
			if m.sum != sum(m.bytes, 0) {
				t.Fatalf("sum %x of content %x", m.sum, sum(m.bytes, 0))
			}
		}
		m.back(notes)
		if !bytes.Equal(m.bytes, before) || m.sum != sum(before, 0) {
			t.Fatalf("%d bytes came back of %d", len(m.bytes), len(before))
		}
	})
}

// TestSyncIsForWhatWasBefore: a write that another thread made while a sync
// ran may be lost after it.
func TestSyncIsForWhatWasBefore(t *testing.T) {
	d := New("/d")
	do(t, d, systrace.Call{Op: systrace.Create, Path: "/d/f"}, sync("/d", 0), write("f", 0, "a"), write("f", 1, "b"))
	late := sync("/d/f", 0)
	late.Begun = 3 // the second write had not ended
	if err := d.Apply(late); err != nil {
		t.Fatal(err)
	}
	if got := left(t, d); !slices.Equal(got, []string{"a", "ab"}) {
		t.Errorf("%q", got)
	}
}
