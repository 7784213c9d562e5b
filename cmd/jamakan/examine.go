package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/bolt"
)

// A copy is examined in a process of its own: a damaged page may end whoever
// reads it, and what a reading needs in memory is given back at once.

// examiner reads a database that nobody serves.
type examiner func(ctx context.Context, path string) (bolt.Examined, error)

// examineVerb is that process. It is started by the gateway, by backup and by
// restore, without environment: it knows no key.
type examineVerb struct {
	File string `arg:""`
}

// examinedSaid is what it says.
type examinedSaid struct {
	bolt.Examined
	Err   string
	Newer bool
}

// Run examines one file, at the lowest priority: voters come first.
func (v examineVerb) Run(ctx context.Context, w world) error {
	yieldToVoters()
	x, err := bolt.Examine(ctx, v.File, nil)
	said := examinedSaid{Examined: x}
	if err != nil {
		said.Err, said.Newer = err.Error(), errors.Is(err, store.ErrSchema)
	}
	return json.NewEncoder(w.stdout).Encode(said)
}

// yieldToVoters lowers the priority of this process: on Linux, of each of its
// threads; those that come later have that of who makes them.
func yieldToVoters() {
	threads, _ := os.ReadDir("/proc/self/task")
	for _, t := range threads {
		if id, err := strconv.Atoi(t.Name()); err == nil {
			_ = syscall.Setpriority(syscall.PRIO_PROCESS, id, 19) // it works all the same without
		}
	}
}

// examineTime bounds an examination: pages that lead in a circle would keep it
// busy for ever.
const examineTime = 30 * time.Minute

// examineInChild asks another process of this program. Its error is
// store.ErrSchema or store.ErrCorrupt, or that it could not be asked.
func examineInChild(ctx context.Context, path string) (bolt.Examined, error) {
	ctx, cancel := context.WithTimeout(ctx, examineTime)
	defer cancel()
	// The running program's own file, even if an update has replaced it.
	cmd := exec.CommandContext(ctx, "/proc/self/exe", "examine", path)
	cmd.Env = []string{"GOMAXPROCS=1"}
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	err := cmd.Run()
	var ended *exec.ExitError
	var said examinedSaid
	switch {
	case ctx.Err() != nil:
		return said.Examined, fmt.Errorf("the copy was not verified: %w", ctx.Err())
	case errors.As(err, &ended):
		first, _, _ := bytes.Cut(log.Bytes(), []byte("\n"))
		return said.Examined, fmt.Errorf("%w: reading it ended the process that did: %s", store.ErrCorrupt, first)
	case err != nil:
		return said.Examined, fmt.Errorf("the copy can't be verified: %w", err)
	}
	if err := json.Unmarshal(out.Bytes(), &said); err != nil {
		return said.Examined, fmt.Errorf("the copy can't be verified: %w", err)
	}
	return said.Examined, said.error()
}

// error is what was found, as one error.
func (s *examinedSaid) error() error {
	switch {
	case s.Newer:
		return fmt.Errorf("%w: %s", store.ErrSchema, s.Err)
	case s.Err != "":
		return fmt.Errorf("%w: %s", store.ErrCorrupt, s.Err)
	case len(s.Report.Problems) > 0:
		return fmt.Errorf("%w: %s (and %d more)", store.ErrCorrupt, s.Report.Problems[0], len(s.Report.Problems)-1)
	}
	return nil
}
