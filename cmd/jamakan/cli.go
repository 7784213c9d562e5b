package main

import (
	"context"
	"path/filepath"

	"github.com/jamakan/jamakan/cmd/jamakan/config"
)

// common are the flags of every verb.
type common struct {
	Config string `help:"Configuration file." placeholder:"FILE" type:"path"`
	Data   string `help:"Folder of the database; wins over the configuration." placeholder:"DIR"`
}

// commandLine is the whole command line: one field a verb.
type commandLine struct {
	common

	Serve       serveVerb       `cmd:"" help:"Run the gateway: the callbacks listener and the desk."`
	Dial        dialVerb        `cmd:"" help:"A phone in the terminal."`
	Text        textVerb        `cmd:"" help:"An SMS from a phone of the sandbox, and what it is answered."`
	Sandbox     sandboxVerb     `cmd:"" help:"A stand-in for an SMS provider, to rehearse with."`
	Outbox      outboxVerb      `cmd:"" help:"How the messages stand: states, costs, and those whose fate is unknown."`
	Opinions    opinionsVerb    `cmd:"" help:"List what citizens said; no number is shown."`
	Plan        planVerb        `cmd:"" help:"Check or import the plan of a commune."`
	Export      exportVerb      `cmd:"" help:"Write the tally of a week."`
	Correct     correctVerb     `cmd:"" help:"Add a correction line to a closed week; its figures stay."`
	Clock       clockVerb       `cmd:"" help:"The time: the gateway's, the machine's; accept the machine's after a jump."`
	Check       checkVerb       `cmd:"" help:"Verify the database: file, ballot log, tree, index and counters."`
	Verify      verifyVerb      `cmd:"" hidden:"" help:"Verify a database that nothing else has open: what serve does first, in a process of its own."`
	Backup      backupVerb      `cmd:"" help:"Write a verified copy of everything into one file, while the gateway runs."`
	Restore     restoreVerb     `cmd:"" help:"Put a backup in place of lost data, with the master key."`
	Examine     examineVerb     `cmd:"" hidden:"" help:"Verify a database that nobody serves."`
	Key         keyVerb         `cmd:"" help:"The master key: print it once, to keep it in a safe place; change it."`
	Coordinator coordinatorVerb `cmd:"" help:"Accounts of the desk: add, list, invite, disable."`
	Cfg         configVerb      `cmd:"" name:"config" help:"Check or describe the configuration."`
	Version     versionVerb     `cmd:"" help:"Print the version."`
}

// load reads the configuration a verb was started with.
func (c *common) load(w world) (config.Config, error) {
	path, asked := c.Config, c.Config != ""
	if !asked {
		path = "config.yaml"
	}
	cfg, err := config.Load(path, asked, w.getenv)
	if c.Data != "" {
		cfg.Data = c.Data
	}
	if abs, e := filepath.Abs(cfg.Data); e == nil {
		cfg.Data = abs
	}
	return cfg, err
}

// office opens the data, or asks the running gateway.
func (c *common) office(ctx context.Context, w world) (office, error) {
	cfg, err := c.load(w)
	if err != nil {
		return nil, err
	}
	return openOffice(ctx, cfg, w)
}

// newOffice is office for a verb that may set up an empty place.
func (c *common) newOffice(ctx context.Context, w world) (office, error) {
	cfg, err := c.load(w)
	if err != nil {
		return nil, err
	}
	return openNewOffice(ctx, cfg, w)
}
