package main

import (
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/jamakan/jamakan/callback"
	"github.com/jamakan/jamakan/cmd/jamakan/config"
	"github.com/jamakan/jamakan/cmd/jamakan/metrics"
)

type configVerb struct {
	Check    configCheck    `cmd:"" help:"Say whether the configuration can be used."`
	Token    configToken    `cmd:"" help:"Make a token for a provider's callbacks, and print it with the form for the configuration."`
	Metrics  configMetrics  `cmd:"" help:"Print docs/metrics.md: every metric, its labels, and when to look."`
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

type configToken struct{}

// Run makes a token: 192 bits that nobody can guess, in letters that an
// address holds. It is kept nowhere.
func (configToken) Run(w world) error {
	token := rand.Text() + rand.Text()[:12]
	_, err := fmt.Fprintf(w.stdout, "token for the provider's address:  %s\nform for the configuration:        %s\n\n"+
		"Put the second into tokens: it opens nothing, so the file tells nobody the first. To change a token,\n"+
		"write the new form beside the old one, restart, give the provider the new address, then drop the old form.\n",
		token, callback.HashToken(token))
	return err
}

type configMetrics struct{}

// Run prints the table of metrics.
func (configMetrics) Run(w world) error {
	_, err := fmt.Fprint(w.stdout, metrics.Describe())
	return err
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
