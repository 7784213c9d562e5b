package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/jamakan/jamakan/sms/sandbox"
)

type sandboxVerb struct {
	Listen    string `help:"Address to listen on." default:"127.0.0.1:8082"`
	Callbacks string `help:"Where the gateway takes callbacks, with the token. Empty: the one of the configuration." placeholder:"URL"`
	Username  string `help:"Account it knows." default:"sandbox"`
	Key       string `help:"Key it wants." default:"sandbox"`
	ShortCode string `help:"Number that texts are sent to." default:"36055"`
	Price     string `help:"Price of a segment." default:"XOF 25"`
	Faults    string `help:"How badly to behave: late=2s,throttle=0.1,refuse=0.05:403,silent=0.01,account=balance." placeholder:"LIST"`
	Seed      uint64 `help:"Of the faults' randomness."`
}

// Run is a stand-in for an SMS provider, on this machine.
func (v sandboxVerb) Run(ctx context.Context, c *common, w world) error {
	cfg, err := c.load(w)
	if err != nil {
		return err
	}
	faults, err := sandbox.ParseFaults(v.Faults)
	if err != nil {
		return fmt.Errorf("%w: --faults: %w", errUse, err)
	}
	callbacks := v.Callbacks
	if callbacks == "" {
		for _, name := range channelNames(cfg) {
			callbacks = "http://" + cfg.Listen + "/sms/" + name + "/" + cfg.SMS[name].Tokens[0]
		}
	}
	on, err := net.Listen("tcp", v.Listen)
	if err != nil {
		return fmt.Errorf("%w; give another address with --listen, or serve without its own with sandbox: \"\"", err)
	}
	s := sandbox.New(sandbox.Config{
		Username: v.Username, APIKey: v.Key, ShortCode: v.ShortCode, Callbacks: callbacks, Price: v.Price, Seed: v.Seed, Logger: logger(cfg, w),
	})
	s.SetFaults(faults)
	fmt.Fprintf(w.stdout, "A stand-in for an SMS provider\n  API        http://%s\n  phones     http://%s/sandbox/\n  callbacks  %s\n", on.Addr(), on.Addr(), callbacks)
	srv := server(s.Handler(), logger(cfg, w))
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.Run(ctx) })
	g.Go(func() error {
		if err := srv.Serve(on); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		return srv.Shutdown(last)
	})
	return g.Wait()
}
