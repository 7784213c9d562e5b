package backup

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestOld(t *testing.T) {
	at := func(day, hour int) Kept {
		when := time.Date(2026, 11, day, hour, 0, 0, 0, time.UTC)
		return Kept{Name(when), when}
	}
	// Monday the 30th; two on Sunday the 29th; weeks before.
	all := []Kept{at(30, 6), at(29, 18), at(29, 6), at(28, 6), at(22, 6), at(21, 6), at(15, 6), at(8, 6)}
	var gone []string
	for _, k := range Old(all, 2, 3) {
		gone = append(gone, k.At.Format("2 15"))
	}
	// Days: 30, 29 (18 h). Weeks: that of the 30th, of the 29th (same files), of the 22nd.
	if got := strings.Join(gone, ", "); got != "29 06, 28 06, 21 06, 15 06, 8 06" {
		t.Error(got)
	}
	if old := Old(all[:1], 0, 0); len(old) != 0 {
		t.Error("the newest is let go")
	}
}

// Prune deletes what is ours and old, and never anything else.
func TestPrune(t *testing.T) {
	k, dir := keys(t), t.TempDir()
	put := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	day := func(n int) string { return Name(time.Date(2026, 11, n, 6, 0, 0, 0, time.UTC)) }
	good := made(t, k)
	for n := 2; n <= 6; n++ {
		put(day(n), good)
	}
	put(day(1), made(t, keys(t)))                   // of another gateway
	put("jamakan-2026-10-01T06-00-00Z.backup", nil) // empty
	put("jamakan-2026-10-02T06-00-00Z.backup", good[:400])
	put("notes.txt", good)
	if err := os.Symlink(put("elsewhere", good), filepath.Join(dir, "jamakan-2026-10-03T06-00-00Z.backup")); err != nil {
		t.Fatal(err)
	}
	if _, err := Prune(dir, k, filepath.Join(dir, day(5)), 1, 0); err == nil || !strings.Contains(err.Error(), "move those with a later date away") {
		t.Error("pruned beside a newest that was not just made")
	}
	gone, err := Prune(dir, k, filepath.Join(dir, day(6)), 2, 0)
	if err != nil || len(gone) != 3 {
		t.Errorf("deleted %v, %v", gone, err)
	}
	left, _ := os.ReadDir(dir)
	if len(left) != 2+6 {
		t.Errorf("left: %v", left)
	}
}

func TestRecipients(t *testing.T) {
	id := identity(t)
	if _, err := Recipients([]string{id.String()}); !errors.Is(err, ErrRecipient) || !strings.Contains(err.Error(), "secret half") {
		t.Errorf("a secret key as recipient: %v", err)
	}
	if _, err := Recipients([]string{"age1nonsense"}); !errors.Is(err, ErrRecipient) {
		t.Errorf("nonsense: %v", err)
	}
	path := file(t, []byte("# two\n"+id.Recipient().String()+"\n\n"+identity(t).Recipient().String()+"\n"))
	all, err := RecipientsFile(path)
	if err != nil || len(all) != 2 {
		t.Errorf("%v %v", all, err)
	}
}

// A disk that gives other bytes than it was given is noticed while writing.
func TestChangedUnderWay(t *testing.T) {
	data := database()
	m := manifest(data)
	data[5] ^= 1
	if err := Write(io.Discard, m, keys(t), bytes.NewReader(data), nil); err == nil {
		t.Error("a copy that changed was written")
	}
}

// TestPartsGo: what the clock began and a crash cut off does not stay beyond
// what is kept; one that is being written does, and so does what people made.
func TestPartsGo(t *testing.T) {
	k, dir := keys(t), t.TempDir()
	path := func(day int) string {
		return filepath.Join(dir, Name(time.Date(2026, 11, day, 6, 0, 0, 0, time.UTC)))
	}
	for _, name := range []string{path(3), Part(path(1)), filepath.Join(dir, "mine.backup.part")} {
		if err := os.WriteFile(name, made(t, k), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	writing, err := takePart(Part(path(2)))
	if err != nil {
		t.Fatal(err)
	}
	defer writing.Close()
	if _, err := Prune(dir, k, path(3), 7, 8); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 3 {
		t.Errorf("left: %v %v", left, err)
	}
	if _, err := os.Stat(Part(path(1))); !os.IsNotExist(err) {
		t.Errorf("the part of a crash: %v", err)
	}
}
