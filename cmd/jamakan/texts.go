package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/sync/errgroup"

	"github.com/jamakan/jamakan/cmd/jamakan/config"
	"github.com/jamakan/jamakan/gsm"
	"github.com/jamakan/jamakan/locales"
	"github.com/jamakan/jamakan/sms"
	"github.com/jamakan/jamakan/sms/africastalking"
	"github.com/jamakan/jamakan/sms/command"
	"github.com/jamakan/jamakan/sms/generic"
	"github.com/jamakan/jamakan/sms/sandbox"
	"github.com/jamakan/jamakan/store/outbox"
)

// carriage makes one provider's codec and carrier from a channel's
// configuration. api is the address the configuration means.
type carriage func(name string, ch config.TextChannel, api string) (sms.Codec, sms.Carrier, error)

// carriages are the SMS providers this binary knows: the one place to add one.
func carriages() map[string]carriage {
	return map[string]carriage{
		"africastalking": func(_ string, ch config.TextChannel, api string) (sms.Codec, sms.Carrier, error) {
			c, err := africastalking.New(africastalking.Account{Username: ch.Username, APIKey: ch.APIKey, From: ch.From, API: api})
			return africastalking.Codec{}, c, err
		},
		"generic": func(name string, ch config.TextChannel, _ string) (sms.Codec, sms.Carrier, error) {
			codec, err := generic.NewCodec(name, ch.Generic)
			if err != nil {
				return nil, nil, err
			}
			c, err := generic.NewCarrier(ch.Generic, generic.Account{Username: ch.Username, APIKey: ch.APIKey, From: ch.From})
			return codec, c, err
		},
	}
}

// textRoom is the text channel: gateways in, senders out, and in the
// demonstration the stand-in for the provider.
type textRoom struct {
	gateways []*sms.Gateway
	senders  []*sms.Sender
	stand    *sandbox.Sandbox
	server   *http.Server
	on       net.Listener
}

// openTexts makes the text channels and reads what waits in the outbox.
func openTexts(ctx context.Context, h *house, at doors, log *slog.Logger, callbacks *echo.Echo) (*textRoom, error) {
	r := &textRoom{}
	if err := r.listen(h.cfg, log); err != nil {
		return nil, err
	}
	byName := map[string]*sms.Sender{}
	for name, ch := range h.cfg.SMS {
		if err := r.open(h, at, log, callbacks, name, ch, byName); err != nil {
			return nil, errors.Join(err, r.closeListener())
		}
	}
	h.book.OnLetter(func(m outbox.Message) {
		if s := byName[m.Provider]; s != nil {
			s.Push(m)
		}
	})
	for _, s := range r.senders {
		if err := s.Load(ctx); err != nil {
			return nil, errors.Join(err, r.closeListener())
		}
	}
	return r, nil
}

func (r *textRoom) open(h *house, at doors, log *slog.Logger, callbacks *echo.Echo, name string, ch config.TextChannel, byName map[string]*sms.Sender) error {
	api := ch.API
	if api == "sandbox" && r.on != nil {
		api = "http://" + r.on.Addr().String()
	}
	codec, carrier, err := newCarriage(name, ch, api)
	if err != nil {
		return err
	}
	d, err := newDialogue(h.cfg, ch)
	if err != nil {
		return fmt.Errorf("sms.%s: %w", name, err)
	}
	budget, _ := outbox.ParseMoney(ch.Budget) // checked with the configuration
	from, to := 0, 0
	if len(ch.Quiet) == 2 {
		from, to = ch.Quiet[0], ch.Quiet[1]
	}
	sender := sms.NewSender(sms.SenderConfig{
		Provider: name, Carrier: carrier, Book: h.book, Keys: h.keys, Now: h.now, Logger: log, Rate: ch.Rate, Parallel: ch.Parallel,
		Backoff: ch.Backoff, Budget: budget, QuietFrom: from, QuietTo: to, Jitter: rand.Float64,
	})
	byName[name] = sender
	door, err := at.door("sms", name, ch.Tokens, ch.Networks)
	if err != nil {
		return err
	}
	g := sms.New(sms.Config{
		Provider: name, Book: h.book, Keys: h.keys, Dialogue: d, Sender: sender, Limits: at.textLimits(),
		Refused: door.Refused, Unusual: at.unusual, Now: h.now, Logger: log,
	})
	r.gateways, r.senders = append(r.gateways, g), append(r.senders, sender)
	sms.Register(callbacks, sms.Channel{Door: door, Codec: codec, Gateway: g, Logger: log})
	return nil
}

// newCarriage makes a channel's codec and carrier.
func newCarriage(name string, ch config.TextChannel, api string) (sms.Codec, sms.Carrier, error) {
	known, ok := carriages()[kindOf(name, ch.Codec)]
	if !ok {
		return nil, nil, fmt.Errorf("%w: sms.%s: no such provider; write africastalking, or codec: generic", config.ErrInvalid, name)
	}
	if api == "sandbox" {
		api = "" // the stand-in is not running: any address will do
	}
	codec, carrier, err := known(name, ch, api)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: sms.%s: %w", config.ErrInvalid, name, err)
	}
	return codec, carrier, nil
}

