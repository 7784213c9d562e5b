package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/sync/errgroup"

	"github.com/jamakan/jamakan/cmd/jamakan/config"
	"github.com/jamakan/jamakan/desk"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/ussd"
	"github.com/jamakan/jamakan/ussd/africastalking"
	"github.com/jamakan/jamakan/ussd/generic"
)

type serveVerb struct {
	Listen  string `help:"Address of the callbacks listener." placeholder:"ADDR"`
	Desk    string `help:"Address of the desk listener." placeholder:"ADDR"`
	Sandbox string `help:"Address of the stand-in SMS provider, in the demonstration." placeholder:"ADDR"`
}

// Run runs the gateway until it is told to stop, then finishes what it
// accepted.
func (v serveVerb) Run(ctx context.Context, c *common, w world) error {
	cfg, err := c.load(w)
	if err != nil {
		return err
	}
	if v.Listen != "" {
		cfg.Listen = v.Listen
	}
	if v.Desk != "" {
		cfg.Desk = v.Desk
	}
	if v.Sandbox != "" {
		cfg.Sandbox = v.Sandbox
	}
	if err := cfg.Check(); err != nil {
		return err
	}
	if err := noCore(); err != nil {
		return fmt.Errorf("a core of this process would hold numbers, and can't be forbidden: %w", err)
	}
	if runtime.GOMAXPROCS(0) < 2 {
		runtime.GOMAXPROCS(2) // one P is held by fsync: three times slower
	}
	return serve(ctx, cfg, w)
}

func serve(ctx context.Context, cfg config.Config, w world) error {
	log := logger(cfg, w)
	p := newProgress(w)
	h, err := openHouse(ctx, cfg, w, log, p.opened)
	p.done()
	if err != nil {
		return err
	}
	s, err := newServers(ctx, h, log)
	if err != nil {
		return errors.Join(err, h.Close())
	}
	if err := s.listen(cfg); err != nil {
		return errors.Join(err, s.texts.closeListener(), h.Close())
	}
	signal.Notify(s.hup, syscall.SIGHUP)
	s.greet(cfg, w)
	if err := tellSystemd(w, "READY=1"); err != nil {
		log.Error("systemd is not told that the gateway is ready", "err", err)
	}
	err = s.run(ctx, cfg.Grace)
	if told := s.doors.tellUnusual(context.WithoutCancel(ctx), h.book, h.now(), true); told != nil {
		log.Error("what looked unusual is not in the journal", "err", told)
	}
	return errors.Join(err, h.Close())
}

// servers are the three ways in, and the work that goes by the clock.
type servers struct {
	house     *house
	log       *slog.Logger
	gateways  []*ussd.Gateway
	texts     *textRoom
	figures   *desk.Figures
	doors     doors
	measures  measures
	crowds    crowds
	certs     map[*http.Server]*certificate // of listeners with TLS
	hup       chan os.Signal                // says that they may have changed
	many      *manyRoom
	backups   *backupClock
	restored  *store.Restoration // nil: the data never was
	callbacks *http.Server
	desk      *http.Server
	office    *http.Server
	onCalls   net.Listener
	onDesk    net.Listener
	onSocket  net.Listener
}

func newServers(ctx context.Context, h *house, log *slog.Logger) (*servers, error) {
	s := &servers{house: h, log: log, hup: make(chan os.Signal, 1), figures: desk.NewFigures(h.book, h.now), backups: newBackupClock(h, log), crowds: newCrowds(h.cfg.Limits.Connections, log)}
	var err error
	if s.doors, err = newDoors(h); err != nil {
		return nil, err
	}
	if err := s.readRestored(ctx); err != nil {
		return nil, err
	}
	callbacks := quietEcho()
	for name, ch := range h.cfg.USSD {
		codec, err := newCodec(name, ch)
		if err != nil {
			return nil, err
		}
		m, err := newMenu(h.cfg, ch)
		if err != nil {
			return nil, err
		}
		door, err := s.doors.door("ussd", name, ch.Tokens, ch.Networks)
		if err != nil {
			return nil, err
		}
		g := ussd.New(ussd.Config{
			Provider: name, Book: h.book, Keys: h.keys, Menu: m, Codes: ch.Codes, Lang: h.cfg.Language,
			DialLimit: h.cfg.Limits.Dials, DialWindow: h.cfg.Limits.Window, Limits: s.doors.dialLimits(),
			Refused: door.Refused, Unusual: s.doors.unusual, Now: h.now, Logger: log,
		})
		s.gateways = append(s.gateways, g)
		ussd.Register(callbacks, ussd.Channel{Door: door, Codec: codec, Gateway: g, Logger: log})
	}
	if s.texts, err = openTexts(ctx, h, s.doors, log, callbacks); err != nil {
		return nil, err
	}
	if s.many, err = newManyRoom(h, s.texts, log); err != nil {
		return nil, errors.Join(err, s.texts.closeListener())
	}
	registerHealth(callbacks, h, s.texts, s.backups)
	pages := quietEcho()
	room, err := s.room()
	if err != nil {
		return nil, errors.Join(err, s.texts.closeListener())
	}
	desk.Register(pages, room)
	if err := s.registerMetrics(pages); err != nil {
		return nil, errors.Join(err, s.texts.closeListener())
	}
	s.callbacks, s.desk = server(callbacks, log), server(pages, log)
	s.callbacks.ConnState, s.desk.ConnState = s.crowds.callbacks.Watch, s.crowds.desk.Watch
	if err := s.loadCertificates(); err != nil {
		return nil, errors.Join(err, s.texts.closeListener())
	}
	s.office = &http.Server{Handler: serveOffice(sharedOffice{ownOffice{h}}), ReadHeaderTimeout: 5 * time.Second, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}
	return s, nil
}

