package desk

import (
	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/desk/guard"
)

func homeRoutes(p *pages, e *echo.Echo) { e.GET("/", p.showHome) }

// showHome is the week for who is logged in, and a word of welcome for who is
// not.
func (p *pages) showHome(c echo.Context) error {
	if guard.Of(c) != nil {
		return p.showWeek(c)
	}
	first, err := p.nobodyYet(c)
	if err != nil {
		return err
	}
	return p.show(c, "home", "Jamakan", map[string]any{"Code": p.cfg.Code, "Demo": p.cfg.Demo, "First": first})
}
