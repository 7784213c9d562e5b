package desk

import (
	"context"
	"embed"
	"html/template"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
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
	Phone   Dialer // of the simulated phone
	Texts   Texter // of the simulated phone; nil: it has no SMS
	Short   string // the number it texts
	Mail    Mail   // how the messages stand; nil: there are none
	Demo    bool   // there is a simulated phone
	Logger  *slog.Logger
	Version string
	Code    string // what the simulated phone dials
}

// maxForm is the most a page's form may hold, in bytes.
const maxForm = 64 << 10

// pages are the parsed templates.
type pages struct {
	cfg   Config
	home  *template.Template
	phone *template.Template
	mail  *template.Template
}

// Register adds the desk's routes.
func Register(e *echo.Echo, cfg Config) {
	p := pages{
		cfg:   cfg,
		home:  template.Must(template.ParseFS(files, "web/frame.html", "web/home.html")),
		phone: template.Must(template.New("frame.html").Funcs(shown()).ParseFS(files, "web/frame.html", "web/phone.html")),
		mail:  template.Must(template.New("frame.html").Funcs(shown()).ParseFS(files, "web/frame.html", "web/messages.html")),
	}
	e.Use(echo.WrapMiddleware(http.NewCrossOriginProtection().Handler), headers)
	e.GET("/", p.showHome)
	e.GET("/static/:file", static)
	if cfg.Mail != nil {
		e.GET("/messages", p.showMail)
	}
	if cfg.Demo {
		e.GET("/phone", p.showPhone, onlyHere)
		e.POST("/phone", p.pressPhone, onlyHere)
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
		h.Set("Cache-Control", "no-store")
		c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, maxForm)
		return next(c)
	}
}

// onlyHere lets in requests made on this machine: asked of a loopback name,
// through no proxy. A tunnel would otherwise give strangers a phone that votes.
func onlyHere(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via"} {
			if c.Request().Header.Get(name) != "" {
				return echo.ErrNotFound
			}
		}
		host := c.Request().Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		host = strings.Trim(host, "[]")
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return echo.ErrNotFound
		}
		return next(c)
	}
}

func static(c echo.Context) error {
	types := map[string]string{"desk.css": "text/css; charset=utf-8", "phone.js": "text/javascript; charset=utf-8"}
	contentType, ok := types[c.Param("file")]
	if !ok {
		return echo.ErrNotFound
	}
	data, err := files.ReadFile("web/" + c.Param("file"))
	if err != nil {
		return echo.ErrNotFound
	}
	c.Response().Header().Set("Cache-Control", "max-age=300")
	return c.Blob(http.StatusOK, contentType, data)
}

func (p pages) showHome(c echo.Context) error {
	return render(c, p.home, map[string]any{"Title": "Jamakan", "Demo": p.cfg.Demo, "Version": p.cfg.Version, "Code": p.cfg.Code, "Mail": p.cfg.Mail != nil})
}

func render(c echo.Context, t *template.Template, data any) error {
	var b strings.Builder
	if err := t.ExecuteTemplate(&b, "frame.html", data); err != nil {
		return err
	}
	return c.HTML(http.StatusOK, b.String())
}
