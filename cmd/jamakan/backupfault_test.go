package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	bbolt "go.etcd.io/bbolt"

	"github.com/jamakan/jamakan/store/backup"
)

// small is a gateway with some votes, and one backup of it.
func smallDrill(t *testing.T) (d *drill, data, file, base string) {
	t.Helper()
	d = newDrill(t)
	data = filepath.Join(t.TempDir(), "data")
	cmd, base := gateway(t, d.bin, data)
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
	stop := d.load(base, 3)
	d.until(60)
	stop()
	d.key = lastLine(d.must("", "key", "export", "--data", data))
	file = filepath.Join(d.safe, "good.backup")
	d.must("", "backup", file, "--data", data)
	return d, data, file, base
}

// TestRestoreRefuses: whatever is not a whole backup is named and refused, and
// the machine stays as it was.
func TestRestoreRefuses(t *testing.T) {
	d, _, good, _ := smallDrill(t)
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	env := []string{"JAMAKAN_KEY=" + d.key}
	machine := filepath.Join(t.TempDir(), "data")
	bad := filepath.Join(d.safe, "bad.backup")
	with := func(data []byte) string {
		if err := os.WriteFile(bad, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return bad
	}
	flip := func(at int) []byte {
		data := append([]byte(nil), whole...)
		data[at] ^= 4
		return data
	}
	for at := 0; at < len(whole); at += 4096 {
		want := "is cut"
		if at == 0 {
			want = "not a backup"
		}
		d.refused(machine, want, env, "restore", with(whole[:at]), "--data", machine)
	}
	d.refused(machine, "is damaged", env, "restore", with(flip(len(whole)/2)), "--data", machine)
	d.refused(machine, "not a backup", env, "restore", with(flip(3)), "--data", machine)
	d.refused(machine, "is cut", env, "restore", with(whole[:len(whole)-1]), "--data", machine)
	d.refused(machine, "newer version", env, "restore", with(append([]byte("jamakan backup 9\n"), whole[17:]...)), "--data", machine)
	d.refused(machine, "not a backup", env, "restore", with(make([]byte, 1<<20)), "--data", machine)
	d.refused(machine, "it is no file", env, "restore", d.safe, "--data", machine)
	d.refused(machine, "no such file", env, "restore", filepath.Join(d.safe, "none"), "--data", machine)
	d.refused(machine, "not a master key", []string{"JAMAKAN_KEY=abc"}, "restore", good, "--data", machine)

	link := filepath.Join(d.safe, "link")
	if err := os.Symlink(good, link); err != nil {
		t.Fatal(err)
	}
	if said, err := d.verb("", env, "restore", link, "--data", machine); err != nil {
		t.Errorf("through a link: %v\n%s", err, said)
	}
	d.refused(machine, "there is data already", env, "restore", good, "--data", machine)
	if err := os.WriteFile(filepath.Join(machine, databaseFile), []byte("not a database any more"), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := d.verb("", env, "restore", good, "--data", machine, "--overwrite"); err != nil {
		t.Errorf("over a broken database: %v\n%s", err, said)
	}
	aside, _ := filepath.Glob(filepath.Join(machine, databaseFile+".replaced-*"))
	if len(aside) != 1 {
		t.Fatalf("moved aside: %v", aside)
	}
	if kept, err := os.ReadFile(aside[0]); err != nil || string(kept) != "not a database any more" {
		t.Errorf("what was there is not kept: %q %v", kept, err)
	}
	if said, err := d.verb("", env, "check", "--data", machine); err != nil {
		t.Errorf("check: %v\n%s", err, said)
	}
}

// TestBackupWithoutRoom: a full disk, or a limit on files, leaves nothing under
// the name, and the gateway goes on.
func TestBackupWithoutRoom(t *testing.T) {
	d, data, _, _ := smallDrill(t)
	full := t.TempDir()
	if err := syscall.Mount("tmpfs", full, "tmpfs", 0, "size=40k"); err == nil {
		t.Cleanup(func() { _ = syscall.Unmount(full, syscall.MNT_DETACH) })
		d.refused(full, "no space left", nil, "backup", filepath.Join(full, "a.backup"), "--data", data)
		d.refused(full, "no space left", nil, "backup", filepath.Join(full, "a.backup"), "--data", data, "--to", lastLine(d.must("", "key", "pair", filepath.Join(d.safe, "id"))))
		d.refused(full, "has 0 MB free", []string{"JAMAKAN_KEY=" + d.key}, "restore", filepath.Join(d.safe, "good.backup"), "--data", filepath.Join(full, "data"))
	} else {
		t.Logf("no tmpfs can be mounted here: %v", err)
	}
	cmd := exec.Command("sh", "-c", `ulimit -f 40; exec "$0" "$@"`, d.bin, "backup", "limited.backup", "--data", data)
	cmd.Dir = t.TempDir()
	if said, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(said), "file too large") {
		t.Errorf("under a limit: %v\n%s", err, said)
	}
	if left := tree(t, cmd.Dir); strings.Contains(left, "limited") {
		t.Errorf("left behind: %s", left)
	}
	d.refused(d.safe, "no such file", nil, "backup", filepath.Join(d.safe, "no", "folder"), "--data", data)
	d.refused(d.safe, "secret half", nil, "backup", filepath.Join(d.safe, "x"), "--data", data, "--to", "AGE-SECRET-KEY-1"+strings.Repeat("Q", 58))
	if copies, _ := filepath.Glob(filepath.Join(data, copyPrefix+"*")); len(copies) > 0 {
		t.Errorf("copies left in the data folder: %v", copies)
	}
	d.must("", "check", "--data", data)
}

// TestTwoBackups: under two names both are whole; under one, one is, and the
// other says why not.
func TestTwoBackups(t *testing.T) {
	d, data, _, base := smallDrill(t)
	stop := d.load(base, 4)
	defer stop()
	var wg sync.WaitGroup
	failed := make([]error, 6)
	for i := range failed {
		name := []string{"one", "one", "one", "two", "three", "four"}[i]
		wg.Go(func() {
			said, err := d.verb("", nil, "backup", filepath.Join(d.safe, name), "--data", data)
			if err != nil {
				failed[i] = fmt.Errorf("%w: %s", err, said)
			}
		})
	}
	wg.Wait()
	made := 0
	for i, err := range failed {
		switch {
		case err == nil && i < 3:
			made++
		case i < 3 && !strings.Contains(err.Error(), "another backup is being written") && !strings.Contains(err.Error(), "is there already"):
			t.Errorf("one name: %v", err)
		case i >= 3 && err != nil:
			t.Errorf("a name of its own: %v", err)
		}
	}
	if made != 1 {
		t.Errorf("%d backups made under one name", made)
	}
	for _, name := range []string{"one", "two", "three", "four"} {
		d.must("", "restore", filepath.Join(d.safe, name), "--check", "--data", data)
	}
}

// stumbling is an office whose backup fails half way.
type stumbling struct {
	office
	after int
}

func (s stumbling) Backup(_ context.Context, _ backupAsk, w io.Writer) error {
	if s.after > 0 {
		_, _ = w.Write(make([]byte, s.after))
	}
	return errors.New("the disk failed")
}

// TestBackupCutOnTheWay: a gateway that fails, or ends, in the middle of a
// backup leaves nothing under the name.
func TestBackupCutOnTheWay(t *testing.T) {
	for _, after := range []int{0, 10, 1 << 20} {
		srv := httptest.NewUnstartedServer(serveOffice(stumbling{after: after}))
		srv.Config.ErrorLog = nil
		srv.Start()
		o := remoteOffice{client: &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", srv.Listener.Addr().String())
		}}}}
		dir := t.TempDir()
		err := backup.Put(context.Background(), filepath.Join(dir, "a"), false, func(w io.Writer) error {
			return o.Backup(context.Background(), backupAsk{}, w)
		})
		left, _ := os.ReadDir(dir)
		if err == nil || len(left) > 0 || after == 0 && !strings.Contains(err.Error(), "the disk failed") {
			t.Errorf("after %d bytes: %v, left %v", after, err, left)
		}
		srv.Close()
	}
}

