package desk

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/callback"
	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/guard"
	"github.com/jamakan/jamakan/store"
)

func loginRoutes(p *pages, e *echo.Echo) {
	e.GET("/login", p.showLogin)
	e.POST("/login", p.logIn)
	e.GET("/code", p.showCode)
	e.POST("/code", p.secondStep)
	e.POST("/logout", p.logOut, p.need(civic.ReadDesk))
	e.GET("/invitation/:token", p.showInvitation)
	e.POST("/invitation/:token", p.choosePassword)
	e.GET("/premier", p.showFirst, p.onlyFirst)
	e.POST("/premier", p.makeFirst, p.onlyFirst)
}

// maxLogin is how much of a login is shown again, in bytes.
const maxLogin = 64

// loginForm is what the log-in page shows again.
type loginForm struct {
	Login, To, Fault string
}

func (p *pages) showLogin(c echo.Context) error {
	if guard.Of(c) != nil {
		return c.Redirect(http.StatusSeeOther, "/")
	}
	return p.show(c, "login", p.text("desk.login.title"), loginForm{To: c.QueryParam("vers")})
}

func (p *pages) logIn(c echo.Context) error {
	if _, err := c.FormParams(); err != nil {
		return err // a form that was cut is no guess
	}
	f := loginForm{Login: strings.TrimSpace(c.FormValue("login")), To: c.FormValue("vers")}
	if len(f.Login) > maxLogin {
		f.Login = f.Login[:maxLogin]
	}
	half, err := p.cfg.Guard.LogIn(c, f.Login, c.FormValue("password"))
	switch fault, ok := p.loginFault(err); {
	case ok:
		f.Fault = fault
		return p.showStatus(c, refusal(c, err), "login", p.text("desk.login.title"), f)
	case err != nil:
		return err
	case half:
		return c.Redirect(http.StatusSeeOther, "/code?vers="+inside(f.To))
	}
	return c.Redirect(http.StatusSeeOther, inside(f.To))
}

// loginFault says in words why a log-in was refused.
func (p *pages) loginFault(err error) (string, bool) {
	var wait *guard.WaitError
	switch {
	case errors.As(err, &wait):
		return p.plural("desk.login.wait", int(wait.For.Seconds())/60+1), true
	case errors.Is(err, guard.ErrWrong):
		return p.text("desk.login.wrong"), true
	case errors.Is(err, guard.ErrCode):
		return p.text("desk.login.code.wrong"), true
	}
	return "", false
}

// refusal is the status of a log-in that was refused.
func refusal(c echo.Context, err error) int {
	var wait *guard.WaitError
	if errors.As(err, &wait) {
		c.Response().Header().Set("Retry-After", strconv.Itoa(int(wait.For.Seconds())+1))
		return http.StatusTooManyRequests
	}
	return http.StatusUnprocessableEntity
}

// inside keeps a way back on this desk: a path of ours, or the first page.
func inside(to string) string {
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t?#") {
		return "/"
	}
	return to
}

func (p *pages) showCode(c echo.Context) error {
	return p.show(c, "code", p.text("desk.login.code.title"), loginForm{To: c.QueryParam("vers")})
}

func (p *pages) secondStep(c echo.Context) error {
	f := loginForm{To: c.FormValue("vers")}
	err := p.cfg.Guard.SecondStep(c, c.FormValue("code"))
	if errors.Is(err, guard.ErrWrong) {
		return c.Redirect(http.StatusSeeOther, "/login")
	}
	if fault, ok := p.loginFault(err); ok {
		f.Fault = fault
		return p.showStatus(c, refusal(c, err), "code", p.text("desk.login.code.title"), f)
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, inside(f.To))
}

func (p *pages) logOut(c echo.Context) error {
	p.cfg.Guard.LogOut(c)
	return c.Redirect(http.StatusSeeOther, "/login")
}

// invitation is the page on which a person chooses her password.
type invitation struct {
	Token, Login, Name, Fault string
	Least                     int
}

