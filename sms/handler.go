package sms

import (
	"errors"
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/callback"
	"github.com/jamakan/jamakan/callback/refusal"
)

// Channel is one provider's way in: its codec, its gateway, and who may come.
type Channel struct {
	callback.Door
	Codec   Codec
	Gateway *Gateway
	Logger  *slog.Logger
}

// Register adds a channel's routes, one for each kind of callback.
func Register(e *echo.Echo, c Channel) {
	path := "/sms/" + c.Codec.Name() + "/:token"
	e.Any(path+"/inbox", c.Guard(c.inbox))
	e.Any(path+"/delivery", c.Guard(c.delivery))
	e.Any(path+"/optout", c.Guard(c.notice("optout", c.Codec.OptOut)))
	e.Any(path+"/subscription", c.Guard(c.notice("subscription", c.Codec.Subscription)))
}

// inbox takes a text.
func (c Channel) inbox(ctx echo.Context) error {
	return c.take(ctx, "inbox", func(r callback.Request) (func() error, error) {
		in, err := c.Codec.Inbound(r)
		return func() error { return c.Gateway.Receive(ctx.Request().Context(), in) }, err
	})
}

// delivery takes a delivery report.
func (c Channel) delivery(ctx echo.Context) error {
	return c.take(ctx, "delivery", func(r callback.Request) (func() error, error) {
		report, err := c.Codec.Report(r)
		return func() error { return c.Gateway.Report(ctx.Request().Context(), report) }, err
	})
}

func (c Channel) notice(kind string, read func(callback.Request) (Notice, error)) echo.HandlerFunc {
	return func(ctx echo.Context) error {
		return c.take(ctx, kind, func(r callback.Request) (func() error, error) {
			n, err := read(r)
			return func() error { return c.Gateway.Notice(ctx.Request().Context(), n) }, err
		})
	}
}

// take reads a callback and answers it: 200 once it is on disk, whatever it
// was; 503 when it is not, so that the provider delivers it again.
func (c Channel) take(ctx echo.Context, kind string, read func(callback.Request) (func() error, error)) error {
	req, err := callback.Read(ctx.Request())
	if err != nil {
		return c.Refuse(ctx, err)
	}
	err = c.Gateway.guarded(kind, func() error {
		act, err := read(req)
		if err != nil {
			c.TurnAway(ctx, refusal.Malformed)
			c.Logger.Warn("a callback can't be read; it is kept as it came", "provider", c.Codec.Name(), "kind", kind, "err", err)
			raw := req.Body
			if len(raw) == 0 {
				raw = []byte(req.Query)
			}
			return c.Gateway.unreadable(ctx.Request().Context(), kind, raw)
		}
		return act()
	})
	if errors.Is(err, errBusy) {
		ctx.Response().Header().Set("Retry-After", "60")
		return ctx.String(http.StatusServiceUnavailable, "too much at once: deliver it again\n")
	}
	if err != nil {
		c.Logger.Error("a callback is not recorded", "provider", c.Codec.Name(), "kind", kind, "err", err)
		ctx.Response().Header().Set("Retry-After", "30")
		return ctx.String(http.StatusServiceUnavailable, "not recorded: deliver it again\n")
	}
	return ctx.String(http.StatusOK, "ok\n")
}
