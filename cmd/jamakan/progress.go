package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/jamakan/jamakan/desk/export"
)

// progress says on a terminal how far long work is, on one line that it wipes
// at the end. Work that is done within a second says nothing, and neither does
// any where nobody looks: in a log, or in a pipe.
type progress struct {
	term io.Writer // nil: nobody looks
	last time.Time
	said bool
}

// every is how often progress is said.
const every = time.Second

// wipe clears the line (ECMA-48: carriage return, erase in line).
const wipe = "\r\x1b[K"

func newProgress(w world) *progress {
	p := &progress{last: time.Now()}
	if f, ok := w.stderr.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			p.term = f
		}
	}
	return p
}

// say says it, unless it said something a moment ago.
func (p *progress) say(format string, args ...any) {
	if now := time.Now(); p.term != nil && now.Sub(p.last) > every {
		p.last, p.said = now, true
		fmt.Fprintf(p.term, wipe+format, args...)
	}
}

// done wipes the line.
func (p *progress) done() {
	if p.said {
		fmt.Fprint(p.term, wipe)
	}
	p.said = false
}

// verified is how far a verification of the ballot log is.
func (p *progress) verified(done, total uint64) {
	if total > 0 {
		p.say("verifying the ballot log: %d of %d", done, total)
	}
}

// opened is how far the opening of the database is: its log is read, and, when
// it was not closed, verified.
func (p *progress) opened(done, total uint64) {
	if total > 0 {
		p.say("opening the database: %d of %d ballots", done, total)
	}
}

// watched shows how much of a file is written, when it takes long: the list of
// receipts of a million ballots does.
func (p *progress) watched(f export.File) export.File {
	write := f.Write
	f.Write = func(out io.Writer) error {
		defer p.done()
		p.last = time.Now()
		return write(&counting{w: out, p: p, name: f.Name})
	}
	return f
}

// counting counts what is written.
type counting struct {
	w    io.Writer
	p    *progress
	name string
	n    int64
}

func (c *counting) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	c.p.say("%s: %d MB", c.name, c.n>>20)
	return n, err
}
