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
	Make   keyMake   `cmd:"" help:"Make a master key in a new file, for a service that is handed it by systemd."`
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
	keys, err := keptKeys(cfg, w)
	if err != nil {
		return err
	}
	fmt.Fprintf(w.stderr, "Master key %s. Keep it on paper, in a safe, away from the data: who has both can link ballots to numbers.\n", keys.Fingerprint())
	_, err = fmt.Fprintln(w.stdout, keys.Text())
	return err
}

// keyPath is the file of the master key, or why it can't be one.
func keyPath(cfg config.Config) (string, error) {
	switch {
	case cfg.KeyFile != "" && !cfg.Demo && config.Inside(cfg.Data, cfg.KeyFile):
		return "", fmt.Errorf("%w: key_file is inside the data folder: whoever copies the data would have the key; put it elsewhere", config.ErrInvalid)
	case cfg.KeyFile != "":
		return cfg.KeyFile, nil
	case cfg.Demo:
		return filepath.Join(cfg.Data, "demo.key"), nil
	}
	return "", fmt.Errorf("%w: no master key; set key_file to a file outside the data folder (it is made at first start), or JAMAKAN_KEY", config.ErrInvalid)
}

// keyPlace says why no gateway could start with the place of its master key.
func keyPlace(cfg config.Config, w world) error {
	if text := w.getenv("JAMAKAN_KEY"); text != "" {
		_, err := secret.FromText(text)
		return err
	}
	_, err := keyPath(cfg)
	return err
}

// loadKeys finds the master key: the environment, the key file, or, in the
// demonstration only, a file in the data folder. It makes one at the first
// start, and never for data that is there: with another key everybody could
// vote again.
func loadKeys(cfg config.Config, w world) (*secret.Keys, error) {
	_, err := os.Lstat(filepath.Join(cfg.Data, databaseFile))
	return keysOf(cfg, w, errors.Is(err, os.ErrNotExist))
}

// keptKeys finds the master key and never makes one.
func keptKeys(cfg config.Config, w world) (*secret.Keys, error) { return keysOf(cfg, w, false) }

func keysOf(cfg config.Config, w world, first bool) (*secret.Keys, error) {
	if text := w.getenv("JAMAKAN_KEY"); text != "" {
		return secret.FromText(text)
	}
	path, err := keyPath(cfg)
	if err != nil {
		return nil, err
	}
	keys, err := keyFile(path, first, w)
	if !first && errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w; it is made at the first start only: give the kept one, with `jamakan key import`, or the right key_file", err)
	}
	return keys, err
}

type keyMake struct {
	File string `arg:"" help:"The file: outside the data folder, and not there yet." type:"path"`
}

// Run makes a master key before the first start, where the gateway itself may
// write none. One that is there is never replaced.
func (v keyMake) Run(c *common, w world) error {
	cfg, err := c.load(w)
	if err != nil {
		return err
	}
	if config.Inside(cfg.Data, v.File) {
		return fmt.Errorf("%w: %s is inside the data folder: whoever copies the data would have the key; put it elsewhere", errUse, v.File)
	}
	keys, err := secret.New()
	if err != nil {
		return err
	}
	if err := keys.Save(v.File); errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%w: %s is there already, and a key is never replaced; give another name", errUse, v.File)
	} else if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w.stdout, "Master key %s is in %s. Print it for the safe with: jamakan key export\n", keys.Fingerprint(), v.File)
	return err
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
		if errors.Is(err, os.ErrExist) {
			return fmt.Errorf("%w: %s is there already, and a secret half is never replaced; give another name", errUse, v.File)
		}
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
