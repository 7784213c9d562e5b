package callback

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// MaxBody is the most a callback's body may hold, in bytes. A turn or a text
// takes a few hundred.
const MaxBody = 64 << 10

// Request is a callback as it came, read once and bounded (64 KiB). Codecs
// read it and keep nothing of it.
type Request struct {
	Method      string
	ContentType string
	Query       string // raw, still escaped
	Body        []byte
}

// ErrTooLarge is a body over MaxBody.
var ErrTooLarge = errors.New("body over 64 KiB")

// Read reads a request's body, once.
func Read(r *http.Request) (Request, error) {
	if r.ContentLength > MaxBody {
		return Request{}, ErrTooLarge
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
			return Request{}, ErrTooLarge
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

// Direct says whether a request came straight from this machine: asked of a
// loopback name, and through no proxy (a tunnel would publish the demo token).
func Direct(r *http.Request) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	return Loopback(r.Host)
}

// Loopback says whether a host, with its port or without, is this machine.
func Loopback(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
