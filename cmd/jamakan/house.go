package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/jamakan/jamakan/cmd/jamakan/clock"
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
	clock  *clock.Clock
	now    func() time.Time // the clock's

	doubted bool       // a jump of the clock is kept; of the clockwork
	examine examiner   // of a copy of the database
	copying sync.Mutex // one copy is made at a time
}

// databaseFile is the database's name in the data folder.
const databaseFile = "jamakan.db"

// openHouse opens the database and the keys. In the demonstration an empty
// database gets the fictive plan.
func openHouse(ctx context.Context, cfg config.Config, w world, log *slog.Logger, progress func(done, total uint64)) (*house, error) {
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return nil, fmt.Errorf("the data folder can't be made: %w; give another with --data", err)
	}
	if err := restoreCut(cfg); err != nil {
		return nil, err
	}
	if err := closedFolder(cfg.Data, cfg.Demo); err != nil {
		return nil, err
	}
	if err := dataGone(cfg); err != nil { // before a key could be made
		return nil, err
	}
	keys, err := loadKeys(cfg, w)
	if err != nil {
		return nil, err
	}
	if err := dataElsewhere(cfg, keys); err != nil {
		return nil, err
	}
	maxSize, _ := config.Size(cfg.Store.MaxSize)
	reserve, _ := config.Size(cfg.Store.Reserve)
	mmap, _ := config.Size(cfg.Store.Mmap)
	h := &house{cfg: cfg, keys: keys, clock: clock.New(w.clock(), log), examine: examineInChild}
	h.now = h.clock.Now
	h.engine, err = bolt.Open(bolt.Options{
		Path: filepath.Join(cfg.Data, databaseFile), Now: h.now, Logger: log,
		Progress: progress, MaxSize: maxSize, Reserve: reserve, InitialMmap: mmap,
		Verify: w.verifier(ctx, progress),
	})
	if err != nil {
		return nil, err
	}
	dropCopies(cfg)
	if err := h.startClock(ctx); err != nil {
		return nil, errors.Join(err, h.engine.Close())
	}
	if h.book, err = store.NewBook(h.engine, keys, store.BookOptions{Now: h.now, Keep: store.Retention(cfg.Keep)}); err != nil {
		return nil, errors.Join(err, h.engine.Close())
	}
	h.keys = h.book.Keys()
	if cfg.Demo && len(h.book.Content().Plans) == 0 {
		if _, err := h.book.Import(ctx, store.ByItself, planfile.Demo(h.now())); err != nil {
			return nil, errors.Join(fmt.Errorf("the demonstration plan: %w", err), h.engine.Close())
		}
	}
	return h, nil
}

// startClock holds the machine's clock against what was recorded last.
func (h *house) startClock(ctx context.Context) error {
	kept, err := store.LastAcceptedClock(ctx, h.engine)
	if err != nil {
		return err
	}
	doubt, err := store.LastClockDoubt(ctx, h.engine)
	if err != nil {
		return err
	}
	h.doubted = clock.Doubt(doubt) != clock.Doubt{}
	h.clock.Start(h.engine.Health().LastAt, clock.Acceptance(kept), clock.Doubt(doubt))
	return nil
}

// keepDoubt keeps a jump that is not believed for the next start, and takes it
// away when the machine's clock is believed again.
func (h *house) keepDoubt(ctx context.Context) error {
	doubt := h.clock.Status().Doubt()
	if doubt == (clock.Doubt{}) && !h.doubted {
		return nil
	}
	err := h.book.DoubtClock(ctx, store.ClockDoubt(doubt))
	if err == nil {
		h.doubted = doubt != clock.Doubt{}
	}
	return err
}

// Close writes what is left and closes the database.
func (h *house) Close() error {
	ctx := context.Background()
	return errors.Join(h.book.StopTraffic(ctx), h.book.StopApart(ctx), h.engine.Close())
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
		Free: cfg.Free, ReplyDays: cfg.ReplyDays, Apart: cfg.Ask.Questions(),
	})
}

// logger writes structured lines; no call in the program gives it a number.
func logger(cfg config.Config, w world) *slog.Logger {
	level, _ := cfg.Level()
	return slog.New(slog.NewTextHandler(w.stderr, &slog.HandlerOptions{Level: level}))
}
