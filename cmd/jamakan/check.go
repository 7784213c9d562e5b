package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/jamakan/jamakan/civic"
)

type checkVerb struct{}

// errDamaged is a check that found something wrong.
var errDamaged = errors.New("the data is damaged: stop the gateway, keep a copy of the data folder, and restore the last backup")

// Run verifies the data, through the running gateway if there is one.
func (checkVerb) Run(ctx context.Context, c *common, w world) error {
	cfg, err := c.load(w)
	if err != nil {
		return err
	}
	o, err := openOffice(ctx, cfg, w)
	if err != nil {
		return err
	}
	p := newProgress(w)
	report, err := o.Check(ctx, p.verified)
	p.done()
	if closed := o.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	for _, p := range report.Problems {
		fmt.Fprintln(w.stdout, "wrong:", p)
	}
	if len(report.Problems) > 0 {
		return errDamaged
	}
	_, err = fmt.Fprintf(w.stdout, "Nothing wrong: %d records, tree root %s.\n", report.Records, hex.EncodeToString(report.Head.Root[:8]))
	return err
}

// thisWeek is the present ISO week in Bamako.
func thisWeek() string { return civic.WeekOf(time.Now()).String() }
