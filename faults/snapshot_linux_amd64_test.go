package faults

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/jamakan/jamakan/faults/load"
)

// machine is a disk whose power can be cut: an ext4 that writes its journal
// out as late as it may, in a file on an XFS that can copy the file in an
// instant (FAULTS.md, power cut A).
type machine struct {
	outer string // the XFS
	inner string // the ext4, mounted
}

func newMachine(t *testing.T) machine {
	t.Helper()
	dir := t.TempDir()
	outer := mounted(t, "-o", "loop", sparse(t, filepath.Join(dir, "outer.img"), 1<<30, "mkfs.xfs", "-q", "-m", "reflink=1"))
	inner := sparse(t, filepath.Join(outer, "in.img"), 192<<20, "mkfs.ext4", "-q", "-F")
	return machine{outer, mounted(t, "-o", "loop,commit=1000", inner)}
}

// cut is one power cut: phones work, and at a moment of chance the disk is as
// it is. It says what is wrong with it, and how many answers were at stake.
func (m machine) cut(t *testing.T, writer string, chance *rand.Rand) (problems []string, answers int) {
	t.Helper()
	db := filepath.Join(m.inner, database)
	for _, old := range []string{db, db + ".lock"} {
		if err := os.RemoveAll(old); err != nil {
			t.Fatal(err)
		}
	}
	command(t, "sync", "-f", m.inner)
	w := begin(t, writer, db)
	time.Sleep(time.Duration(150+chance.IntN(700)) * time.Millisecond) // the cut's own moment: not a wait for anything
	before := w.now()
	image := filepath.Join(m.outer, "crash.img")
	command(t, "cp", "--reflink=always", filepath.Join(m.outer, "in.img"), image)
	w.end(true)
	after := w.now() // all that it said: what stood in the pipe at the cut was in the file, too
	at := t.TempDir()
	command(t, "mount", "-o", "loop", image, at) // replays its journal
	problems = looked(t, load.Ask{Path: filepath.Join(at, database), Answered: before, UpTo: after, Begun: sum(before) > 0, GoOn: true})
	if said, err := exec.Command("umount", at).CombinedOutput(); err != nil {
		t.Fatalf("umount: %v: %s", err, said)
	}
	return problems, sum(before)
}

// TestSnapshots cuts the power of a real file system under load.
func TestSnapshots(t *testing.T) {
	rounds := number("JAMAKAN_SNAPSHOTS", 0)
	if rounds == 0 {
		t.Skip("needs root and loop devices: make faults")
	}
	m, writer, chance := newMachine(t), built(t), rand.New(rand.NewPCG(1, 3))
	answers := 0
	for n := range rounds {
		problems, stake := m.cut(t, writer, chance)
		if answers += stake; len(problems) > 0 {
			t.Fatalf("cut %d, after %d answers: %q", n, stake, problems)
		}
		if n%20 == 19 {
			t.Logf("%d cuts, %d answers, none lost", n+1, answers)
		}
	}
	t.Logf("%d cuts, %d answers, none lost, none twice", rounds, answers)
	mutant := built(t, "mutantnosync")
	for n := range 10 {
		if problems, stake := m.cut(t, mutant, chance); len(problems) > 0 {
			t.Logf("a gateway that never syncs: caught in cut %d, of %d answers: %.200q", n+1, stake, problems)
			return
		}
	}
	t.Error("a gateway that never syncs went unnoticed in 10 cuts")
}

// blockErrors is one run on a disk that gives real errors: the ext4 lies in a
// file on a memory file system that is too small for it.
func blockErrors(t *testing.T, writer string) (exit int, problems []string, answers int) {
	t.Helper()
	small := mounted(t, "-t", "tmpfs", "-o", "size=6m", "none")
	image := sparse(t, filepath.Join(small, "in.img"), 64<<20, "mkfs.ext4", "-q", "-F", "-O", "^has_journal")
	at := t.TempDir()
	command(t, "mount", "-o", "loop", image, at)
	w := begin(t, writer, filepath.Join(at, database))
	limit := time.AfterFunc(20*time.Second, func() { _ = w.cmd.Process.Kill() })
	exit = w.end(false)
	limit.Stop()
	command(t, "umount", at) // what was not written is gone
	command(t, "mount", "-o", "remount,size=80m", small)
	command(t, "mount", "-o", "loop", image, at)
	answered := w.now()
	problems = looked(t, load.Ask{Path: filepath.Join(at, database), Answered: answered, Begun: sum(answered) > 0})
	command(t, "umount", at)
	return exit, problems, sum(answered)
}

// TestBlockErrors: on a disk that gives real errors the gateway ends, and
// nothing that it answered is lost. One that lets the file system find room for
// each page when it comes loses what was synced, though it ends as soon.
func TestBlockErrors(t *testing.T) {
	rounds := number("JAMAKAN_BLOCK_ERRORS", 0)
	if rounds == 0 {
		t.Skip("needs root and loop devices: make faults")
	}
	writer := built(t)
	for n := range rounds {
		exit, problems, answers := blockErrors(t, writer)
		if exit != 3 || len(problems) > 0 {
			t.Errorf("disk %d: ended with %d after %d answers: %q", n, exit, answers, problems)
		}
		t.Logf("disk %d: ended with %d after %d answers, none lost", n, exit, answers)
	}
	mutant := built(t, "mutantholes")
	for range 5 {
		if exit, problems, answers := blockErrors(t, mutant); len(problems) > 0 {
			t.Logf("a gateway that writes into holes (ended with %d): caught, of %d answers: %.200q", exit, answers, problems)
			return
		}
	}
	t.Error("a gateway that writes into holes went unnoticed on 5 disks")
}
