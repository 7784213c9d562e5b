package desk

import (
	"bytes"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/guard"
)

// pages are the parsed templates and what they are filled from.
type pages struct {
	cfg       Config
	templates map[string]*template.Template // by file name without .html
	waiting   *waitingPlans
	glances   glances
}

// newPages parses every page: a template that is wrong stops the start, and a
// test before it.
func newPages(cfg Config) *pages {
	p := &pages{cfg: cfg, templates: map[string]*template.Template{}, waiting: newWaitingPlans()}
	names, err := fs.Glob(files, "web/*.html")
	if err != nil {
		panic(err) // the pattern is ours
	}
	for _, name := range names {
		base := path.Base(name)
		if base == "frame.html" || base == "parts.html" {
			continue
		}
		t := template.New("frame.html").Funcs(p.funcs())
		p.templates[strings.TrimSuffix(base, ".html")] = template.Must(t.ParseFS(files, "web/frame.html", "web/parts.html", name))
	}
	return p
}

// page is what every template is given.
type page struct {
	Title   string
	Me      *guard.Session // nil: nobody is logged in
	Nav     []navItem
	Demo    bool
	Version string
	Done    string // what was just done, in words
	D       any    // of the page itself
}

// navItem is one room in the navigation.
type navItem struct {
	Path, Key string
	Here      bool
}

// navigation are the rooms of the desk in their order.
func navigation() []struct {
	path, key string
	right     civic.Right
} {
	return []struct {
		path, key string
		right     civic.Right
	}{
		{"/", "week", civic.ReadDesk},
		{"/consultations", "consultations", civic.ReadDesk},
		{"/projets", "works", civic.ReadDesk},
		{"/textes", "inbox", civic.ReadDesk},
		{"/diffusion", "many", civic.ReadDesk},
		{"/exports", "exports", civic.ReadDesk},
		{"/plan", "plan", civic.ReadDesk},
		{"/messages", "mail", civic.ReadDesk},
		{"/comptes", "accounts", civic.Accounts},
		{"/refus", "refused", civic.ReadDesk},
		{"/journal", "journal", civic.ReadDesk},
	}
}

func (p *pages) nav(c echo.Context, me *guard.Session) []navItem {
	var items []navItem
	known := map[string]bool{}
	for _, r := range c.Echo().Routes() {
		known[r.Path] = true
	}
	here := c.Request().URL.Path
	for _, n := range navigation() {
		if !known[n.path] || !me.Account.Role.May(n.right) {
			continue
		}
		at := here == n.path || n.path != "/" && strings.HasPrefix(here, n.path+"/")
		items = append(items, navItem{n.path, n.key, at})
	}
	return items
}

// need is the guard's door for a right.
func (p *pages) need(right civic.Right) echo.MiddlewareFunc { return p.cfg.Guard.Need(right) }

// me is who asks. Only behind need.
func me(c echo.Context) *civic.Coordinator { return &guard.Of(c).Account.Coordinator }

// show shows a page.
func (p *pages) show(c echo.Context, name, title string, data any) error {
	return p.showStatus(c, http.StatusOK, name, title, data)
}

// showStatus shows a page with another status than 200.
func (p *pages) showStatus(c echo.Context, status int, name, title string, data any) error {
	v := page{Title: title, Me: guard.Of(c), Demo: p.cfg.Demo, Version: p.cfg.Version, D: data}
	if v.Me != nil {
		v.Nav = p.nav(c, v.Me)
		if key := "desk.done." + c.QueryParam("fait"); p.cfg.Words.Has(key) {
			v.Done = p.cfg.Words.Text(key)
		}
	}
	var b bytes.Buffer
	if err := p.templates[name].ExecuteTemplate(&b, "frame.html", v); err != nil {
		return err
	}
	return c.HTMLBlob(status, b.Bytes())
}

// done ends a POST that worked: the page it leads to says so.
func (p *pages) done(c echo.Context, to, what string) error {
	mark := "?"
	if strings.Contains(to, "?") {
		mark = "&"
	}
	return c.Redirect(http.StatusSeeOther, to+mark+"fait="+what)
}

// refuse answers what her territory or her role does not hold, and writes it
// into the journal.
func (p *pages) refuse(c echo.Context) error {
	if err := p.cfg.Book.Note(c.Request().Context(), me(c).Login, "refused", c.Request().URL.Path); err != nil {
		p.cfg.Logger.Error("the journal could not be written", "err", err)
	}
	return guard.ErrForbidden
}
