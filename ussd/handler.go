package ussd

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/labstack/echo/v4"
)

// MaxBody is the most a callback's body may hold, in bytes. A turn takes a
// few hundred.
const MaxBody = 64 << 10

// Channel is one provider's way in: its codec, its gateway, and the token in
// its callback path. Two tokens are valid during a rotation.
type Channel struct {
	Codec   Codec
	Gateway *Gateway
	Tokens  []string
	Logger  *slog.Logger
	// LoopbackOnly is the demonstration: requests that came through a proxy,
	// or were asked of another host's name, find nothing.
	LoopbackOnly bool
}

// Register adds a channel's two routes: turns, and end-of-session events.
func Register(e *echo.Echo, c Channel) {
	path := "/ussd/" + c.Codec.Name() + "/:token"
	e.Any(path, c.guard(c.turn))
	e.Any(path+"/events", c.guard(c.ended))
}

// guard lets in only callbacks with the right token; to others the path does
// not exist. The comparison takes the same time whatever is wrong.
func (c Channel) guard(next echo.HandlerFunc) echo.HandlerFunc {
	wanted := make([][sha256.Size]byte, len(c.Tokens))
	for i, token := range c.Tokens {
		wanted[i] = sha256.Sum256([]byte(token))
	}
	return func(ctx echo.Context) error {
		got := sha256.Sum256([]byte(ctx.Param("token")))
		ok := 0
		for i := range wanted {
			ok |= subtle.ConstantTimeCompare(got[:], wanted[i][:])
		}
		if ok != 1 || c.LoopbackOnly && !direct(ctx.Request()) {
			return echo.ErrNotFound
		}
		return next(ctx)
	}
}

// direct says whether a request came straight from this machine: asked of a
// loopback name, and through no proxy (a tunnel would publish the demo token).
func direct(r *http.Request) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// errTooLarge is a body over MaxBody.
var errTooLarge = errors.New("body over 64 KiB")

func read(r *http.Request) (Request, error) {
	if r.ContentLength > MaxBody {
		return Request{}, errTooLarge
	}
	size := r.ContentLength
	if size < 0 {
		size = 512
	}
	body := make([]byte, 0, size+1)
	for {
		if len(body) == cap(body) {
			body = append(body, 0)[:len(body)]
		}
		n, err := r.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		if len(body) > MaxBody {
			return Request{}, errTooLarge
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Request{}, fmt.Errorf("reading the body: %w", err)
		}
	}
	return Request{Method: r.Method, ContentType: r.Header.Get(echo.HeaderContentType), Query: r.URL.RawQuery, Body: body}, nil
}

// turn answers a turn: always 200 with an answer, but for a body no phone
// could have caused (413) and a connection that broke.
func (c Channel) turn(ctx echo.Context) error {
	req, err := read(ctx.Request())
	if err != nil {
		return refuse(ctx, err)
	}
	answer := c.answer(ctx, req)
	body, contentType := c.Codec.Encode(make([]byte, 0, 4+len(answer.Text)), answer)
	return ctx.Blob(http.StatusOK, contentType, body)
}

// answer decodes and answers, and turns a defect of ours into a sentence: no
// stack trace ever reaches a phone.
func (c Channel) answer(ctx echo.Context, req Request) (a Answer) {
	defer func() {
		if p := recover(); p != nil {
			c.Logger.Error("defect while answering a turn", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			a = c.Gateway.Sentence("error.internal")
		}
	}()
	t, err := c.Codec.Decode(req)
	if err != nil {
		c.Gateway.stats.malformed.Add(1)
		c.Logger.Warn("a callback can't be read", "provider", c.Codec.Name(), "err", err)
		return c.Gateway.Sentence("error.internal")
	}
	return c.Gateway.Answer(ctx.Request().Context(), t)
}

// ended takes an end-of-session event. It is acknowledged whatever it holds.
func (c Channel) ended(ctx echo.Context) error {
	req, err := read(ctx.Request())
	if err != nil {
		return refuse(ctx, err)
	}
	e, err := c.Codec.DecodeEnd(req)
	if err != nil {
		c.Gateway.stats.malformed.Add(1)
		c.Logger.Warn("an end event can't be read", "provider", c.Codec.Name(), "err", err)
	} else {
		c.Gateway.Ended(e)
	}
	return ctx.NoContent(http.StatusOK)
}

func refuse(ctx echo.Context, err error) error {
	if errors.Is(err, errTooLarge) {
		ctx.Response().Header().Set("Connection", "close")
		return ctx.String(http.StatusRequestEntityTooLarge, "body over 64 KiB\n")
	}
	return ctx.String(http.StatusBadRequest, "the body can't be read\n")
}
