package main

import (
	"fmt"

	"github.com/jamakan/jamakan/cmd/jamakan/config"
)

type configVerb struct {
	Check    configCheck    `cmd:"" help:"Say whether the configuration can be used."`
	Describe configDescribe `cmd:"" help:"Print every field with its default, its meaning and its environment variable."`
}

type configCheck struct{}

// Run checks the configuration.
func (configCheck) Run(c *common, w world) error {
	if _, err := c.load(w); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w.stdout, "The configuration can be used.")
	return err
}

type configDescribe struct{}

// Run prints the default configuration.
func (configDescribe) Run(w world) error {
	_, err := fmt.Fprint(w.stdout, config.Default().Describe())
	return err
}
