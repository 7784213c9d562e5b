package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/jamakan/jamakan/desk/export"
)

type exportVerb struct {
	Week           string `help:"ISO week, Monday to Sunday in Bamako: 2026-W48. Empty: the present week, provisional." placeholder:"WEEK"`
	Commune        string `help:"One commune, by its official code." placeholder:"CODE"`
	Profile        string `help:"Who reads it: public hides cells under 10, coordination under 5." enum:"public,coordination" default:"public"`
	Format         string `help:"Formats, separated by commas: csv (for Excel), data (CSV for programs), xlsx, html and pdf (the page for the wall), datapackage, verification (receipts and checkpoint), or all." default:"all"`
	HXL            bool   `name:"hxl" help:"A row of humanitarian exchange tags under the header of each CSV."`
	License        string `help:"License of the data, as the commune chose it. Empty: ODbL-1.0, said to be proposed." placeholder:"NAME"`
	Out            string `help:"Folder to write into; - writes one zip to standard output." default:"." placeholder:"DIR"`
	DemoSmallCells bool   `help:"Show the small cells of a fictive consultation, marked FICTIF."`
}

// Run writes the tally of a week.
func (v exportVerb) Run(ctx context.Context, c *common, w world) error {
	cfg, err := c.load(w)
	if err != nil {
		return err
	}
	if v.Week == "" {
		v.Week = thisWeek(w.wall()())
	}
	o, err := openOffice(ctx, cfg, w)
	if err != nil {
		return err
	}
	err = v.write(ctx, o, w)
	if closed := o.Close(); err == nil {
		err = closed
	}
	return err
}

// Somebody stopped it.
var (
	errCutArchive = errors.New("stopped in the middle: the archive is cut, throw it away; run it again")
	errStopped    = errors.New("stopped in the middle of the files: those named above are whole, no other is written; run it again")
)

func (v exportVerb) write(ctx context.Context, o office, w world) error {
	p := newProgress(w)
	put, end := v.folder(w, p)
	if v.Out == "-" {
		put, end = archive(w, p)
	}
	err := o.Export(ctx, exportAsk{
		Week: v.Week, Commune: v.Commune, Profile: v.Profile, Formats: strings.Split(v.Format, ","),
		DemoSmallCells: v.DemoSmallCells, HXL: v.HXL, License: v.License,
	}, put)
	switch {
	case err == nil:
		return end()
	case ctx.Err() != nil && v.Out == "-":
		return errCutArchive
	case ctx.Err() != nil:
		return errStopped
	}
	return err
}

// folder writes each file into a folder and names it.
func (v exportVerb) folder(w world, p *progress) (put func(export.File) error, end func() error) {
	return func(f export.File) error {
		path, err := export.WriteFile(v.Out, p.watched(f))
		var place *fs.PathError
		switch {
		case errors.As(err, &place):
			return fmt.Errorf("%s: %w; give another folder with --out", f.Name, err)
		case err != nil:
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		_, err = fmt.Fprintln(w.stdout, path)
		return err
	}, func() error { return nil }
}

// archive writes all into one zip.
func archive(w world, p *progress) (put func(export.File) error, end func() error) {
	a := export.NewArchive(w.stdout)
	return func(f export.File) error { return a.Add(p.watched(f)) }, a.Close
}
