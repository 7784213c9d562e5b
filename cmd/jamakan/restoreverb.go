package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"github.com/jamakan/jamakan/cmd/jamakan/config"
	"github.com/jamakan/jamakan/store/backup"
	"github.com/jamakan/jamakan/store/secret"
)

type restoreVerb struct {
	File         string `arg:"" help:"Backup to restore."`
	Identity     string `help:"File of the age identity (AGE-SECRET-KEY-...) that opens an encrypted backup." placeholder:"FILE"`
	Overwrite    bool   `help:"Data that is there is moved aside under a dated name; it is never deleted."`
	Check        bool   `help:"Verify the backup with its keys, and put nothing in place."`
	SkipReceipts uint32 `help:"Receipt numbers to leave out, for those told after the backup. Without: 1,000,000, and 30 for each second since, 8,000,000 at most." placeholder:"N"`
}

// Errors of a restore.
var (
	errServed  = errors.New("a gateway runs on this data: stop it first")
	errPresent = errors.New("there is data already; --overwrite moves it aside, or give another folder with --data")
	errNoKey   = errors.New("without the master key nothing is restored: everybody could vote again")
)

// Run restores a backup, or refuses and leaves the data as it was.
func (v restoreVerb) Run(ctx context.Context, c *common, w world) error {
	cfg, err := c.load(w)
	if err != nil {
		return err
	}
	b, err := backup.Open(v.File)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("nothing was restored: %w; give the file of a backup", err)
	}
	if err != nil {
		return fmt.Errorf("nothing was restored: %w", err)
	}
	defer b.Close()
	r := restoring{v: v, cfg: cfg, w: w, b: b, now: w.wall(), examine: examineInChild}
	if err := r.run(ctx); err != nil {
		return fmt.Errorf("nothing was restored: %w", err)
	}
	return nil
}

// restoring is one restore.
type restoring struct {
	v       restoreVerb
	cfg     config.Config
	w       world
	b       *backup.File
	now     func() time.Time
	examine examiner

	keys       *secret.Keys
	identities []age.Identity
}

// run asks first what costs nothing and writes nothing: the keys, the place,
// every byte of the file.
func (r *restoring) run(ctx context.Context) (err error) {
	if r.keys, err = keptKeys(r.cfg, r.w); err != nil {
		return fmt.Errorf("%w: the backup was made with master key %s; write it into the key file with `jamakan key import`, or give it in JAMAKAN_KEY (%w)", errNoKey, r.b.Manifest().Key, err)
	}
	if err := r.b.Genuine(r.keys); err != nil {
		return err
	}
	if r.v.Identity != "" {
		if r.identities, err = backup.Identities(r.v.Identity); err != nil {
			return fmt.Errorf("%w: --identity: %w", errUse, err)
		}
	}
	if err := r.b.Opens(r.identities); err != nil {
		return err
	}
	if !r.v.Check {
		if err := r.place(); err != nil {
			return err
		}
	}
	if err := r.b.Whole(ctx); err != nil {
		return err
	}
	if r.v.Check {
		return r.check(ctx)
	}
	return r.restore(ctx)
}

// place says whether the data may be put where it is to be.
func (r *restoring) place() error {
	if c, err := net.DialTimeout("unix", socketPath(r.cfg.Data), 2*time.Second); err == nil {
		return errors.Join(errServed, c.Close())
	}
	path := filepath.Join(r.cfg.Data, databaseFile)
	_, err := os.Lstat(path)
	switch {
	case err == nil && !r.v.Overwrite:
		return fmt.Errorf("%s: %w", path, errPresent)
	case err != nil && !errors.Is(err, os.ErrNotExist):
		return err
	}
	return nil
}

// check opens the backup aside, and puts nothing in place.
func (r *restoring) check(ctx context.Context) error {
	folder, err := os.MkdirTemp(r.cfg.Backup.Scratch, "jamakan-check-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	if _, err := r.extract(ctx, filepath.Join(folder, databaseFile)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(r.w.stdout, "%s can be restored: %s\n", r.v.File, describe(r.b.Manifest()))
	return err
}
