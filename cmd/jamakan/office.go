package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/cmd/jamakan/clock"
	"github.com/jamakan/jamakan/desk/export"
	"github.com/jamakan/jamakan/store"
)

// office is what the verbs ask of the data. It is the same work whether done
// here, on a database nobody serves, or asked of the running gateway through
// its socket.
type office interface {
	ImportPlan(ctx context.Context, ask planAsk) ([]string, error)
	PlanTemplate(ctx context.Context, code string) ([]byte, error)
	Export(ctx context.Context, ask exportAsk, put func(export.File) error) error
	Check(ctx context.Context, progress func(done, total uint64)) (store.Report, error)
	Outbox(ctx context.Context) (outboxView, error)
	Opinions(ctx context.Context, ask opinionsAsk) ([]store.Opinion, error)
	AddPerson(ctx context.Context, ask personAsk) (invitation, error)
	InvitePerson(ctx context.Context, login string) (invitation, error)
	DisablePerson(ctx context.Context, login string) error
	Persons(ctx context.Context) ([]personLine, error)
	Correct(ctx context.Context, ask correctAsk) error
	Clock(ctx context.Context, accept bool) (clock.Status, error)
	Backup(ctx context.Context, ask backupAsk, w io.Writer) error
	Close() error
}

// exportAsk is which files of which week.
type exportAsk struct {
	Week           string   `json:"week"`
	Commune        string   `json:"commune,omitempty"`
	Profile        string   `json:"profile"`
	Formats        []string `json:"formats"`
	DemoSmallCells bool     `json:"demo_small_cells,omitempty"`
	HXL            bool     `json:"hxl,omitempty"`
	License        string   `json:"license,omitempty"`
}

// ownOffice works on the data in this process.
type ownOffice struct{ house *house }

func (o ownOffice) Close() error { return o.house.Close() }

// Export hands over a week's files one by one.
func (o ownOffice) Export(ctx context.Context, ask exportAsk, put func(export.File) error) error {
	week, err := civic.ParseWeek(ask.Week)
	if err != nil {
		return fmt.Errorf("%w: --week %s: %w", errUse, ask.Week, err)
	}
	files, err := o.house.files(ctx, export.Options{
		Week: week, Commune: civic.Code(ask.Commune), Profile: export.Profile(ask.Profile),
		Formats: ask.Formats, DemoSmallCells: ask.DemoSmallCells, HXL: ask.HXL, License: ask.License,
	})
	if errors.Is(err, export.ErrFormat) || errors.Is(err, export.ErrProfile) {
		return fmt.Errorf("%w: %w", errUse, err)
	}
	for i := 0; err == nil && i < len(files); i++ {
		err = put(files[i])
	}
	return err
}

// Check verifies the data.
func (o ownOffice) Check(ctx context.Context, progress func(done, total uint64)) (store.Report, error) {
	return o.house.book.Check(ctx, progress)
}

// socketError is how an error crosses the socket.
type socketError struct {
	Message string `json:"message"`
	Use     bool   `json:"use,omitempty"`
}

func (e socketError) Error() string { return e.Message }

func (e socketError) Unwrap() error {
	if e.Use {
		return errUse
	}
	return nil
}

// checkLine is one line of a check's progress, or its end.
type checkLine struct {
	Done, Total uint64
	Report      *store.Report `json:",omitempty"`
	Err         string        `json:",omitempty"`
}

func jsonBody(v any) io.Reader {
	data, err := json.Marshal(v)
	if err != nil {
		return bytes.NewReader(nil) // our own plain values always marshal
	}
	return bytes.NewReader(data)
}
