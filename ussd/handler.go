package ussd

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

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

// Register adds a channel's two routes: turns, and end-of-session events.
func Register(e *echo.Echo, c Channel) {
	path := "/ussd/" + c.Codec.Name() + "/:token"
	e.Any(path, c.Guard(c.turn))
	e.Any(path+"/events", c.Guard(c.ended))
}

// turn answers a turn: always 200 with an answer, but for a body no phone
// could have caused (413) and a connection that broke.
func (c Channel) turn(ctx echo.Context) error {
	req, err := callback.Read(ctx.Request())
	if err != nil {
		return c.Refuse(ctx, err)
	}
	answer, over := c.answer(ctx, req)
	if over {
		return ctx.NoContent(http.StatusOK)
	}
	if echoer, ok := c.Codec.(Echoer); ok {
		body, contentType := echoer.EncodeTo(nil, req, answer)
		return ctx.Blob(http.StatusOK, contentType, body)
	}
	body, contentType := c.Codec.Encode(make([]byte, 0, 4+len(answer.Text)), answer)
	return ctx.Blob(http.StatusOK, contentType, body)
}

// answer decodes and answers, and turns a defect of ours into a sentence: no
// stack trace ever reaches a phone.
func (c Channel) answer(ctx echo.Context, req Request) (a Answer, over bool) {
	defer func() {
		if p := recover(); p != nil {
			c.Logger.Error("defect while answering a turn", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			a = c.Gateway.Sentence("error.internal")
		}
	}()
	t, err := c.Codec.Decode(req)
	if err != nil {
		c.Gateway.stats.malformed.Add(1)
		c.TurnAway(ctx, refusal.Malformed)
		c.Logger.Warn("a callback can't be read", "provider", c.Codec.Name(), "err", err)
		return c.Gateway.Sentence("error.internal"), false
	}
	if t.Over {
		c.Gateway.Ended(End{Session: t.Session, Hops: -1, Millis: -1})
		return Answer{}, true
	}
	return c.Gateway.Answer(ctx.Request().Context(), t), false
}

// ended takes an end-of-session event. It is acknowledged whatever it holds.
func (c Channel) ended(ctx echo.Context) error {
	req, err := callback.Read(ctx.Request())
	if err != nil {
		return c.Refuse(ctx, err)
	}
	e, err := c.Codec.DecodeEnd(req)
	if err != nil {
		c.Gateway.stats.malformed.Add(1)
		c.TurnAway(ctx, refusal.Malformed)
		c.Logger.Warn("an end event can't be read", "provider", c.Codec.Name(), "err", err)
	} else {
		c.Gateway.Ended(e)
	}
	return ctx.NoContent(http.StatusOK)
}
