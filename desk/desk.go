package desk

import (
	"context"
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/callback"
	"github.com/jamakan/jamakan/desk/guard"
	"github.com/jamakan/jamakan/locales"
	"github.com/jamakan/jamakan/store"
)

//go:embed web
var files embed.FS

// Dialer carries one turn of a simulated phone to the gateway, in a
// provider's wire format.
type Dialer interface {
	Turn(ctx context.Context, number, session, transcript string) (text string, end bool, err error)
}

// Line is one text or message of a simulated phone.
type Line struct {
	Mine     bool // texted from the phone
	At       time.Time
	Text     string
	Segments int
}

// Texter carries texts of a simulated phone to the gateway, and shows what
// arrived on it.
type Texter interface {
	Text(ctx context.Context, number, text string) error
	Thread(number string) []Line
}

// Config is what the pages are made of.
type Config struct {
	Book    *store.Book
	Guard   *guard.Guard
	Words   *locales.Locale // of the pages
	Catalog *locales.Catalog
	Now     func() time.Time

	// Doors tell what was turned away; without a log there is no page of it.
	Doors Doors

	// Spell writes an answer to a citizen's text as the SMS that she receives;
	// nil: there is no SMS channel, and nobody is answered.
	Spell func(store.Opinion, store.Answer) ([]store.Letter, error)

	Phone   Dialer             // of the simulated phone
	Texts   Texter             // of the simulated phone; nil: it has no SMS
	Short   string             // the number it texts
	Screens Screens            // of phones, for the preview; nil: none
	Mail    Mail               // how the messages stand; nil: there are none
	Figures *Figures           // of the last closed week; nil: its own
	Posts   func() []Post      // how the SMS channels stand, from memory; nil: there are none
	Broken  func() []WeekFault // what else is broken of the machine; nil: nobody asks
	Disk    func() int64       // bytes free for the data, -1: not known; nil: nobody asks
	Files   Files              // of a week; nil: none
	// FileNames are those of Files.
	FileNames FileNames
	Many      Many // how messages to many leave; nil: they don't
	Demo      bool // there is a simulated phone
	Logger    *slog.Logger
	Version   string
	Code      string // what the simulated phone dials
}

// maxForm is the most a page's form may hold, in bytes.
const maxForm = 64 << 10

// rooms are the pages, each with its routes: the one place to add one.
func rooms() []func(*pages, *echo.Echo) {
	return []func(*pages, *echo.Echo){
		homeRoutes,
		consultRoutes,
		worksRoutes,
		inboxRoutes, readyRoutes,
		planRoutes, exportRoutes,
		mailRoutes, manyRoutes,
		loginRoutes, ownRoutes, accountRoutes,
		refusedRoutes, journalRoutes,
		phoneRoutes,
	}
}

// Register adds the desk's routes.
func Register(e *echo.Echo, cfg Config) {
	if cfg.Figures == nil {
		cfg.Figures = NewFigures(cfg.Book, cfg.Now)
	}
	p := newPages(cfg)
	e.HTTPErrorHandler = p.fail
	e.Use(echo.WrapMiddleware(http.NewCrossOriginProtection().Handler), headers, cfg.Guard.Middleware)
	e.GET("/static/:file", static)
	for _, room := range rooms() {
		room(p, e)
	}
}

// headers keep a page from loading or being framed by anything else.
func headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		h.Set("Cache-Control", "no-store")
		c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, mostBytes(c.Request()))
		return next(c)
	}
}

// maxUpload is the most a form with a file may hold, in bytes.
const maxUpload = 9 << 20

// mostBytes is how much a request may bring: a file only where one is asked
// for, which is behind the door.
func mostBytes(r *http.Request) int64 {
	if r.URL.Path == "/plan/essai" && strings.HasPrefix(r.Header.Get(echo.HeaderContentType), "multipart/form-data") {
		return maxUpload
	}
	return maxForm
}

// onlyHere lets in requests made on this machine: asked of a loopback name,
// through no proxy. A tunnel would otherwise give strangers a phone that votes.
func onlyHere(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !callback.Direct(c.Request()) {
			return echo.ErrNotFound
		}
		return next(c)
	}
}

func static(c echo.Context) error {
	name := c.Param("file")
	contentType := ""
	switch {
	case strings.HasSuffix(name, ".css"):
		contentType = "text/css; charset=utf-8"
	case strings.HasSuffix(name, ".js"):
		contentType = "text/javascript; charset=utf-8"
	default:
		return echo.ErrNotFound
	}
	data, err := files.ReadFile("web/" + name)
	if err != nil {
		return echo.ErrNotFound
	}
	c.Response().Header().Set("Cache-Control", "max-age=300")
	return c.Blob(http.StatusOK, contentType, data)
}

// fail turns an error into a page that says what to do next.
func (p *pages) fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	status, key := http.StatusInternalServerError, "internal"
	var said *echo.HTTPError
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		status, key = http.StatusRequestEntityTooLarge, "large"
	case errors.Is(err, guard.ErrForbidden):
		status, key = http.StatusForbidden, "forbidden"
	case errors.Is(err, guard.ErrToken):
		status, key = http.StatusForbidden, "token"
	case errors.Is(err, store.ErrRefused):
		status, key = http.StatusServiceUnavailable, "full"
	case errors.As(err, &said):
		status = said.Code
		switch {
		case status == http.StatusNotFound || status == http.StatusMethodNotAllowed:
			key = "absent"
		case status == http.StatusRequestEntityTooLarge:
			key = "large"
		case status < http.StatusInternalServerError:
			key = "bad"
		}
	}
	if status >= http.StatusInternalServerError {
		p.cfg.Logger.Error("a page failed", "path", c.Path(), "err", err)
	}
	if c.Request().Method == http.MethodHead {
		_ = c.NoContent(status)
		return
	}
	title := p.cfg.Words.Text("desk.error." + key + ".title")
	if err := p.showStatus(c, status, "error", title, map[string]any{"Text": p.cfg.Words.Text("desk.error." + key)}); err != nil {
		p.cfg.Logger.Error("the page of an error failed", "err", err)
	}
}
