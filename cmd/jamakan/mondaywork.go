package main

import (
	"context"
	"path/filepath"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export"
	"github.com/jamakan/jamakan/desk/monday"
	"github.com/jamakan/jamakan/gsm"
	"github.com/jamakan/jamakan/sms"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/outbox"
)

// mondayEvery is how often it is asked whether Monday's work is owed.
const mondayEvery = time.Minute

// noFolder in the configuration asks for no files.
const noFolder = "none"

// newMonday makes the Monday work from the configuration.
func (s *servers) newMonday() (*monday.Runner, error) {
	h := s.house
	catalog, err := languages(h.cfg)
	if err != nil {
		return nil, err
	}
	cfg := monday.Config{
		Book: h.book, Now: h.now, Logger: s.log, Catalog: catalog, Lang: h.cfg.Language, Folder: h.cfg.Monday.Folder,
		Files: func(ctx context.Context, w civic.Week, profile export.Profile, territory []civic.Code, formats ...string) ([]export.File, error) {
			return h.files(ctx, export.Options{Week: w, Profile: profile, Territory: territory, Formats: formats, DemoSmallCells: h.cfg.Demo})
		},
		Waiting: func(ctx context.Context, who *civic.Coordinator) (int, error) {
			counts, err := h.book.InboxCounts(ctx, who.Covers)
			waiting := 0
			for _, w := range counts.Waiting {
				waiting += w.N
			}
			return waiting, err
		},
	}
	switch h.cfg.Monday.Folder {
	case "":
		cfg.Folder = filepath.Join(h.cfg.Data, "exports")
	case noFolder:
		cfg.Folder = ""
	}
	if m := h.cfg.Mail; m.Host != "" {
		cfg.Mail = &monday.Mail{Host: m.Host, Port: m.Port, User: m.User, Password: m.Password, From: m.From, TLS: m.TLS}
	}
	if names := channelNames(h.cfg); len(names) > 0 {
		cfg.Letter = func(lang, text string) (store.Letter, error) {
			profile, err := gsm.ParseProfile(h.cfg.SMS[names[0]].Spelling)
			if err != nil {
				return store.Letter{}, err
			}
			text = gsm.NewSpeller(profile, catalog.Default(lang).GSM()).Spell(text)
			return sms.Letter(names[0], outbox.Digest, text), nil
		}
	}
	return monday.New(cfg), nil
}

// mondays does Monday's work when it is owed.
func (s *servers) mondays(ctx context.Context) error {
	work, err := s.newMonday()
	if err != nil {
		return err
	}
	tick := time.NewTicker(mondayEvery)
	defer tick.Stop()
	for {
		if err := work.Tick(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("Monday's work is not done yet", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
