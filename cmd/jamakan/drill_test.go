package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/bolt"
	"github.com/jamakan/jamakan/store/secret"
)

// The restore drill, with the real program: voters vote, a backup is made
// while they do, they go on, the machine is lost. On an empty one the backup
// is restored with the key from the safe; what was acknowledged before the
// backup began is there, and nobody counts twice.

func TestDrill(t *testing.T) {
	d := newDrill(t)
	lost := filepath.Join(t.TempDir(), "data")
	cmd, base := gateway(t, d.bin, lost)
	identity, plain, sealed := filepath.Join(d.safe, "identity"), filepath.Join(d.safe, "plain.backup"), filepath.Join(d.safe, "sealed.backup")
	other := filepath.Join(d.safe, "other")
	public := lastLine(d.must("", "key", "pair", identity))
	d.must("", "key", "pair", other)
	d.key = lastLine(d.must("", "key", "export", "--data", lost))

	stop := d.load(base, 1)
	d.until(300)
	began := map[string]time.Time{plain: time.Now()}
	d.must("", "backup", plain, "--data", lost)
	d.until(100)
	began[sealed] = time.Now()
	d.must("", "backup", sealed, "--to", public, "--data", lost)
	d.until(300) // after the backups: lost with the machine
	d.refused(lost+"/no such", "already", nil, "backup", plain, "--data", lost)
	d.refused(lost+"/no such", "a gateway runs", []string{"JAMAKAN_KEY=" + d.key}, "restore", plain, "--data", lost, "--overwrite")
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	stop()
	if err := os.RemoveAll(lost); err != nil {
		t.Fatal(err)
	}

	grep(t, sealed, d.key)
	machine := filepath.Join(t.TempDir(), "data") // the empty one
	d.refusals(machine, plain, sealed, identity, other)
	for _, from := range []string{plain, sealed} {
		d.onto(filepath.Join(t.TempDir(), "data"), from, identity, began[from])
	}
}

// refusals: without its keys nothing is restored, and nothing is touched.
func (d *drill) refusals(machine, plain, sealed, identity, other string) {
	d.t.Helper()
	wrong := "JAMAKAN_KEY=" + strings.Repeat("ab", 32)
	right := "JAMAKAN_KEY=" + d.key
	d.refused(machine, "without the master key", nil, "restore", plain, "--data", machine)
	d.refused(machine, "another master key", []string{wrong}, "restore", plain, "--data", machine)
	d.refused(machine, "--identity", []string{right}, "restore", sealed, "--data", machine)
	d.refused(machine, "does not open it", []string{right}, "restore", sealed, "--data", machine, "--identity", other)
	d.refused(machine, "another master key", []string{wrong}, "restore", sealed, "--data", machine, "--identity", identity)
}

// onto restores a backup on an empty machine and lets the voters vote again.
func (d *drill) onto(machine, from, identity string, began time.Time) {
	t := d.t
	t.Helper()
	d.must(d.key+"\n", "key", "import", "--data", machine)
	d.must("", "restore", from, "--check", "--identity", identity, "--data", machine)
	said := d.must("", "restore", from, "--identity", identity, "--data", machine)
	named := regexp.MustCompile(`whatever was acknowledged after (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) \(Bamako\) is not in it`).FindStringSubmatch(said)
	if named == nil {
		t.Fatalf("the gap is not named:\n%s", said)
	}
	if at, err := time.Parse(time.DateTime, named[1]); err != nil || at.Sub(began).Abs() > 5*time.Second {
		t.Errorf("the gap begins at %s, the backup began at %s", named[1], began.UTC())
	}
	d.must("", "check", "--data", machine)
	known := verdictOf(t, machine)
	told := d.before(began)
	for _, code := range told {
		if known.Receipts[code] != 1 {
			t.Errorf("receipt %s was told before the backup began, and is %d times in the log", code, known.Receipts[code])
		}
	}
	if known.Ballots != known.Voters || known.Voters != drillVoters || len(known.Problems) > 0 {
		t.Errorf("%d ballots count for %d voters; %v", known.Ballots, known.Voters, known.Problems)
	}
	d.refused(machine, "there is data already", nil, "restore", from, "--identity", identity, "--data", machine)
	life := &drill{t: t, bin: d.bin, safe: d.safe, phone: d.phone, acks: &acks{receipts: map[string]int{}}}
	cmd, base := gateway(t, d.bin, machine)
	stop := life.load(base, 9)
	life.until(3 * drillVoters)
	stop()
	stopGently(t, cmd)
	again := verdictOf(t, machine)
	if again.Voters != drillVoters || again.Ballots != drillVoters || len(again.Problems) > 0 {
		t.Errorf("after they voted again %d ballots count for %d voters, want %d; %v", again.Ballots, again.Voters, drillVoters, again.Problems)
	}
	for code := range life.acks.receipts {
		if _, given := d.acks.receipts[code]; given {
			t.Errorf("receipt %s was told twice, before the loss and after the restore", code)
		}
	}
	remembered(t, machine)
	t.Logf("%s: %d receipts told before the backup began, all there; %d told in all before the loss; %d votes again by %d numbers, no ballot added", filepath.Base(from), len(told), len(d.acks.receipts), len(life.acks.receipts), drillVoters)
}

// remembered: the journal and the desk know of the restore.
func remembered(t *testing.T, data string) {
	t.Helper()
	keys, err := secret.Load(filepath.Join(data, "demo.key"), false)
	if err != nil {
		t.Fatal(err)
	}
	e, err := bolt.Open(bolt.Options{Path: filepath.Join(data, databaseFile), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	book, err := store.NewBook(e, keys, store.BookOptions{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if r, ok, err := book.LastRestore(context.Background()); err != nil || !ok || r.Skipped < skipAlways {
		t.Errorf("the restore is not remembered: %+v %v %v", r, ok, err)
	}
	found := false
	err = book.Journal(context.Background(), 0, func(e store.Entry) bool { found = found || e.What == "data.restore"; return true })
	if err != nil || !found {
		t.Errorf("the journal does not name the restore: %v", err)
	}
}

// grep: an encrypted backup shows neither the key nor anything of the database.
func grep(t *testing.T, file, key string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{key, "plan/", "citizen", "outbox/", "audit/", "Kolonso", "22376"} {
		if bytes.Contains(data, []byte(secret)) {
			t.Errorf("the encrypted backup shows %q", secret)
		}
	}
}
