package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/jamakan/jamakan/desk/planfile"
)

type planVerb struct {
	Check  planCheck  `cmd:"" help:"Say whether a plan file can be imported, and line by line what to mend."`
	Import planImport `cmd:"" help:"Import a plan file; the same file twice changes nothing."`
	Demo   planDemo   `cmd:"" help:"Print the fictive plan of the demonstration, to start a real one from."`
}

type planCheck struct {
	File string `arg:"" help:"Plan file (YAML), or - for standard input."`
}

// Run reads a plan file without importing it.
func (v planCheck) Run(w world) error {
	data, err := readPlan(v.File, w)
	if err != nil {
		return err
	}
	plan, err := planfile.Read(data)
	if err != nil {
		return fmt.Errorf("%s:\n%w", v.File, err)
	}
	_, err = fmt.Fprintf(w.stdout, "%s: plan %s, %d projets, %d consultations: peut être importé.\n", v.File, plan.Code, len(plan.Projects), len(plan.Consultations))
	return err
}

type planImport struct {
	File string `arg:"" help:"Plan file (YAML), or - for standard input."`
}

// Run imports a plan file, through the running gateway if there is one.
func (v planImport) Run(ctx context.Context, c *common, w world) error {
	cfg, err := c.load(w)
	if err != nil {
		return err
	}
	data, err := readPlan(v.File, w)
	if err != nil {
		return err
	}
	o, err := openOffice(ctx, cfg, w)
	if err != nil {
		return err
	}
	said, err := o.ImportPlan(ctx, data)
	if closed := o.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("%s:\n%w", v.File, err)
	}
	if len(said) == 0 {
		_, err = fmt.Fprintln(w.stdout, "Rien à changer : ce plan est déjà enregistré.")
		return err
	}
	for _, line := range said {
		fmt.Fprintln(w.stdout, line)
	}
	return nil
}

type planDemo struct{}

// Run prints the demonstration's plan file.
func (planDemo) Run(w world) error {
	_, err := w.stdout.Write(planfile.DemoFile())
	return err
}

func readPlan(name string, w world) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(w.stdin, maxPlan))
	}
	info, err := os.Stat(name)
	if err == nil && info.Size() > maxPlan {
		return nil, fmt.Errorf("%w: %s is over 4 MiB: a plan is text, not a scan", errUse, name)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %w; give the file of a plan, or - for standard input", errUse, err)
	}
	return data, nil
}
