package desk

import (
	"net/netip"
	"time"

	"github.com/labstack/echo/v4"

	door "github.com/jamakan/jamakan/callback/refusal"
	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store/unusual"
)

// Doors are what the callbacks' listener turned away, and what looks unusual
// among the votes it took. Neither holds a number, a token or a text.
type Doors struct {
	Refused *door.Log
	Unusual *unusual.Watch
}

func refusedRoutes(p *pages, e *echo.Echo) {
	if p.cfg.Doors.Refused != nil {
		e.GET("/refus", p.showRefused, p.need(civic.ReadDesk))
	}
}

// refusedView is the page of what was turned away.
type refusedView struct {
	Since    time.Time
	Rows     []door.Row
	Examples []refusedExample
	Unusual  []unusualLine
	Named    int // ballots before an option is named
}

// refusedExample is one request that was turned away.
type refusedExample struct {
	door.Example
	Network string
}

// unusualLine is one flag in words.
type unusualLine struct {
	unusual.Flag
	Title  string // of the consultation
	Option string // "": several, few, or results that may not be seen yet
}

func (p *pages) showRefused(c echo.Context) error {
	doors := p.cfg.Doors
	v := refusedView{Since: doors.Refused.Since(), Rows: doors.Refused.Rows(), Named: unusual.FewestNamed}
	for _, x := range doors.Refused.Recent() {
		v.Examples = append(v.Examples, refusedExample{x, networkWords(x.From)})
	}
	for _, f := range doors.Unusual.Flags() {
		if me(c).Covers(f.Commune) {
			v.Unusual = append(v.Unusual, p.unusualLine(f))
		}
	}
	return p.show(c, "refused", p.text("desk.nav.refused"), v)
}

// unusualLine puts a flag into words. An option is named where results may be
// seen: the page is no way around a consultation's visibility.
func (p *pages) unusualLine(f unusual.Flag) unusualLine {
	line := unusualLine{Flag: f, Title: f.Consultation}
	q, _ := p.cfg.Book.Content().Consultation(f.Consultation)
	if q == nil {
		return line
	}
	line.Title = q.Question.In("fr")
	if f.Option == 0 || !q.ResultsVisible(p.cfg.Now()) {
		return line
	}
	for _, o := range q.Options {
		if o.Number == int(f.Option) {
			line.Option = o.Label.In("fr")
		}
	}
	return line
}

func networkWords(n netip.Prefix) string {
	if !n.IsValid() {
		return "–"
	}
	return n.String()
}
