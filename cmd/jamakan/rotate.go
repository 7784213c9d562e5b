package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/jamakan/jamakan/cmd/jamakan/config"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/bolt"
	"github.com/jamakan/jamakan/store/durable"
	"github.com/jamakan/jamakan/store/secret"
)

type keyRotate struct {
	New string `required:"" help:"File of the new master key, outside the data folder; it is made when it is not there." placeholder:"FILE" type:"path"`
}

// rotatingFile is the new database until it takes the old one's place. A
// leftover of it holds nothing that the database does not, and may be deleted.
const rotatingFile = databaseFile + ".rotating"

// Run writes the data anew under another master key. Killed at any moment, it
// leaves the old database with the old key or the new one with the new key,
// and the same command goes on.
func (v keyRotate) Run(ctx context.Context, c *common, w world) error {
	cfg, err := c.load(w)
	if err != nil {
		return err
	}
	if config.Inside(cfg.Data, v.New) && !cfg.Demo {
		return fmt.Errorf("%w: --new %s is inside the data folder: whoever copies the data would have the key; put it elsewhere", errUse, v.New)
	}
	if running(cfg) {
		return errors.New("the gateway is running: stop it, rotate, give it the new key, start it again")
	}
	old, err := loadKeys(cfg, w)
	if err != nil {
		return err
	}
	next, err := newKeyFile(v.New)
	if err != nil {
		return err
	}
	if next.Fingerprint() == old.Fingerprint() {
		return fmt.Errorf("%w: %s holds the present key; give a file that is not there yet", errUse, v.New)
	}
	return rotate(ctx, cfg, w, old, next, v.New)
}

// running says whether a gateway answers on the socket of the data folder.
func running(cfg config.Config) bool {
	c, err := net.DialTimeout("unix", socketPath(cfg.Data), 2*time.Second)
	if err != nil {
		return false
	}
	_ = c.Close()
	return true
}

// newKeyFile reads or makes the new key, and has it on disk before anything is
// written with it.
func newKeyFile(path string) (*secret.Keys, error) {
	keys, err := secret.Load(path, true)
	if err != nil {
		return nil, err
	}
	return keys, durable.SyncFolder(filepath.Dir(path))
}

func rotate(ctx context.Context, cfg config.Config, w world, old, next *secret.Keys, file string) error {
	path := filepath.Join(cfg.Data, databaseFile)
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("there is no data to rotate: %w", err)
	}
	p := newProgress(w)
	defer p.done()
	engine, err := openEngine(ctx, cfg, w, path, p)
	if err != nil {
		return err
	}
	err = rotateInto(ctx, w, engine, path, old, next, p)
	switch err = errors.Join(err, engine.Close()); {
	case errors.Is(err, errRotated):
		fmt.Fprintln(w.stdout, "The data belongs to the new key already: an earlier rotation was complete.")
	case err != nil:
		return fmt.Errorf("not rotated, the data keeps key %s: %w", old.Fingerprint(), err)
	}
	fmt.Fprintf(w.stdout, "The data now belongs to key %s. Before the next start set key_file to %s, or JAMAKAN_KEY to what `jamakan key export` prints with it.\n", next.Fingerprint(), file)
	fmt.Fprintf(w.stdout, "Make a backup now. Backups from before still open with key %s: keep it as long as you keep them, then destroy both.\n", old.Fingerprint())
	return nil
}

// errRotated: an earlier rotation to this key came to its end.
var errRotated = errors.New("rotated already")

func openEngine(ctx context.Context, cfg config.Config, w world, path string, p *progress) (*bolt.Engine, error) {
	mmap, _ := config.Size(cfg.Store.Mmap)
	return bolt.Open(bolt.Options{Path: path, Now: w.wall(), Logger: logger(cfg, w), Progress: p.opened, Verify: w.verifier(ctx, p.verified), InitialMmap: mmap})
}

// rotateInto writes the new file beside the old, proves it, and puts it in the
// old one's place under the lock that the old engine holds.
func rotateInto(ctx context.Context, w world, engine *bolt.Engine, path string, old, next *secret.Keys, p *progress) error {
	opts := store.BookOptions{Now: w.wall()}
	book, err := store.NewBook(engine, old, opts)
	if errors.Is(err, store.ErrKey) {
		if _, mine := store.NewBook(engine, next, opts); mine == nil {
			return errRotated
		}
	}
	if err != nil {
		return err
	}
	if err := book.FinishErasures(ctx); err != nil {
		return err
	}
	before, err := book.Check(ctx, p.verified)
	if err != nil {
		return err
	}
	if len(before.Problems) > 0 {
		return fmt.Errorf("%w: %s", errDamaged, before.Problems[0])
	}
	turn, err := book.Rotate(next)
	if err != nil {
		return err
	}
	fresh := filepath.Join(filepath.Dir(path), rotatingFile)
	if err := engine.Rewrite(ctx, fresh, turn, p.turned); err != nil {
		return err
	}
	if err := proved(ctx, w, fresh, next, before, p); err != nil {
		return err
	}
	return engine.Replace(fresh)
}

// proved opens the new file with the new key and holds it against the old one.
func proved(ctx context.Context, w world, path string, next *secret.Keys, before store.Report, p *progress) error {
	engine, err := bolt.Open(bolt.Options{Path: path, Now: w.wall()})
	if err != nil {
		return err
	}
	err = func() error {
		book, err := store.NewBook(engine, next, store.BookOptions{Now: w.wall()})
		if err != nil {
			return err
		}
		after, err := book.Check(ctx, p.verified)
		switch {
		case err != nil:
			return err
		case len(after.Problems) > 0:
			return fmt.Errorf("the new file: %w: %s", errDamaged, after.Problems[0])
		case after.Head != before.Head:
			return fmt.Errorf("the new file: %w: its ballot log is another one", errDamaged)
		}
		return nil
	}()
	return errors.Join(err, engine.Close(), os.Remove(path+".lock"))
}
