package main

import (
	"errors"
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
	cfg, err := c.load(w)
	if err != nil {
		return err
	}
	if err := errors.Join(checkChannels(cfg), keyPlace(cfg, w)); err != nil {
		return err
	}
	_, err = fmt.Fprintln(w.stdout, "The configuration can be used.")
	return err
}

// checkChannels makes every channel's codec and carrier, and drops them.
func checkChannels(cfg config.Config) error {
	for name, ch := range cfg.USSD {
		if _, err := newCodec(name, ch); err != nil {
			return err
		}
	}
	for name, ch := range cfg.SMS {
		if _, _, err := newCarriage(name, ch, ch.API); err != nil {
			return err
		}
	}
	return nil
}

type configDescribe struct {
	Generic bool `help:"Print the fields of codec: generic instead."`
}

// Run prints the default configuration.
func (v configDescribe) Run(w world) error {
	if v.Generic {
		_, err := fmt.Fprint(w.stdout, config.DescribeGeneric())
		return err
	}
	_, err := fmt.Fprint(w.stdout, config.Default().Describe())
	return err
}