// kindOf is which codec a channel speaks: the one it names, or its own name's.
func kindOf(name, codec string) string {
	if codec != "" {
		return codec
	}
	return name
}

// newDialogue builds the answers to texts as one channel spells them.
func newDialogue(cfg config.Config, ch config.TextChannel) (*command.Dialogue, error) {
	catalog, err := languages(cfg)
	if err != nil {
		return nil, err
	}
	profile, err := gsm.ParseProfile(ch.Spelling)
	if err != nil {
		return nil, err
	}
	return command.New(command.Config{
		Catalog: catalog, Profile: profile, DefaultLang: cfg.Language, Ussd: firstCode(cfg), ShortCode: cfg.ShortCode,
		Free: cfg.Free, ReplyDays: cfg.ReplyDays,
	})
}

// languages are the built-in ones and those of the configured folder.
func languages(cfg config.Config) (*locales.Catalog, error) {
	catalog, err := locales.Embedded()
	if err == nil && cfg.Locales != "" {
		if catalog, err = catalog.With(os.DirFS(cfg.Locales)); err != nil {
			err = fmt.Errorf("locales: %w", err)
		}
	}
	return catalog, err
}

// sandboxFile holds the address of the stand-in provider, in the data folder.
const sandboxFile = "sandbox.addr"

// listen opens the stand-in provider, in the demonstration.
func (r *textRoom) listen(cfg config.Config, log *slog.Logger) error {
	i := slices.IndexFunc(channelNames(cfg), func(name string) bool { return cfg.SMS[name].API == "sandbox" })
	if !cfg.Demo || cfg.Sandbox == "" || i < 0 {
		return nil
	}
	ch := cfg.SMS[channelNames(cfg)[i]]
	var err error
	if r.on, err = net.Listen("tcp", cfg.Sandbox); errors.Is(err, syscall.EADDRINUSE) {
		// Another demonstration runs beside this one: each has its own.
		r.on, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return fmt.Errorf("sandbox listener: %w; give another address with sandbox: in the configuration, or --sandbox", err)
	}
	// Phones of this data's demonstration find their provider here.
	if err := os.WriteFile(filepath.Join(cfg.Data, sandboxFile), []byte(r.on.Addr().String()+"\n"), 0o600); err != nil {
		return errors.Join(fmt.Errorf("the sandbox's address can't be written: %w", err), r.on.Close())
	}
	r.stand = sandbox.New(sandbox.Config{Username: ch.Username, APIKey: ch.APIKey, ShortCode: cfg.ShortCode, Logger: log})
	r.server = server(r.stand.Handler(), log)
	return nil
}

// channelNames are the SMS channels in order.
func channelNames(cfg config.Config) []string {
	var names []string
	for name := range cfg.SMS {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// ussdNames are the USSD channels in order.
func ussdNames(cfg config.Config) []string { return slices.Sorted(maps.Keys(cfg.USSD)) }

func (r *textRoom) closeListener() error {
	if r.on == nil {
		return nil
	}
	return r.on.Close()
}

// run hands messages over, and plays the provider in the demonstration.
// callbacks is where the gateway listens.
func (r *textRoom) run(ctx context.Context, g *errgroup.Group, cfg config.Config, callbacks string) {
	for _, s := range r.senders {
		g.Go(func() error { return s.Run(ctx) })
	}
	if r.stand == nil {
		return
	}
	for _, name := range channelNames(cfg) {
		if ch := cfg.SMS[name]; ch.API == "sandbox" {
			r.stand.SetCallbacks("http://" + callbacks + "/sms/" + name + "/" + ch.Tokens[0])
		}
	}
	g.Go(func() error { return r.stand.Run(ctx) })
	g.Go(func() error {
		if err := r.server.Serve(r.on); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("listener %s: %w", r.on.Addr(), err)
		}
		return nil
	})
}

// shutdown waits for the stand-in's requests.
func (r *textRoom) shutdown(ctx context.Context) error {
	if r.server == nil {
		return nil
	}
	return r.server.Shutdown(ctx)
}

// sweep does what the clock asks of the text channel.
func (r *textRoom) sweep(ctx context.Context, log *slog.Logger) {
	for _, g := range r.gateways {
		if err := g.Sweep(ctx); err != nil && ctx.Err() == nil {
			log.Error("parts of long texts are not joined yet", "err", err)
		}
	}
	for _, s := range r.senders {
		if err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
			log.Error("messages nobody reported are not put away yet", "err", err)
		}
	}
}

// faults are the senders that hand nothing over, a line each: the gateway is
// ready to record all the same.
func (r *textRoom) faults() string {
	var b strings.Builder
	for _, s := range r.senders {
		if st := s.Status(); st.Paused != "" {
			fmt.Fprintf(&b, "sms %s: paused since %s, %d messages wait: %s\n", st.Provider, st.Since.UTC().Format(time.RFC3339), st.Urgent+st.Bulk, st.Paused)
		}
	}
	return b.String()
}
