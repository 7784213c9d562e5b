package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

type exportVerb struct {
	Week           string `help:"ISO week, Monday to Sunday in Bamako: 2026-W48. Empty: the present week, provisional." placeholder:"WEEK"`
	Commune        string `help:"One commune, by its official code." placeholder:"CODE"`
	Profile        string `help:"Who reads it: public hides cells under 10, coordination under 5." enum:"public,coordination" default:"public"`
	Format         string `help:"Formats, separated by commas: csv." default:"csv"`
	Out            string `help:"Folder to write into; - prints the files." default:"." placeholder:"DIR"`
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
	files, err := o.Export(ctx, exportAsk{
		Week: v.Week, Commune: v.Commune, Profile: v.Profile,
		Formats: strings.Split(v.Format, ","), DemoSmallCells: v.DemoSmallCells,
	})
	if closed := o.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	for _, f := range files {
		if v.Out == "-" {
			fmt.Fprintf(w.stdout, "%s\n%s\n", f.Name, f.Data)
			continue
		}
		path := filepath.Join(v.Out, filepath.Base(f.Name))
		if err := os.MkdirAll(v.Out, 0o755); err != nil {
			return fmt.Errorf("%w; give another folder with --out", err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			return fmt.Errorf("%w; give another folder with --out", err)
		}
		fmt.Fprintln(w.stdout, path)
	}
	return nil
}
