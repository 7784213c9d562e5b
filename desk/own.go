package desk

import (
	"html/template"
	"image/color"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/boombuler/barcode/qr"
	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/civic/msisdn"
	"github.com/jamakan/jamakan/desk/guard"
	"github.com/jamakan/jamakan/store"
)

func ownRoutes(p *pages, e *echo.Echo) {
	e.GET("/compte", p.showOwn, p.need(civic.ReadDesk))
	e.POST("/compte/mot-de-passe", p.changePassword, p.need(civic.ReadDesk))
	e.POST("/compte/lundi", p.changeMonday, p.need(civic.ReadDesk))
	e.POST("/compte/double", p.changeSecond, p.need(civic.ReadDesk))
}

// own is the page of one's own account.
type own struct {
	Account               store.Account
	Fault, Where          string // what is wrong, and in which form
	Secret                string // of a second step being set up
	Picture               template.HTML
	Phone, Email          string
	PhoneHint             string
	Digest                bool
	Least                 int
	HasSecond, CanNumbers bool
}

func (p *pages) newOwn(c echo.Context) own {
	a := guard.Of(c).Account
	return own{Account: a, Least: guard.MinPassword, Email: a.Email, Digest: a.Digest, HasSecond: a.TOTP != "", PhoneHint: msisdn.Mask(a.Phone)}
}

func (p *pages) showOwn(c echo.Context) error {
	return p.show(c, "own", p.text("desk.own.title"), p.newOwn(c))
}

func (p *pages) ownFault(c echo.Context, o own, where, fault string) error {
	o.Where, o.Fault = where, fault
	return p.showStatus(c, http.StatusUnprocessableEntity, "own", p.text("desk.own.title"), o)
}

// changePassword chooses another password, for who knows the present one. Her
// other sessions are over.
func (p *pages) changePassword(c echo.Context) error {
	o, login := p.newOwn(c), me(c).Login
	ok, err := p.cfg.Guard.Password(c.Request().Context(), login, c.FormValue("present"))
	switch {
	case err != nil:
		return err
	case !ok:
		return p.ownFault(c, o, "password", p.text("desk.own.present.wrong"))
	}
	if fault := p.passwordFault(c.FormValue("password"), c.FormValue("again"), login); fault != "" {
		return p.ownFault(c, o, "password", fault)
	}
	hash, err := p.cfg.Guard.Hash(c.FormValue("password"))
	if err != nil {
		return err
	}
	err = p.cfg.Book.ChangeAccount(c.Request().Context(), login, login, "account.password", func(a *store.Account, _ time.Time) error {
		a.Hash = hash
		a.Epoch++
		return nil
	})
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/login")
}

// changeMonday says where the Monday files and the digest go.
func (p *pages) changeMonday(c echo.Context) error {
	o := p.newOwn(c)
	o.Email, o.Phone, o.Digest = strings.TrimSpace(c.FormValue("email")), strings.TrimSpace(c.FormValue("phone")), c.FormValue("digest") != ""
	phone := o.Account.Phone
	if o.Phone != "" {
		e164, err := msisdn.Normalise(o.Phone)
		if err != nil {
			return p.ownFault(c, o, "monday", p.text("desk.own.phone.wrong"))
		}
		phone = e164
	}
	if c.FormValue("forget") != "" {
		phone, o.Digest = "", false
	}
	if o.Digest && phone == "" {
		return p.ownFault(c, o, "monday", p.text("desk.own.phone.missing"))
	}
	if o.Email != "" && !plausibleMail(o.Email) {
		return p.ownFault(c, o, "monday", p.text("desk.own.email.wrong"))
	}
	login := me(c).Login
	err := p.cfg.Book.ChangeAccount(c.Request().Context(), login, login, "account.monday", func(a *store.Account, _ time.Time) error {
		a.Email, a.Phone, a.Digest = o.Email, phone, o.Digest
		return nil
	})
	if err != nil {
		return err
	}
	return p.done(c, "/compte", "saved")
}

// plausibleMail catches slips, not wrong addresses.
func plausibleMail(s string) bool {
	name, host, ok := strings.Cut(s, "@")
	if strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) || strings.Contains(s, "..") || strings.Contains(host, "@") {
		return false
	}
	return ok && name != "" && strings.Contains(strings.Trim(host, "."), ".") && !strings.ContainsAny(s, " ,;<>\"\r\n") && len(s) < 200
}

// changeSecond sets up or ends the second step. Both ask for the password.
func (p *pages) changeSecond(c echo.Context) error {
	o, login := p.newOwn(c), me(c).Login
	ctx := c.Request().Context()
	secret := ""
	code, answering := c.FormValue("code"), c.FormValue("step") == "code" && !o.HasSecond
	if !answering {
		ok, err := p.cfg.Guard.Password(ctx, login, c.FormValue("present"))
		if err != nil {
			return err
		}
		if !ok {
			return p.ownFault(c, o, "second", p.text("desk.own.present.wrong"))
		}
	}
	if answering {
		var ok bool
		if secret, ok = p.cfg.Guard.Accept(login, code); !ok {
			var address string
			if o.Secret, address = p.cfg.Guard.Proposed(login); o.Secret == "" {
				return p.ownFault(c, o, "second", p.text("desk.own.second.late"))
			}
			o.Picture = picture(address)
			return p.ownFault(c, o, "second", p.text("desk.login.code.wrong"))
		}
	} else if !o.HasSecond {
		fresh, address, err := p.cfg.Guard.Propose(login)
		if err != nil {
			return err
		}
		o.Secret, o.Picture = fresh, picture(address)
		return p.show(c, "own", p.text("desk.own.title"), o)
	}
	err := p.cfg.Book.ChangeAccount(ctx, login, login, "account.second", func(a *store.Account, _ time.Time) error {
		a.TOTP = secret
		return nil
	})
	if err != nil {
		return err
	}
	return p.done(c, "/compte", "saved")
}

// picture is a square code that a telephone's camera reads, as SVG.
func picture(text string) template.HTML {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return ""
	}
	side := code.Bounds().Dx()
	var b strings.Builder
	b.WriteString(`<svg class="qr" viewBox="-2 -2 ` + strconv.Itoa(side+4) + " " + strconv.Itoa(side+4) + `" role="img" aria-label="QR"><path d="`)
	for y := range side {
		for x := range side {
			if code.At(x, y) == color.Black {
				b.WriteString("M" + strconv.Itoa(x) + " " + strconv.Itoa(y) + "h1v1h-1z")
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return template.HTML(b.String())
}
