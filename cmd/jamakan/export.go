package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

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
		v.Week = thisWeek()
	}
	o, err := openOffice(ctx, cfg, w)
	if err != nil {
		return err
	}
	put, end := v.folder(w)
	if v.Out == "-" {
		put, end = archive(w)
	}
	err = o.Export(ctx, exportAsk{
		Week: v.Week, Commune: v.Commune, Profile: v.Profile, Formats: strings.Split(v.Format, ","),
		DemoSmallCells: v.DemoSmallCells, HXL: v.HXL, License: v.License,
	}, put)
	if err == nil {
		err = end()
	}
	if closed := o.Close(); err == nil {
		err = closed
	}
	return err
}

// folder writes each file into a folder and names it.
func (v exportVerb) folder(w world) (put func(export.File) error, end func() error) {
	return func(f export.File) error {
		path, err := export.WriteFile(v.Out, watched(f, w))
		if err != nil {
			return fmt.Errorf("%s: %w; give another folder with --out", f.Name, err)
		}
		_, err = fmt.Fprintln(w.stdout, path)
		return err
	}, func() error { return nil }
}

// archive writes all into one zip.
func archive(w world) (put func(export.File) error, end func() error) {
	a := export.NewArchive(w.stdout)
	return func(f export.File) error { return a.Add(watched(f, w)) }, a.Close
}

// watched shows on a terminal how much of a file is written, when it takes
// long: the list of receipts of a million ballots does.
func watched(f export.File, w world) export.File {
	term, ok := w.stderr.(*os.File)
	if !ok {
		return f
	}
	if info, err := term.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return f
	}
	write := f.Write
	f.Write = func(out io.Writer) error {
		p := progress{w: out, term: term, name: f.Name, last: time.Now()}
		err := write(&p)
		if p.said {
			fmt.Fprintln(term)
		}
		return err
	}
	return f
}

type progress struct {
	w, term io.Writer
	name    string
	n       int64
	last    time.Time
	said    bool
}

func (p *progress) Write(b []byte) (int, error) {
	n, err := p.w.Write(b)
	p.n += int64(n)
	if now := time.Now(); now.Sub(p.last) > time.Second {
		p.last, p.said = now, true
		fmt.Fprintf(p.term, "\r%s: %d MB", p.name, p.n>>20)
	}
	return n, err
}
