package main

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const drillVoters = 48

// drill is a gateway under load, and the safe.
type drill struct {
	t     *testing.T
	bin   string
	safe  string // outside the machine: backups, keys
	acks  *acks
	key   string // as written down
	phone *http.Client
}

func newDrill(t *testing.T) *drill {
	return &drill{
		t: t, bin: buildGateway(t), safe: t.TempDir(), acks: &acks{receipts: map[string]int{}, when: map[string]time.Time{}},
		phone: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: drillVoters, MaxConnsPerHost: drillVoters}},
	}
}

// verb runs a verb of the program.
func (d *drill) verb(stdin string, env []string, args ...string) (said string, err error) {
	d.t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, d.bin, args...)
	cmd.Dir, cmd.Stdin, cmd.Env = d.safe, strings.NewReader(stdin), append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (d *drill) must(stdin string, args ...string) string {
	d.t.Helper()
	said, err := d.verb(stdin, nil, args...)
	if err != nil {
		d.t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, said)
	}
	return said
}

// refused wants a verb to fail, to say why, and to leave a folder as it was.
func (d *drill) refused(folder, says string, env []string, args ...string) {
	d.t.Helper()
	before := tree(d.t, folder)
	said, err := d.verb("", env, args...)
	if err == nil || !strings.Contains(said, says) {
		d.t.Errorf("%s: %v, want a refusal that says %q\n%s", strings.Join(args, " "), err, says, said)
	}
	if after := tree(d.t, folder); after != before {
		d.t.Errorf("%s: the refusal changed the folder:\n%s\nwas:\n%s", strings.Join(args, " "), after, before)
	}
}

// tree is a folder's names, sizes and times; a folder that isn't there is "".
func tree(t *testing.T, folder string) string {
	t.Helper()
	var b strings.Builder
	_ = filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if info, err := e.Info(); err == nil && !e.IsDir() {
			fmt.Fprintln(&b, path, info.Size(), info.ModTime().UnixNano(), info.Mode())
		} else {
			fmt.Fprintln(&b, path)
		}
		return nil
	})
	return b.String()
}

// load lets the voters vote until it is stopped.
func (d *drill) load(base string, seed uint64) (stop func()) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	var phones sync.WaitGroup
	for i := range drillVoters {
		phones.Go(func() { votes(ctx, d.phone, base, fmt.Sprintf("+2237600%04d", i), d.acks, seed*1000+uint64(i)) })
	}
	return func() { cancel(); phones.Wait() }
}

// until waits for so many more receipts.
func (d *drill) until(more int) {
	d.t.Helper()
	want := d.acks.count() + more
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(40 * time.Second); d.acks.count() < want; <-tick.C {
		if time.Now().After(end) {
			d.t.Fatalf("%d receipts after 40 s, want %d", d.acks.count(), want)
		}
	}
}

// before are the receipts that were read before a time.
func (d *drill) before(at time.Time) (all []string) {
	d.acks.mu.Lock()
	defer d.acks.mu.Unlock()
	for code, when := range d.acks.when {
		if when.Before(at) {
			all = append(all, code)
		}
	}
	return all
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}
