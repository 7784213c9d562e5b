package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/jamakan/jamakan/cmd/jamakan/clock"
	"github.com/jamakan/jamakan/store"
)

type clockVerb struct {
	Show   clockShowVerb   `cmd:"" default:"1" help:"Say what time it is for the gateway, and for the machine."`
	Accept clockAcceptVerb `cmd:"" help:"Accept the machine's clock after a jump: it is in the journal."`
}

type (
	clockShowVerb   struct{}
	clockAcceptVerb struct{}
)

// Run says how the clock goes.
func (clockShowVerb) Run(ctx context.Context, c *common, w world) error {
	return askClock(ctx, c, w, false)
}

// Run accepts the machine's clock.
func (clockAcceptVerb) Run(ctx context.Context, c *common, w world) error {
	return askClock(ctx, c, w, true)
}

func askClock(ctx context.Context, c *common, w world, accept bool) error {
	o, err := c.office(ctx, w)
	if err != nil {
		return err
	}
	said, err := o.Clock(ctx, accept)
	if err := errors.Join(err, o.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w.stdout, "gateway  %s\nmachine  %s\n%s%s", said.Time.UTC().Format(time.RFC3339), said.Wall.UTC().Format(time.RFC3339), said.Fault(), said.Note())
	return err
}

// Clock says how the clock goes, and first accepts the machine's if told so:
// what is in the journal is what was accepted, to the time between the two.
func (o ownOffice) Clock(ctx context.Context, accept bool) (clock.Status, error) {
	c := o.house.clock
	if said := c.Status(); !accept {
		return said, nil
	} else if said.Believed {
		return said, clock.ErrBelieved
	} else if err := o.house.book.AcceptClock(ctx, store.ByCommand, store.AcceptedClock{From: said.Time, To: said.Wall}); err != nil {
		return said, err
	}
	if _, err := c.Accept(); err != nil && !errors.Is(err, clock.ErrBelieved) {
		return clock.Status{}, err
	}
	return c.Status(), nil
}

// Clock asks the gateway.
func (o remoteOffice) Clock(ctx context.Context, accept bool) (said clock.Status, err error) {
	return said, o.askWith(ctx, "/clock", accept, &said)
}

func serveClock(mux *http.ServeMux, o office) { answers(mux, "/clock", o.Clock) }
