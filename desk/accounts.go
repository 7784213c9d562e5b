package desk

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

func accountRoutes(p *pages, e *echo.Echo) {
	e.GET("/comptes", p.listAccounts, p.need(civic.Accounts))
	e.POST("/comptes", p.addAccount, p.need(civic.Accounts))
	e.POST("/comptes/:login/inviter", p.inviteAccount, p.need(civic.Accounts))
	e.POST("/comptes/:login/fermer", p.disableAccount, p.need(civic.Accounts))
}

// accountsView is the page of the accounts.
type accountsView struct {
	All       []store.Account
	Roles     []civic.Role
	Places    []placeChoice
	Login     string // of the form
	Name      string
	Role      string
	Territory []string
	Fault     string
	Link      string // of an invitation just made: shown once
	For       string
	Until     time.Time
}

// placeChoice is a place that a territory may be.
type placeChoice struct {
	Code  civic.Code
	Name  string
	Level civic.Level
	On    bool
}

func (p *pages) accountsPage(c echo.Context, status int, v accountsView) error {
	var err error
	if v.All, err = p.cfg.Book.Accounts(c.Request().Context()); err != nil {
		return err
	}
	v.Roles = civic.Roles()
	v.Places = p.territoryChoices(v.Territory)
	return p.showStatus(c, status, "accounts", p.text("desk.nav.accounts"), v)
}

// territoryChoices are the communes of the plans and the places around them.
func (p *pages) territoryChoices(on []string) []placeChoice {
	var scope []civic.Code
	content := p.cfg.Book.Content()
	for i := range content.Plans {
		scope = append(scope, content.Plans[i].Scope...)
	}
	var all []placeChoice
	for _, place := range content.Around(scope) {
		all = append(all, placeChoice{place.Code, place.Name, place.Code.Level(), slices.Contains(on, string(place.Code))})
	}
	return all
}

func (p *pages) listAccounts(c echo.Context) error {
	return p.accountsPage(c, http.StatusOK, accountsView{Role: string(civic.Coordinating)})
}

// addAccount adds an account without a password, and shows the invitation by
// which the person chooses hers.
func (p *pages) addAccount(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	v := accountsView{
		Login: strings.ToLower(strings.TrimSpace(form.Get("login"))), Name: strings.TrimSpace(form.Get("name")),
		Role: form.Get("role"), Territory: form["place"],
	}
	a := store.Account{Coordinator: civic.Coordinator{Login: v.Login, Name: v.Name, Role: civic.Role(v.Role)}}
	for _, place := range v.Territory {
		if civic.Code(place).Level() != "" {
			a.Territory = append(a.Territory, civic.Code(place))
		}
	}
	switch {
	case !civic.ValidLogin(v.Login):
		v.Fault = p.text("desk.accounts.login.bad")
	case p.lineFault(v.Name, 60) != "":
		v.Fault = p.text("desk.accounts.name.bad") + " " + p.lineFault(v.Name, 60)
	case !slices.Contains(civic.Roles(), a.Role):
		v.Fault = p.text("desk.accounts.role.bad")
	case a.Role == civic.Coordinating && len(a.Territory) == 0:
		v.Fault = p.text("desk.accounts.territory.missing")
	}
	if v.Fault != "" {
		return p.accountsPage(c, http.StatusUnprocessableEntity, v)
	}
	err = p.cfg.Book.AddAccount(c.Request().Context(), me(c).Login, a)
	if errors.Is(err, store.ErrAccountTaken) {
		v.Fault = p.text("desk.accounts.login.taken")
		return p.accountsPage(c, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	return p.invite(c, a.Login)
}

// invite makes an invitation and shows its address, once.
func (p *pages) invite(c echo.Context, login string) error {
	token, err := NewInvitation()
	if err != nil {
		return err
	}
	until, err := p.cfg.Book.Invite(c.Request().Context(), me(c).Login, login, token)
	if errors.Is(err, store.ErrAccount) {
		return echo.ErrNotFound
	}
	if err != nil {
		return err
	}
	return p.accountsPage(c, http.StatusOK, accountsView{Role: string(civic.Coordinating), For: login, Until: until, Link: "/invitation/" + token})
}

// NewInvitation makes the secret of an invitation, for the desk and for
// `jamakan coordinator add`.
func NewInvitation() (string, error) {
	raw := make([]byte, 24)
	_, err := io.ReadFull(rand.Reader, raw)
	return base64.RawURLEncoding.EncodeToString(raw), err
}

func (p *pages) inviteAccount(c echo.Context) error {
	if c.Param("login") == me(c).Login {
		return p.accountsPage(c, http.StatusUnprocessableEntity, accountsView{Fault: p.text("desk.accounts.self"), Role: string(civic.Coordinating)})
	}
	return p.invite(c, c.Param("login"))
}

func (p *pages) disableAccount(c echo.Context) error {
	err := p.cfg.Book.DisableAccount(c.Request().Context(), me(c).Login, c.Param("login"))
	switch {
	case errors.Is(err, store.ErrLastAdministrator):
		return p.accountsPage(c, http.StatusUnprocessableEntity, accountsView{Fault: p.text("desk.accounts.last"), Role: string(civic.Coordinating)})
	case errors.Is(err, store.ErrAccount):
		return echo.ErrNotFound
	case err != nil:
		return err
	}
	return p.done(c, "/comptes", "account.closed")
}