func (p *pages) showInvitation(c echo.Context) error {
	a, err := p.cfg.Book.Invited(c.Request().Context(), c.Param("token"))
	if errors.Is(err, store.ErrInvite) {
		return p.showStatus(c, http.StatusNotFound, "error", p.text("desk.invitation.over.title"), map[string]any{"Text": p.text("desk.invitation.over")})
	}
	if err != nil {
		return err
	}
	return p.show(c, "invitation", p.text("desk.invitation.title"), invitation{Token: c.Param("token"), Login: a.Login, Name: a.Name, Least: guard.MinPassword})
}

func (p *pages) choosePassword(c echo.Context) error {
	token := c.Param("token")
	a, err := p.cfg.Book.Invited(c.Request().Context(), token)
	if err != nil {
		return p.showInvitation(c)
	}
	if fault := p.passwordFault(c.FormValue("password"), c.FormValue("again"), a.Login); fault != "" {
		return p.showStatus(c, http.StatusUnprocessableEntity, "invitation", p.text("desk.invitation.title"),
			invitation{Token: token, Login: a.Login, Name: a.Name, Fault: fault, Least: guard.MinPassword})
	}
	hash, err := p.cfg.Guard.Hash(c.FormValue("password"))
	if err != nil {
		return err
	}
	if _, err := p.cfg.Book.ChoosePassword(c.Request().Context(), token, hash); err != nil {
		return p.showInvitation(c)
	}
	if _, err := p.cfg.Guard.LogIn(c, a.Login, c.FormValue("password")); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/compte")
}

// passwordFault says in words why a password can't be chosen, "" when it can.
func (p *pages) passwordFault(password, again, login string) string {
	if password != again {
		return p.text("desk.password.differ")
	}
	switch err := guard.CheckPassword(password, login); {
	case errors.Is(err, guard.ErrShort):
		return p.text("desk.password.short", "N", guard.MinPassword)
	case err != nil:
		return p.text("desk.password.common")
	}
	return ""
}

// nobodyYet says whether the first account can be made here: a demonstration,
// asked for on this machine, that has none.
func (p *pages) nobodyYet(c echo.Context) (bool, error) {
	if !p.cfg.Demo || !callback.Direct(c.Request()) {
		return false, nil
	}
	all, err := p.cfg.Book.Accounts(c.Request().Context())
	return len(all) == 0, err
}

// onlyFirst lets in while there is no account at all.
func (p *pages) onlyFirst(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		first, err := p.nobodyYet(c)
		if err != nil {
			return err
		}
		if !first {
			return echo.ErrNotFound
		}
		return next(c)
	}
}

func (p *pages) showFirst(c echo.Context) error {
	return p.show(c, "first", p.text("desk.first.title"), invitation{Least: guard.MinPassword})
}

// makeFirst makes the demonstration's administrator, with the password that
// she chooses.
func (p *pages) makeFirst(c echo.Context) error {
	login := strings.ToLower(strings.TrimSpace(c.FormValue("login")))
	f := invitation{Login: login, Least: guard.MinPassword}
	if !civic.ValidLogin(login) {
		f.Fault = p.text("desk.accounts.login.bad")
	} else {
		f.Fault = p.passwordFault(c.FormValue("password"), c.FormValue("again"), login)
	}
	if f.Fault != "" {
		return p.showStatus(c, http.StatusUnprocessableEntity, "first", p.text("desk.first.title"), f)
	}
	hash, err := p.cfg.Guard.Hash(c.FormValue("password"))
	if err != nil {
		return err
	}
	a := store.Account{Coordinator: civic.Coordinator{Login: login, Name: login, Role: civic.Administrator}, Hash: hash}
	if err := p.cfg.Book.AddAccount(c.Request().Context(), login, a); err != nil {
		return err
	}
	if _, err := p.cfg.Guard.LogIn(c, login, c.FormValue("password")); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/")
}
