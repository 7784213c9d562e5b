package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"github.com/jamakan/jamakan/cmd/jamakan/config"
	"github.com/jamakan/jamakan/store/secret"
)

type keyVerb struct {
	Rotate keyRotate `cmd:"" help:"Write the data anew under another master key, with the gateway stopped; who voted stays known."`
	Export keyExport `cmd:"" help:"Print the master key. Without it the data can't be used: everybody could vote again."`
	Import keyImport `cmd:"" help:"Write a master key that was kept, typed or piped in, into the key file of a new machine."`
	Pair   keyPair   `cmd:"" help:"Make a pair of age keys for encrypted backups: on another machine than the gateway's."`
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

// keyPath is the file of the master key.
func keyPath(cfg config.Config) (string, error) {
	switch {
	case cfg.KeyFile != "":
		return cfg.KeyFile, nil
	case cfg.Demo:
		return filepath.Join(cfg.Data, "demo.key"), nil
	}
	return "", fmt.Errorf("%w: no master key; set key_file to a file outside the data folder, or JAMAKAN_KEY", config.ErrInvalid)
}

type keyImport struct{}

// errOtherKey: another key is in the file.
var errOtherKey = errors.New("the key file holds another key; it is not replaced: move it away first")

// Run writes a kept key into the key file.
func (keyImport) Run(c *common, w world) error {
	cfg, err := c.load(w)
	if err != nil {
		return err
	}
	path, err := keyPath(cfg)
	if err != nil {
		return err
	}
	line, err := bufio.NewReader(io.LimitReader(w.stdin, 1<<10)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	keys, err := secret.FromText(strings.Join(strings.Fields(line), "")) // paper has it in groups
	if err != nil {
		return fmt.Errorf("%w: %w; type it as `jamakan key export` printed it", errUse, err)
	}
	if there, err := secret.Load(path, false); err == nil {
		if there.Fingerprint() != keys.Fingerprint() {
			return fmt.Errorf("%s (%s): %w", path, there.Fingerprint(), errOtherKey)
		}
	} else if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), keys.Save(path)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w.stdout, "Master key %s is in %s. Hold its name against the one that came with the backup.\n", keys.Fingerprint(), path)
	return err
}

type keyPair struct {
	File string `arg:"" help:"File for the secret half; keep it where the gateway is not."`
}

// Run makes an age identity and prints its public half.
func (v keyPair) Run(w world) error {
	pair, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	f, err := os.OpenFile(v.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("the secret half can't be written: %w", err)
	}
	_, err = fmt.Fprintf(f, "# public key: %s\n%s\n", pair.Recipient(), pair)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("the secret half can't be written: %w", err)
	}
	fmt.Fprintf(w.stderr, "The secret half is in %s: two copies of it, in two places, none on the gateway's machine. For backup.to, or --to:\n", v.File)
	_, err = fmt.Fprintln(w.stdout, pair.Recipient())
	return err
}