// sharedOffice is the gateway's own data behind the socket: a verb that ends
// does not close it.
type sharedOffice struct{ ownOffice }

// Close does nothing.
func (sharedOffice) Close() error { return nil }

// codecs are the USSD providers this binary knows: the one place to add one.
func codecs() map[string]func(name string, ch config.Channel) (ussd.Codec, error) {
	return map[string]func(string, config.Channel) (ussd.Codec, error){
		"africastalking": func(string, config.Channel) (ussd.Codec, error) { return africastalking.Codec{}, nil },
		"generic": func(name string, ch config.Channel) (ussd.Codec, error) {
			return generic.New(name, ch.Generic, ch.Codes)
		},
	}
}

// newCodec makes a channel's codec.
func newCodec(name string, ch config.Channel) (ussd.Codec, error) {
	known, ok := codecs()[kindOf(name, ch.Codec)]
	if !ok {
		return nil, fmt.Errorf("%w: ussd.%s: no such provider; write africastalking, or codec: generic", config.ErrInvalid, name)
	}
	codec, err := known(name, ch)
	if err != nil {
		return nil, fmt.Errorf("%w: ussd.%s: %w", config.ErrInvalid, name, err)
	}
	return codec, nil
}

// firstCode is the code that citizens are told to dial: of the first channel by
// name, so that files say the same each time.
func firstCode(cfg config.Config) string {
	if names := ussdNames(cfg); len(names) > 0 {
		return cfg.USSD[names[0]].Codes[0]
	}
	return ""
}

// phoneFormat is what the simulated phones post.
const phoneFormat = "africastalking"

// phoneChannel is the channel that the simulated phones call: the first by name
// that speaks their format.
func phoneChannel(cfg config.Config) (name string, ch config.Channel, err error) {
	for _, name := range ussdNames(cfg) {
		if ch := cfg.USSD[name]; kindOf(name, ch.Codec) == phoneFormat {
			return name, ch, nil
		}
	}
	return "", ch, fmt.Errorf("%w: no USSD channel speaks %s, which is what the simulated phone posts", config.ErrInvalid, phoneFormat)
}

func quietEcho() *echo.Echo {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = echo.ExtractIPDirect() // nobody's X-Forwarded-For is believed
	return e
}

// server bounds time and headers: slow or hanging connections hold nothing
// for long.
func server(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 15 * time.Second, IdleTimeout: 75 * time.Second, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

func (s *servers) listen(cfg config.Config) (err error) {
	if s.onCalls, err = net.Listen("tcp", cfg.Listen); err != nil {
		return fmt.Errorf("callbacks listener: %w; give another address with --listen", err)
	}
	if s.onDesk, err = net.Listen("tcp", cfg.Desk); err != nil {
		return errors.Join(fmt.Errorf("desk listener: %w; give another address with --desk", err), s.onCalls.Close())
	}
	if s.onSocket, err = listenSocket(cfg.Data); err != nil {
		return errors.Join(err, s.onCalls.Close(), s.onDesk.Close())
	}
	return nil
}

func (s *servers) greet(cfg config.Config, w world) {
	fmt.Fprintf(w.stdout, "Jamakan %s\n", version())
	fmt.Fprintf(w.stdout, "  callbacks  %s://%s\n", s.scheme(s.callbacks), s.onCalls.Addr())
	fmt.Fprintf(w.stdout, "  desk       %s://%s\n", s.scheme(s.desk), s.onDesk.Addr())
	if s.texts.on != nil {
		fmt.Fprintf(w.stdout, "  sandbox    http://%s/sandbox/ stands in for the SMS provider: %s text WOTE 2\n", s.texts.on.Addr(), called())
	}
	if cfg.Demo {
		fmt.Fprintf(w.stdout, "  a phone    %s://%s/phone, or in another terminal: %s dial\n", s.scheme(s.desk), s.onDesk.Addr(), called())
		fmt.Fprintf(w.stdout, "FICTIF: a demonstration with an invented commune; data in %s\n", cfg.Data)
	}
	s.log.Info("ready", "plans", len(s.house.book.Content().Plans), "records", s.house.book.Health().Records)
}

// run serves until the context ends or the store stops, then waits for what
// was accepted.
func (s *servers) run(ctx context.Context, grace time.Duration) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	g, ctx := errgroup.WithContext(ctx)
	for srv, on := range map[*http.Server]net.Listener{s.callbacks: s.onCalls, s.desk: s.onDesk, s.office: s.onSocket} {
		g.Go(func() error {
			if err := s.serveOn(srv, on); !errors.Is(err, http.ErrServerClosed) {
				return fmt.Errorf("listener %s: %w", on.Addr(), err)
			}
			return nil
		})
	}
	g.Go(func() error { return s.hangups(ctx) })
	s.texts.run(ctx, g, s.house.cfg, s.onCalls.Addr().String())
	g.Go(func() error { return s.clockwork(ctx) })
	g.Go(func() error { return s.mondays(ctx) })
	g.Go(func() error { return s.many.run(ctx) })
	g.Go(func() error { return s.backups.run(ctx) })
	g.Go(func() error {
		select {
		case <-ctx.Done():
		case <-s.house.engine.Done():
			stop()
			return s.house.book.Health().Err
		}
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		s.log.Info("stopping: finishing what was accepted", "grace", grace)
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		return errors.Join(s.callbacks.Shutdown(last), s.desk.Shutdown(last), closeOffice(last, s.office), s.texts.shutdown(last))
	})
	err := g.Wait()
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	return err
}

