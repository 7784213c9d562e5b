package faults

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jamakan/jamakan/faults/load"
)

// TestMain lets this test binary be a hunter, or a judge: a state may kill
// whoever opens it, and the test has to tell.
func TestMain(m *testing.M) {
	var err error
	switch ask, one := os.Getenv("JAMAKAN_HUNT"), os.Getenv("JAMAKAN_LOOK"); {
	case ask != "":
		var h Hunt
		if err = json.Unmarshal([]byte(ask), &h); err == nil {
			err = h.Go(os.Stdout)
		}
	case one != "":
		err = lookOnce([]byte(one))
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func lookOnce(ask []byte) error {
	var a load.Ask
	if err := json.Unmarshal(ask, &a); err != nil {
		return err
	}
	judge, err := load.NewJudge(len(a.Answered))
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(judge.Look(a))
}

// hunt lets another process look through a trace and gives what it found.
func hunt(t testing.TB, h Hunt, each func(Finding)) Finding {
	t.Helper()
	ask, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "JAMAKAN_HUNT="+string(ask))
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var last Finding
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		last = Finding{}
		if err := json.Unmarshal(lines.Bytes(), &last); err != nil {
			t.Fatal(err)
		}
		if each != nil {
			each(last)
		}
	}
	if err := cmd.Wait(); err != nil || !last.Done {
		last.Problems = append(last.Problems, fmt.Sprintf("the hunter died behind this state: %v: %s", err, head(said.String())))
	}
	return last
}

// head is the beginning of what a process said: of a Go trace, the cause.
func head(s string) string {
	lines := strings.SplitN(strings.TrimSpace(s), "\n", 4)
	return strings.Join(lines[:min(3, len(lines))], "; ")
}

// built builds the writer, with a fault planted or without.
func built(t testing.TB, tags ...string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "writer")
	if said, err := exec.Command("go", "build", "-tags", strings.Join(tags, ","), "-o", out, "./writer").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, said)
	}
	return out
}

// inMemory is a new folder whose files are not on a disk, if there is such a
// place.
func inMemory(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "jamakan-faults-*")
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) {
		return t.TempDir()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}
