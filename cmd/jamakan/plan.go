package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/jamakan/jamakan/desk/planfile"
)

type planVerb struct {
	Check    planCheck    `cmd:"" help:"Say whether a plan file can be imported, and line by line or cell by cell what to mend."`
	Import   planImport   `cmd:"" help:"Import a plan file; the same file twice changes nothing."`
	Template planTemplate `cmd:"" help:"Write the spreadsheet to fill; with --plan, filled with that plan."`
	Demo     planDemo     `cmd:"" help:"Print the fictive plan of the demonstration, to start a real one from."`
}

type planCheck struct {
	File string `arg:"" help:"Plan file (YAML), or a spreadsheet (XLSX, CSV), or - for standard input."`
	Plan string `help:"The plan that a bare list of projects updates." placeholder:"CODE"`
}

// Run reads a plan file without importing it. A list of projects without its
// plan is checked against the recorded one, so it needs the data.
func (v planCheck) Run(ctx context.Context, c *common, w world) error {
	data, err := readPlan(v.File, w)
	if err != nil {
		return err
	}
	plan, remarks, err := planfile.ReadAny(v.File, data, planfile.Known{})
	var which *planfile.WhichPlanError
	if v.Plan != "" || errors.As(err, &which) {
		o, err := c.office(ctx, w)
		if err != nil {
			return err
		}
		return planImport{File: v.File, Plan: v.Plan, DryRun: true}.bring(ctx, o, w, data)
	}
	if err != nil {
		return fmt.Errorf("%s:\n%w", v.File, err)
	}
	cfg, err := c.load(w)
	if err != nil {
		return err
	}
	if err := fictional(plan, cfg.Demo); err != nil {
		return fmt.Errorf("%s:\n%w", v.File, err)
	}
	for _, r := range remarks {
		fmt.Fprintln(w.stdout, r)
	}
	_, err = fmt.Fprintf(w.stdout, "%s: plan %s, %d projets, %d consultations: peut être importé.\n", v.File, plan.Code, len(plan.Projects), len(plan.Consultations))
	return err
}

type planImport struct {
	File   string `arg:"" help:"Plan file (YAML), or a spreadsheet (XLSX, CSV), or - for standard input."`
	Plan   string `help:"The plan that a bare list of projects updates; not needed when there is one." placeholder:"CODE"`
	DryRun bool   `help:"Say what would change, field by field, and change nothing."`
}

// Run imports a plan file, through the running gateway if there is one.
func (v planImport) Run(ctx context.Context, c *common, w world) error {
	data, err := readPlan(v.File, w)
	if err != nil {
		return err
	}
	o, err := c.newOffice(ctx, w)
	if err != nil {
		return err
	}
	return v.bring(ctx, o, w, data)
}

// bring hands the file over, and closes the office.
func (v planImport) bring(ctx context.Context, o office, w world, data []byte) error {
	said, err := o.ImportPlan(ctx, planAsk{Name: v.File, Data: data, Plan: v.Plan, DryRun: v.DryRun})
	if closed := o.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("%s:\n%w", v.File, err)
	}
	for _, line := range said {
		fmt.Fprintln(w.stdout, line)
	}
	return nil
}

type planTemplate struct {
	Out  string `help:"File to write; in a folder, modele-plan.xlsx." default:"modele-plan.xlsx"`
	Plan string `help:"Fill it with this recorded plan." placeholder:"CODE"`
}

// Run writes the spreadsheet. It never writes over a file: one may have been
// filled for days.
func (v planTemplate) Run(ctx context.Context, c *common, w world) error {
	data, err := v.make(ctx, c, w)
	if err != nil {
		return err
	}
	name := v.Out
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		name = filepath.Join(name, "modele-plan.xlsx")
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%w: %s existe déjà ; donnez un autre nom avec --out", errUse, name)
	}
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w: %w ; créez le dossier, ou donnez un autre nom avec --out", errUse, err)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintln(w.stdout, name)
	return err
}

func (v planTemplate) make(ctx context.Context, c *common, w world) ([]byte, error) {
	if v.Plan == "" {
		return planfile.Template()
	}
	o, err := c.newOffice(ctx, w)
	if err != nil {
		return nil, err
	}
	data, err := o.PlanTemplate(ctx, v.Plan)
	return data, errors.Join(err, o.Close())
}

type planDemo struct{}

// Run prints the demonstration's plan file.
func (planDemo) Run(w world) error {
	_, err := w.stdout.Write(planfile.DemoFile())
	return err
}

func readPlan(name string, w world) ([]byte, error) {
	if name == "-" {
		data, err := io.ReadAll(io.LimitReader(w.stdin, maxPlan+1))
		if len(data) > maxPlan {
			return nil, fmt.Errorf("%w: standard input is over 8 MiB: a plan is text, not a scan", errUse)
		}
		return data, err
	}
	info, err := os.Stat(name)
	if err == nil && info.Size() > maxPlan {
		return nil, fmt.Errorf("%w: %s is over 8 MiB: a plan is text, not a scan", errUse, name)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %w; give the file of a plan, or - for standard input", errUse, err)
	}
	return data, nil
}
