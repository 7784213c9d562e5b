package main

import (
	"fmt"
)

type keyVerb struct {
	Rotate keyRotate `cmd:"" help:"Write the data anew under another master key, with the gateway stopped; who voted stays known."`
	Export keyExport `cmd:"" help:"Print the master key. Without it the data can't be used: everybody could vote again."`
}

type keyExport struct{}

// Run prints the master key and its fingerprint.
func (keyExport) Run(c *common, w world) error {
	cfg, err := c.load(w)
	if err != nil {
		return err
	}
	keys, err := loadKeys(cfg, w)
	if err != nil {
		return err
	}
	fmt.Fprintf(w.stderr, "Master key %s. Keep it on paper, in a safe, away from the data: who has both can link ballots to numbers.\n", keys.Fingerprint())
	_, err = fmt.Fprintln(w.stdout, keys.Text())
	return err
}
