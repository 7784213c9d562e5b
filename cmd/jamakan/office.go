package main

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export"
	"github.com/jamakan/jamakan/store"
)

// office is what the verbs ask of the data. It is the same work whether done
// here, on a database nobody serves, or asked of the running gateway through
// its socket.
type office interface {
	ImportPlan(ctx context.Context, ask planAsk) ([]string, error)
	PlanTemplate(ctx context.Context, code string) ([]byte, error)
	Export(ctx context.Context, ask exportAsk) ([]export.File, error)
	Check(ctx context.Context, progress func(done, total uint64)) (store.Report, error)
	Outbox(ctx context.Context) (outboxView, error)
	Opinions(ctx context.Context) ([]store.Opinion, error)
	AddPerson(ctx context.Context, ask personAsk) (invitation, error)
	InvitePerson(ctx context.Context, login string) (invitation, error)
	DisablePerson(ctx context.Context, login string) error
	Persons(ctx context.Context) ([]personLine, error)
	Close() error
}

// exportAsk is which files of which week.
type exportAsk struct {
	Week           string   `json:"week"`
	Commune        string   `json:"commune,omitempty"`
	Profile        string   `json:"profile"`
	Formats        []string `json:"formats"`
	DemoSmallCells bool     `json:"demo_small_cells,omitempty"`
}

// ownOffice works on the data in this process.
type ownOffice struct{ house *house }

func (o ownOffice) Close() error { return o.house.Close() }

// Export closes the weeks that ended and renders one.
func (o ownOffice) Export(ctx context.Context, ask exportAsk) ([]export.File, error) {
	week, err := civic.ParseWeek(ask.Week)
	if err != nil {
		return nil, fmt.Errorf("%w: --week %s: %w", errUse, ask.Week, err)
	}
	if err := o.house.book.CloseWeeks(ctx); err != nil {
		return nil, err
	}
	series, err := o.house.book.Series(ctx, week)
	if err != nil {
		return nil, err
	}
	return export.Render(series, export.Options{
		Week: week, Commune: civic.Code(ask.Commune), Profile: export.Profile(ask.Profile),
		Formats: ask.Formats, DemoSmallCells: ask.DemoSmallCells,
	})
}

// Check verifies the data.
func (o ownOffice) Check(ctx context.Context, progress func(done, total uint64)) (store.Report, error) {
	return o.house.book.Check(ctx, progress)
}

// writeTar sends files through the socket.
func writeTar(w io.Writer, files []export.File) error {
	t := tar.NewWriter(w)
	for _, f := range files {
		if err := t.WriteHeader(&tar.Header{Name: f.Name, Mode: 0o644, Size: int64(len(f.Data)), ModTime: time.Unix(0, 0)}); err != nil {
			return err
		}
		if _, err := t.Write(f.Data); err != nil {
			return err
		}
	}
	return t.Close()
}

func readTar(r io.Reader) ([]export.File, error) {
	var files []export.File
	for t := tar.NewReader(r); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		var data bytes.Buffer
		if _, err := io.Copy(&data, t); err != nil {
			return nil, err
		}
		files = append(files, export.File{Name: h.Name, Data: data.Bytes()})
	}
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