// clockwork does what the clock asks: forget calls that are over, write what
// was counted, close weeks that ended, drop expired positions and replies.
func (s *servers) clockwork(ctx context.Context) error {
	tick := time.NewTicker(30 * time.Second)
	defer tick.Stop()
	for n := 0; ; n++ {
		if err := s.house.keepDoubt(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("that the clock jumped is not kept yet", "err", err)
		}
		if n%2 == 0 { // at the start, then every minute
			if err := s.house.book.FlushTraffic(ctx); err != nil && ctx.Err() == nil {
				s.log.Error("counts of calls are not written yet", "err", err)
			}
			if err := s.house.book.FlushApart(ctx); err != nil && ctx.Err() == nil {
				s.log.Error("replies counted apart are not written yet", "err", err)
			}
			if err := s.measures.read(ctx, s.house); err != nil && ctx.Err() == nil {
				s.log.Error("metrics of the outbox can't be read", "err", err)
			}
		}
		if err := s.house.book.CloseWeeks(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("weeks that ended are not closed yet", "err", err)
		}
		if err := s.figures.Warm(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("the figures of the last week can't be read", "err", err)
		}
		if err := s.doors.tellUnusual(ctx, s.house.book, s.house.now(), false); err != nil && ctx.Err() == nil {
			s.log.Error("what looked unusual is not in the journal yet", "err", err)
		}
		if n%20 == 0 { // at the start, then every ten minutes
			if err := s.house.book.Sweep(ctx); err != nil && ctx.Err() == nil {
				s.log.Error("expired records are not dropped yet", "err", err)
			}
			s.texts.sweep(ctx, s.log)
		}
		for _, g := range s.gateways {
			g.Sweep()
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// registerHealth adds liveness and readiness: ready is ready to record.
func registerHealth(e *echo.Echo, h *house, texts *textRoom, backups *backupClock) {
	e.GET("/healthz", func(c echo.Context) error { return c.String(http.StatusOK, "alive\n") })
	e.GET("/readyz", func(c echo.Context) error {
		health := h.book.Health()
		if err := health.Err; err != nil {
			return c.String(http.StatusServiceUnavailable, fmt.Sprintf("not ready to record: %s: %v\n", whichOutcome(err), err))
		}
		said := h.clock.Status()
		if fault := said.Fault(); fault != "" {
			return c.String(http.StatusServiceUnavailable, fault)
		}
		return c.String(http.StatusOK, "ready to record\n"+said.Note()+roomWarning(h.cfg, health)+texts.faults()+backups.faults())
	})
}

// whichOutcome names what an error of the store means for what was sent.
func whichOutcome(err error) string {
	switch {
	case errors.Is(err, store.ErrRefused):
		return "refused"
	case errors.Is(err, store.ErrUnknown), errors.Is(err, store.ErrStopped):
		return "stopped, the last outcome unknown"
	}
	return "failed"
}

// roomWarning tells before votes are refused: while less than four times the
// reserve is left.
func roomWarning(cfg config.Config, health store.Health) string {
	reserve, err := config.Size(cfg.Store.Reserve)
	if err != nil || health.Room >= 4*reserve {
		return ""
	}
	return fmt.Sprintf("room is short: %d MB until votes are refused; make room on the disk, or raise store.max_size\n", health.Room>>20)
}
