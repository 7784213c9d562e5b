package main

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/jamakan/jamakan/cmd/jamakan/config"
	"github.com/jamakan/jamakan/desk"
	"github.com/jamakan/jamakan/gsm"
	"github.com/jamakan/jamakan/locales"
	"github.com/jamakan/jamakan/sms"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/outbox"
)

// manyRoom spells messages to many for their channel, and makes their letters
// by the clock.
type manyRoom struct {
	cfg     config.Config
	book    *store.Book
	log     *slog.Logger
	catalog *locales.Catalog
	senders []*sms.Sender
	wake    chan struct{}
}

func newManyRoom(h *house, texts *textRoom, log *slog.Logger) (*manyRoom, error) {
	catalog, err := languages(h.cfg)
	return &manyRoom{cfg: h.cfg, book: h.book, log: log, catalog: catalog, senders: texts.senders, wake: make(chan struct{}, 1)}, err
}

// Spell writes a text as a channel takes it, with how to stop on its last
// line. Nobody is written to without being told that.
func (r *manyRoom) Spell(channel, lang, text string) store.Letter {
	l := r.catalog.Default(lang)
	how := l.Text("many.stop.bare")
	if r.cfg.ShortCode != "" {
		how = l.Text("many.stop", locales.Arg{Name: "ShortCode", Value: r.cfg.ShortCode})
	}
	profile, _ := gsm.ParseProfile(r.cfg.SMS[channel].Spelling) // checked with the configuration
	text = gsm.NewSpeller(profile, l.GSM()).Spell(strings.TrimSpace(text) + "\n" + how)
	return sms.Letter(channel, outbox.Bulk, text)
}

// Channels are the SMS channels as they stand.
func (r *manyRoom) Channels() []desk.ManyChannel {
	var all []desk.ManyChannel
	for _, s := range r.senders {
		st := s.Status()
		ch := r.cfg.SMS[st.Provider]
		price, _ := outbox.ParseMoney(ch.Price) // checked with the configuration
		one := desk.ManyChannel{Provider: st.Provider, Price: price, Rate: ch.Rate, Paused: st.Paused, Again: st.Again, Held: st.BulkHeld, From: st.BulkFrom}
		if len(ch.Quiet) == 2 {
			one.QuietFrom, one.QuietTo = ch.Quiet[0], ch.Quiet[1]
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b desk.ManyChannel) int { return strings.Compare(a.Provider, b.Provider) })
	return all
}

// Wake makes the next letters now.
func (r *manyRoom) Wake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// manyTick is how often letters are made of messages to many: what waits in
// the outbox lasts longer.
const manyTick = 5 * time.Second

// run makes letters until the context ends. What was under way when the
// process ended goes on where it was.
func (r *manyRoom) run(ctx context.Context) error {
	tick := time.NewTicker(manyTick)
	defer tick.Stop()
	for {
		made, err := r.book.FeedAll(ctx)
		switch {
		case ctx.Err() != nil, errors.Is(err, store.ErrStopped):
			return nil
		case err != nil:
			r.log.Error("letters of a message to many are not made yet", "err", err)
		case made > 0:
			r.log.Info("letters of messages to many made", "letters", made)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-r.wake:
		}
	}
}
