package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"

	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/bolt"
)

// verifyVerb is the process of its own in which a database is verified before
// it is served: a damaged page may end whoever reads it.
type verifyVerb struct {
	File string `arg:"" help:"The database file." type:"path"`
}

// verifyStack ends a verification that pages lead in a circle, before it has
// filled the machine's memory.
const verifyStack = 64 << 20

// Run verifies, and tells how far it is in lines of two numbers. It ends when
// its standard input does: who started it is gone.
func (v verifyVerb) Run(w world) error {
	go func() {
		_, _ = io.Copy(io.Discard, w.stdin)
		os.Exit(1)
	}()
	debug.SetMaxStack(verifyStack)
	return bolt.Verify(v.File, func(done, total uint64) {
		fmt.Fprintln(w.stdout, done, total)
	})
}

// verifier starts that process; nil when this program can't be started again.
func (w world) verifier(ctx context.Context, progress func(done, total uint64)) func(path string) error {
	if w.self == "" {
		return nil
	}
	return func(path string) error {
		child := exec.CommandContext(ctx, w.self, "verify", path)
		child.Env = []string{"GOTRACEBACK=none"} // and no key
		var said strings.Builder
		child.Stderr = &said
		stdin, err := child.StdinPipe()
		if err != nil {
			return err
		}
		stdout, err := child.StdoutPipe()
		if err == nil {
			err = child.Start()
		}
		if err != nil {
			return fmt.Errorf("the database can't be verified: %w", errors.Join(err, stdin.Close()))
		}
		for lines := bufio.NewScanner(stdout); lines.Scan(); {
			var done, total uint64
			if _, err := fmt.Sscan(lines.Text(), &done, &total); err == nil && progress != nil {
				progress(done, total)
			}
		}
		return verdictError(path, child.Wait(), said.String(), ctx.Err())
	}
}

// verdictError is what the end of a verification means: damage is told in the
// words of the verification, or, when that died of it, in its last ones.
func verdictError(path string, ended error, said string, stopped error) error {
	if ended == nil || stopped != nil {
		return stopped
	}
	said = strings.TrimSpace(said)
	if words, ok := strings.CutPrefix(said, "jamakan: "); ok && !strings.Contains(words, "\n") {
		if strings.Contains(words, store.ErrCorrupt.Error()) {
			return told{words, store.ErrCorrupt}
		}
		return told{words, ended}
	}
	first, _, _ := strings.Cut(said, "\n")
	return fmt.Errorf("%s: %w: verifying it ended with %w (%s); restore the last backup", path, store.ErrCorrupt, ended, first)
}

// told is an error in the words of another process.
type told struct {
	words string
	is    error
}

func (t told) Error() string { return t.words }

func (t told) Unwrap() error { return t.is }
