package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/jamakan/jamakan/cmd/jamakan/config"
	"github.com/jamakan/jamakan/desk/planfile"
	"github.com/jamakan/jamakan/gsm"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/bolt"
	"github.com/jamakan/jamakan/store/secret"
	"github.com/jamakan/jamakan/ussd/menu"
)

// house is the opened data and what is built over it.
type house struct {
	cfg    config.Config
	engine *bolt.Engine
	book   *store.Book
	keys   *secret.Keys
	now    func() time.Time
}

// databaseFile is the database's name in the data folder.
const databaseFile = "jamakan.db"

// openHouse opens the database and the keys. In the demonstration an empty
// database gets the fictive plan.
func openHouse(ctx context.Context, cfg config.Config, w world, log *slog.Logger, progress func(done, total uint64)) (*house, error) {
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return nil, fmt.Errorf("the data folder can't be made: %w; give another with --data", err)
	}
	if err := closedFolder(cfg.Data, cfg.Demo); err != nil {
		return nil, err
	}
	keys, err := loadKeys(cfg, w)
	if err != nil {
		return nil, err
	}
	maxSize, _ := config.Size(cfg.Store.MaxSize)
	mmap, _ := config.Size(cfg.Store.Mmap)
	h := &house{cfg: cfg, keys: keys, now: w.clock()}
	h.engine, err = bolt.Open(bolt.Options{
		Path: filepath.Join(cfg.Data, databaseFile), Now: h.now, Logger: log,
		Progress: progress, MaxSize: maxSize, InitialMmap: mmap,
	})
	if err != nil {
		return nil, err
	}
	if h.book, err = store.NewBook(h.engine, keys, store.BookOptions{Now: h.now}); err != nil {
		return nil, errors.Join(err, h.engine.Close())
	}
	if cfg.Demo && len(h.book.Content().Plans) == 0 {
		if _, err := h.book.Import(ctx, store.ByItself, planfile.Demo(h.now())); err != nil {
			return nil, errors.Join(fmt.Errorf("the demonstration plan: %w", err), h.engine.Close())
		}
	}
	return h, nil
}

// Close writes what is left and closes the database.
func (h *house) Close() error {
	return errors.Join(h.book.StopTraffic(context.Background()), h.engine.Close())
}

// loadKeys finds the master key: the environment, the key file, or, in the
// demonstration only, a file in the data folder made at first start.
func loadKeys(cfg config.Config, w world) (*secret.Keys, error) {
	if text := w.getenv("JAMAKAN_KEY"); text != "" {
		return secret.FromText(text)
	}
	if cfg.KeyFile != "" {
		if inside(cfg.Data, cfg.KeyFile) && !cfg.Demo {
			return nil, fmt.Errorf("%w: key_file is inside the data folder: whoever copies the data would have the key; put it elsewhere", config.ErrInvalid)
		}
		return keyFile(cfg.KeyFile, w)
	}
	if !cfg.Demo {
		return nil, fmt.Errorf("%w: no master key; set key_file to a file outside the data folder (it is made at first start), or JAMAKAN_KEY", config.ErrInvalid)
	}
	return secret.Load(filepath.Join(cfg.Data, "demo.key"), true)
}

// inside says whether a path lies in a folder.
func inside(folder, path string) bool {
	abs, err := filepath.Abs(path)
	if err != nil {
		return false
	}
	rel, err := filepath.Rel(folder, abs)
	return err == nil && rel != ".." && !filepath.IsAbs(rel) && (len(rel) < 3 || rel[:3] != "../")
}

// newMenu builds the dialogue as one channel's phones can show it.
func newMenu(cfg config.Config, ch config.Channel) (*menu.Menu, error) {
	catalog, err := languages(cfg)
	if err != nil {
		return nil, err
	}
	profile, err := gsm.ParseProfile(ch.Spelling)
	if err != nil {
		return nil, err
	}
	return menu.New(menu.Config{
		Catalog: catalog, Profile: profile, Limit: gsm.Limit{Septets: ch.Septets, UCS2: ch.UCS2},
		DefaultLang: cfg.Language, Ussd: ch.Codes[0], ShortCode: cfg.ShortCode,
		Free: cfg.Free, ReplyDays: cfg.ReplyDays,
	})
}

// logger writes structured lines; no call in the program gives it a number.
func logger(cfg config.Config, w world) *slog.Logger {
	level, _ := cfg.Level()
	return slog.New(slog.NewTextHandler(w.stderr, &slog.HandlerOptions{Level: level}))
}
