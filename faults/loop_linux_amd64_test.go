package faults

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jamakan/jamakan/faults/load"
)

// The tests with real file systems: they need root, loop devices, xfsprogs and
// e2fsprogs. `make faults` asks for them, and where they can't be they fail
// and say so; `go test` does not.

// command runs a program and fails with what it said.
func command(t testing.TB, name string, args ...string) {
	t.Helper()
	if said, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("this machine can't run the tests with real file systems (root, loop devices, xfsprogs and e2fsprogs are needed): %s %s: %v: %s", name, strings.Join(args, " "), err, said)
	}
}

// mounted mounts a file or file system until the test ends.
func mounted(t testing.TB, args ...string) string {
	t.Helper()
	at := t.TempDir()
	command(t, "mount", append(args, at)...)
	t.Cleanup(func() {
		if said, err := exec.Command("umount", "-l", at).CombinedOutput(); err != nil && !strings.Contains(string(said), "not mounted") {
			t.Errorf("umount: %v: %s", err, said)
		}
	})
	return at
}

// sparse makes an empty file of a size, with a file system.
func sparse(t testing.TB, path string, size int64, mkfs ...string) string {
	t.Helper()
	f, err := os.Create(path)
	if err == nil {
		err = f.Truncate(size)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	command(t, mkfs[0], append(mkfs[1:], path)...)
	return path
}

// working is a writer under way, and what it has answered.
type working struct {
	cmd      *exec.Cmd
	mu       sync.Mutex
	answered []int
	read     chan struct{}
	said     strings.Builder
}

const loopPhones = 16

func begin(t testing.TB, writer, db string) *working {
	t.Helper()
	w := &working{cmd: exec.Command(writer, "-db", db, "-phones", fmt.Sprint(loopPhones), "-mmap", fmt.Sprint(1<<20)), answered: make([]int, loopPhones), read: make(chan struct{})}
	w.cmd.Stderr = &w.said
	out, err := w.cmd.StdoutPipe()
	if err == nil {
		err = w.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	go w.listen(out)
	return w
}

func (w *working) listen(out io.Reader) {
	defer close(w.read)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var word string
		var p, n int
		if _, err := fmt.Sscan(lines.Text(), &word, &p, &n); err == nil && word == "ok" {
			w.mu.Lock()
			w.answered[p] = n
			w.mu.Unlock()
		}
	}
}

func (w *working) now() []int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.answered)
}

// end waits for the writer, killed or not, and for its last answers.
func (w *working) end(kill bool) (exit int) {
	if kill {
		_ = w.cmd.Process.Kill() // it may have ended by itself
	}
	<-w.read
	_ = w.cmd.Wait() // the exit code says it
	return w.cmd.ProcessState.ExitCode()
}

func sum(counts []int) (all int) {
	for _, n := range counts {
		all += n
	}
	return all
}

// looked lets another process judge a database: a damaged one may kill it. It
// looks at a copy.
func looked(t testing.TB, a load.Ask) []string {
	t.Helper()
	copied := filepath.Join(inMemory(t), database)
	if data, err := os.ReadFile(a.Path); err == nil {
		if err := os.WriteFile(copied, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	a.Path = copied
	defer os.Remove(copied)
	ask, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "JAMAKAN_LOOK="+string(ask))
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	var problems []string
	if err != nil || json.Unmarshal(out, &problems) != nil {
		return []string{fmt.Sprintf("the judge died: %v: %s", err, head(said.String()))}
	}
	return problems
}