// TestBackupOfDamagedData: a choice changed in the log, which no start after a
// clean stop notices, is noticed by the backup, and no backup is made of it.
func TestBackupOfDamagedData(t *testing.T) {
	d := newDrill(t)
	data := filepath.Join(t.TempDir(), "data")
	cmd, base := gateway(t, d.bin, data)
	stop := d.load(base, 5)
	d.until(60)
	stop()
	stopGently(t, cmd)
	db, err := bbolt.Open(filepath.Join(data, databaseFile), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		log := tx.Bucket([]byte("log"))
		k, v := log.Cursor().First()
		v = append([]byte(nil), v...)
		v[len(v)-1] ^= 1
		return log.Put(k, v)
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	said, err := d.verb("", nil, "backup", filepath.Join(d.safe, "bad"), "--data", data)
	left, _ := os.ReadDir(d.safe)
	if err == nil || !strings.Contains(said, "is not good") || len(left) > 0 {
		t.Errorf("%v, left %v\n%s", err, left, said)
	}
}

// TestRestoreKilled: a restore that is killed half way leaves no database, and
// no gateway begins with an empty one; restored again, nothing of it is left.
func TestRestoreKilled(t *testing.T) {
	d, _, good, _ := smallDrill(t)
	env := []string{"JAMAKAN_KEY=" + d.key}
	machine := t.TempDir()
	half := filepath.Join(machine, restoreName+"1")
	if err := os.MkdirAll(half, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(half, databaseFile), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.refused(machine, "a restore was ended before it was done", env, "serve", "--data", machine)
	if said, err := d.verb("", env, "restore", good, "--data", machine); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if left := tree(t, machine); strings.Contains(left, restoreName) {
		t.Errorf("left: %s", left)
	}
	if said, err := d.verb("", env, "check", "--data", machine); err != nil {
		t.Errorf("check: %v\n%s", err, said)
	}
}
