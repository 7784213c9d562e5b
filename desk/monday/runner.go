package monday

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export"
	"github.com/jamakan/jamakan/locales"
	"github.com/jamakan/jamakan/store"
)

// Config is what the Monday work is made of.
type Config struct {
	Book    *store.Book
	Now     func() time.Time
	Logger  *slog.Logger
	Catalog *locales.Catalog
	Lang    string // of mails, and of coordinators who chose none
	Folder  string // a folder a week is made below it; "": no files
	// Files renders a week for a profile and a territory (none: all); formats
	// are export's, none for all.
	Files func(ctx context.Context, w civic.Week, profile export.Profile, territory []civic.Code, formats ...string) ([]export.File, error)
	// Waiting counts the texts of a territory that wait for an answer.
	Waiting func(ctx context.Context, who *civic.Coordinator) (int, error)
	Mail    *Mail // nil: no mail server
	// Letter makes a text the SMS it leaves as; nil: no SMS channel.
	Letter func(lang, text string) (store.Letter, error)
}

// Runner does the Monday work. Tick is called by one goroutine.
type Runner struct {
	cfg   Config
	tried map[string]time.Time // when a login's mail was last tried
}

// New makes a runner.
func New(cfg Config) *Runner { return &Runner{cfg: cfg, tried: map[string]time.Time{}} }

// Tick does what is owed now, oldest week first. What can't be done yet is
// tried at a later tick; its error is the last fault.
func (r *Runner) Tick(ctx context.Context) error {
	now := r.cfg.Now()
	last, begun, err := r.cfg.Book.LastMonday(ctx)
	if err != nil {
		return err
	}
	if !begun {
		return r.cfg.Book.StepMonday(ctx, Before(now), func(m *store.Monday) { m.Done = true })
	}
	from := last.Week
	if !last.Done {
		from = from.Prev()
	}
	due := Due(from, now)
	var faults error
	for i, w := range due {
		if err := r.week(ctx, w, i == len(due)-1); err != nil {
			faults = errors.Join(faults, fmt.Errorf("week %s: %w", w, err))
		}
	}
	return faults
}

// week does what is left of one week. Only the newest is told to people: a
// digest of three weeks ago is no news.
func (r *Runner) week(ctx context.Context, w civic.Week, newest bool) error {
	m, _, err := r.cfg.Book.Monday(ctx, w)
	if err != nil || m.Done {
		return err
	}
	if !m.Files && r.cfg.Folder != "" {
		if err := r.write(ctx, w); err != nil {
			return r.fault(ctx, w, err)
		}
		if err := r.cfg.Book.StepMonday(ctx, w, func(m *store.Monday) { m.Files = true }); err != nil {
			return err
		}
		r.cfg.Logger.Info("the week's files are written", "week", w.String(), "folder", r.cfg.Folder)
	}
	var owed int
	if newest {
		accounts, err := r.cfg.Book.Accounts(ctx)
		if err != nil {
			return err
		}
		for _, a := range accounts {
			if !a.Disabled.IsZero() {
				continue
			}
			left, err := r.tell(ctx, w, a)
			owed += left
			if err != nil {
				if err := r.fault(ctx, w, fmt.Errorf("%s: %w", a.Login, err)); err != nil && ctx.Err() == nil {
					r.cfg.Logger.Warn("a Monday message is not out yet", "err", err)
				}
			}
		}
	}
	if owed > 0 {
		return nil
	}
	return r.cfg.Book.StepMonday(ctx, w, func(m *store.Monday) { m.Done = true })
}

// fault remembers what could not be done, for the desk, and gives it back.
func (r *Runner) fault(ctx context.Context, w civic.Week, cause error) error {
	err := r.cfg.Book.StepMonday(ctx, w, func(m *store.Monday) {
		if said := cause.Error(); !slices.Contains(m.Faults, said) {
			m.Faults = append(m.Faults[max(0, len(m.Faults)-4):], said)
		}
	})
	return errors.Join(cause, err)
}

// write writes a week's files beside their place, then puts them there.
func (r *Runner) write(ctx context.Context, w civic.Week) (err error) {
	if err := os.MkdirAll(r.cfg.Folder, 0o750); err != nil {
		return fmt.Errorf("the folder of the weekly files: %w; set monday.folder to one that can be written", err)
	}
	final := filepath.Join(r.cfg.Folder, w.String())
	part, err := os.MkdirTemp(r.cfg.Folder, "."+w.String()+"-")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(part))
		}
	}()
	for _, profile := range []export.Profile{export.Public, export.Coordination} {
		files, err := r.cfg.Files(ctx, w, profile, nil)
		if errors.Is(err, export.ErrNoWeek) {
			return os.RemoveAll(part) // nothing was open: there is nothing to tell
		}
		if err != nil {
			return err
		}
		if err := export.WriteFolder(filepath.Join(part, string(profile)), files); err != nil {
			return err
		}
	}
	if err := os.Chmod(part, 0o750); err != nil {
		return err
	}
	// The same week gives the same bytes: what a crash left is replaced by it.
	if err := os.RemoveAll(final); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Rename(part, final)
}
