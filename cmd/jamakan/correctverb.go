package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

type correctVerb struct {
	Week    string `required:"" help:"The closed week: 2026-W48." placeholder:"WEEK"`
	Commune string `help:"The commune it concerns. Empty: all." placeholder:"CODE"`
	Text    string `required:"" help:"What has to be known. The week's figures stay as they are; the line is printed with them."`
}

// correctAsk is a correction line.
type correctAsk struct{ Week, Commune, Text string }

// Run adds a correction line to a closed week.
func (v correctVerb) Run(ctx context.Context, c *common, w world) error {
	if strings.TrimSpace(v.Text) == "" {
		return fmt.Errorf("%w: --text is empty", errUse)
	}
	o, err := c.office(ctx, w)
	if err != nil {
		return err
	}
	err = o.Correct(ctx, correctAsk(v))
	if closed := o.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w.stdout, "The line is added to %s: its files carry it from now on.\n", v.Week)
	return err
}

// Correct adds a correction line.
func (o ownOffice) Correct(ctx context.Context, ask correctAsk) error {
	week, err := civic.ParseWeek(ask.Week)
	if err != nil {
		return fmt.Errorf("%w: --week %s: %w", errUse, ask.Week, err)
	}
	if !week.Ended(o.house.now()) {
		return fmt.Errorf("%w: week %s is not over; correct it from Monday on (%s)", errUse, week, week.End().Format(time.DateOnly))
	}
	return o.house.book.Correct(ctx, store.ByCommand, week, civic.Code(ask.Commune), strings.TrimSpace(ask.Text))
}

// Correct asks the gateway.
func (o remoteOffice) Correct(ctx context.Context, ask correctAsk) error {
	var nothing struct{}
	return o.askWith(ctx, "/correct", ask, &nothing)
}

func serveCorrect(mux *http.ServeMux, o office) {
	answers(mux, "/correct", func(ctx context.Context, ask correctAsk) (struct{}, error) { return struct{}{}, o.Correct(ctx, ask) })
}
