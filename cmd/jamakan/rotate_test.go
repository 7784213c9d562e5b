package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/cmd/jamakan/config"
	"github.com/jamakan/jamakan/store"
)

// verbApart runs a verb of this very program in a process of its own, which may be
// killed.
func verbApart(t *testing.T, data, key string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, append(args, "--data", data)...)
	cmd.Env = append(os.Environ(), "JAMAKAN_VERB=1", "JAMAKAN_KEY_FILE="+key)
	cmd.Dir = t.TempDir()
	return cmd
}

// voted makes data in which so many numbers voted, under a key file.
func voted(t *testing.T, data, key string, many int) {
	t.Helper()
	inHouse(t, data, key, func(h *house) {
		var wg sync.WaitGroup
		for n := range many {
			wg.Go(func() { h.castFor(t, n) })
		}
		wg.Wait()
	})
}

// inHouse opens the data with a key, as verbs do.
func inHouse(t *testing.T, data, key string, do func(*house)) {
	t.Helper()
	cfg := config.Default()
	cfg.Data, cfg.KeyFile = data, key
	w := world{stdout: os.Stdout, stderr: os.Stderr, getenv: func(string) string { return "" }}
	h, err := openHouse(context.Background(), cfg, w, logger(cfg, w), nil)
	if err != nil {
		t.Fatal(err)
	}
	do(h)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
}

// castFor casts a ballot of a number in the demonstration.
func (h *house) castFor(t *testing.T, n int) civic.Outcome {
	t.Helper()
	ctx := context.Background()
	p, err := h.book.Person(ctx, fmt.Sprintf("+2237600%04d", n))
	if err != nil {
		t.Fatal(err)
	}
	c := h.book.Content().Consultations()[0]
	who := civic.Citizen{Lang: "bm", Commune: c.Scope[0]}
	out, err := h.book.Commit(ctx, store.Deed{
		ID: store.ID(h.keys.Event("test", fmt.Sprint(n, time.Now().UnixNano()))), Person: p, Channel: civic.ChannelUSSD,
		Act: civic.Act{Deed: civic.CastBallot, Citizen: who, Consultation: c.Code, Marks: []civic.Mark{{Option: uint16(c.Options[0].Number), Value: 1}}},
	})
	if err != nil {
		t.Error(err)
	}
	return out
}

// rotationVoters is how many numbers voted in the data that is rotated.
const rotationVoters = 4000

// TestRotationKilled: a rotation killed at any moment leaves data that opens
// with exactly one of the two keys and says which; the same command ends it,
// and everybody who voted has voted.
func TestRotationKilled(t *testing.T) {
	data, keys := t.TempDir(), t.TempDir()
	key := filepath.Join(keys, "0")
	voted(t, data, key, rotationVoters)
	kills, rotations := 0, 0
	for round := range 30 {
		next := filepath.Join(keys, fmt.Sprint(1+rotations))
		cmd := verbApart(t, data, key, "key", "rotate", "--new", next)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		rotationAt(data, round%5, time.Duration(round)*300*time.Microsecond)
		_ = cmd.Process.Kill()
		if cmd.Wait() != nil {
			kills++
		}
		oldSays, oldErr := verbApart(t, data, key, "check").CombinedOutput()
		if oldErr == nil {
			if !strings.Contains(string(oldSays), "Nothing wrong") {
				t.Errorf("round %d: %s", round, oldSays)
			}
			continue
		}
		// The data belongs to the new key, which check with the old one names.
		out, err := verbApart(t, data, key, "key", "rotate", "--new", next).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "already") || !strings.Contains(string(oldSays), "was made with key") {
			t.Errorf("round %d: %v %s\n%s", round, err, out, oldSays)
		}
		key, rotations = next, rotations+1
	}
	if kills < 15 {
		t.Errorf("%d of 30 rotations were killed", kills)
	}
	out, err := verbApart(t, data, key, "key", "rotate", "--new", filepath.Join(keys, "last")).CombinedOutput()
	if err != nil {
		t.Fatalf("undisturbed at last: %v %s", err, out)
	}
	key = filepath.Join(keys, "last")
	inHouse(t, data, key, func(h *house) {
		for n := 0; n < rotationVoters; n += 10 {
			if out := h.castFor(t, n); out.Verdict != civic.Changed {
				t.Fatalf("number %d votes as if it had not: %+v", n, out)
			}
		}
	})
	t.Logf("%d kills, after which %d rotations had come through", kills, rotations)
}

// rotationAt waits until a rotation has come to a step, and a moment longer.
func rotationAt(data string, step int, more time.Duration) {
	fresh := filepath.Join(data, rotatingFile)
	there := func(path string) func() bool {
		return func() bool { _, err := os.Stat(path); return err == nil }
	}
	steps := [][]func() bool{
		{},             // it has hardly begun
		{there(fresh)}, // the new file is being written
		{func() bool { info, err := os.Stat(fresh); return err == nil && info.Size() > 256<<10 }},
		{there(fresh + ".lock")},                               // the new file is being proved
		{there(fresh), func() bool { return !there(fresh)() }}, // it has just taken the old one's place
	}
	for _, reached := range steps[step] {
		for until := time.Now().Add(20 * time.Second); !reached() && time.Now().Before(until); {
			time.Sleep(100 * time.Microsecond) // another process is watched
		}
	}
	time.Sleep(more)
}

// TestRotationRefuses: while a gateway runs, to the present key, and into the
// data folder of a service.
func TestRotationRefuses(t *testing.T) {
	data, keys := t.TempDir(), t.TempDir()
	key := filepath.Join(keys, "0")
	inHouse(t, data, key, func(*house) {
		out, err := verbApart(t, data, key, "key", "rotate", "--new", filepath.Join(keys, "1")).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "data held by another process") {
			t.Errorf("while another program has the data: %v %s", err, out)
		}
	})
	out, err := verbApart(t, data, key, "key", "rotate", "--new", key).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "present key") {
		t.Errorf("to the present key: %v %s", err, out)
	}
	cmd := verbApart(t, data, key, "key", "rotate", "--new", filepath.Join(data, "new.key"))
	cmd.Env = append(cmd.Env, "JAMAKAN_DEMO=false", tokensName+"="+longToken)
	if out, err = cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "put it elsewhere") {
		t.Errorf("a key beside its data: %v %s", err, out)
	}
	if out, err = verbApart(t, data, key, "check").CombinedOutput(); err != nil {
		t.Errorf("afterwards: %v %s", err, out)
	}
}
