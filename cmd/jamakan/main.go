// Command jamakan is the gateway between feature phones and the people who
// plan a Malian commune: the server, a phone to try it with, and the verbs of
// a coordinator.
//
// Exit codes: 0 done, 1 it failed, 2 wrong use. Every message says what to do
// next.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/jamakan/jamakan/cmd/jamakan/clock"
	"github.com/jamakan/jamakan/cmd/jamakan/config"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	self, err := os.Executable()
	if err != nil {
		self = "" // the data is verified in this process, then
	}
	code := run(ctx, os.Args[1:], world{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, self: self})
	stop()
	os.Exit(code)
}

// world is what a verb may touch of the process around it.
type world struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	now            func() time.Time     // believed whatever it says; nil: the machine's
	clocks         func() clock.Reading // the machine's, when now is nil; nil: as they are
	self           string               // this program's file, to run it again; "": it can't be
}

// clock reads the time as the process sees it.
func (w world) clock() func() clock.Reading {
	switch {
	case w.now != nil:
		return clock.Confirmed(w.now)
	case w.clocks != nil:
		return w.clocks
	}
	return clock.Machine()
}

// wall is the machine's wall clock, for work that stands still in time.
func (w world) wall() func() time.Time {
	read := w.clock()
	return func() time.Time { return read().Wall }
}

// errUse is a wrong use of a verb: exit code 2.
var errUse = errors.New("wrong use")

func run(ctx context.Context, args []string, w world) int {
	var line commandLine
	done := false
	parser, err := kong.New(&line,
		kong.Name("jamakan"),
		kong.Description("A USSD gateway between feature phones and the people who plan a Malian commune."),
		kong.UsageOnError(),
		kong.Writers(w.stdout, w.stderr),
		kong.Exit(func(int) { done = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		fmt.Fprintln(w.stderr, "jamakan:", err)
		return 1
	}
	chosen, err := parser.Parse(args)
	if done { // --help
		return 0
	}
	if err != nil {
		fmt.Fprintf(w.stderr, "jamakan: %v\nRun `jamakan --help` for the verbs, `jamakan VERB --help` for one of them.\n", err)
		return 2
	}
	chosen.BindTo(ctx, (*context.Context)(nil))
	switch err := chosen.Run(&line.common, w); {
	case err == nil:
		return 0
	case errors.Is(err, errUse), errors.Is(err, config.ErrInvalid):
		fmt.Fprintln(w.stderr, "jamakan:", err)
		return 2
	default:
		fmt.Fprintln(w.stderr, "jamakan:", err)
		return 1
	}
}
