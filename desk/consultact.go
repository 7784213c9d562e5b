package desk

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/civic"
)

// frozen shows what an act on a consultation was refused for.
func (p *pages) frozen(c echo.Context, err error) error {
	var no *civic.FrozenError
	if errors.As(err, &no) {
		return p.consultPage(c, http.StatusUnprocessableEntity, no.Error())
	}
	return err
}

// act changes the consultation of a request, after asking whether she may.
func (p *pages) act(c echo.Context, what string, change func(*civic.Plan, *civic.Consultation, time.Time) error) error {
	x, plan, err := p.consultation(c)
	if err != nil {
		return err
	}
	if !me(c).May(civic.Consult, x.Scope...) {
		return p.refuse(c)
	}
	_, err = p.cfg.Book.Edit(c.Request().Context(), me(c).Login, what, x.Code, plan.Code, func(plan *civic.Plan, now time.Time) error {
		found := plan.Consultation(x.Code)
		if found == nil {
			return echo.ErrNotFound
		}
		return change(plan, found, now)
	})
	return err
}

// openConsultation opens a draft now, or on its first day. From then on what
// citizens see is frozen, so she says that she has seen it.
func (p *pages) openConsultation(c echo.Context) error {
	if c.FormValue("seen") == "" {
		return p.consultPage(c, http.StatusUnprocessableEntity, p.text("desk.consult.open.unseen"))
	}
	fault := ""
	err := p.act(c, "consult.open", func(plan *civic.Plan, x *civic.Consultation, now time.Time) error {
		if !x.Draft {
			return nil // sent twice
		}
		if c.FormValue("when") == "now" || !x.Opens.After(now) {
			x.Opens = now
		}
		switch {
		case !x.Closes.After(x.Opens):
			fault = p.text("desk.consult.closes.past")
		case plan.Phase != civic.Priorisation && c.FormValue("phase") == "":
			fault = p.text("desk.consult.open.phase", "Phase", p.text("desk.phase."+string(plan.Phase)))
		}
		if fault != "" {
			return errNotYet
		}
		plan.Phase = civic.Priorisation
		x.Draft = false
		return nil
	})
	if errors.Is(err, errNotYet) {
		return p.consultPage(c, http.StatusUnprocessableEntity, fault)
	}
	if err != nil {
		return p.frozen(c, err)
	}
	return p.done(c, "/consultations/"+c.Param("code"), "consult.opened")
}

// errNotYet ends an act that the form must be mended for.
var errNotYet = errors.New("not yet")

// moveConsultation closes later, for a reason.
func (p *pages) moveConsultation(c echo.Context) error {
	last, ok := p.readDay(c.FormValue("closes"))
	reason := strings.TrimSpace(c.FormValue("reason"))
	if !ok {
		return p.consultPage(c, http.StatusUnprocessableEntity, p.text("desk.date.bad"))
	}
	if fault := p.lineFault(reason, maxReason); fault != "" {
		return p.consultPage(c, http.StatusUnprocessableEntity, p.text("desk.consult.reason")+" : "+fault)
	}
	err := p.act(c, "consult.move", func(_ *civic.Plan, x *civic.Consultation, _ time.Time) error {
		if !last.AddDate(0, 0, 1).After(x.Closes) {
			return errNotYet
		}
		x.Closes, x.MoveReason = last.AddDate(0, 0, 1), reason
		return nil
	})
	if errors.Is(err, errNotYet) {
		return p.consultPage(c, http.StatusUnprocessableEntity, p.text("desk.consult.move.same"))
	}
	if err != nil {
		return p.frozen(c, err)
	}
	return p.done(c, "/consultations/"+c.Param("code"), "consult.moved")
}

// annulConsultation ends one without a result, for a reason that voters see.
// She types its code: there is no way back.
func (p *pages) annulConsultation(c echo.Context) error {
	if strings.TrimSpace(c.FormValue("confirm")) != c.Param("code") {
		return p.consultPage(c, http.StatusUnprocessableEntity, p.text("desk.consult.annul.confirm", "Code", c.Param("code")))
	}
	reason := civic.Text{}
	for _, lang := range p.titleLangs() {
		reason[lang] = strings.TrimSpace(c.FormValue("reason_" + lang))
		if fault := p.lineFault(reason[lang], maxReason); fault != "" {
			return p.consultPage(c, http.StatusUnprocessableEntity, p.text("desk.consult.reason")+" ("+p.language(lang)+") : "+fault)
		}
	}
	err := p.act(c, "consult.annul", func(_ *civic.Plan, x *civic.Consultation, _ time.Time) error {
		if x.Annulled == nil {
			x.Annulled = &civic.Annulment{Reason: reason}
		}
		return nil
	})
	if err != nil {
		return p.frozen(c, err)
	}
	return p.done(c, "/consultations/"+c.Param("code"), "consult.annulled")
}

// dropConsultation takes back a draft.
func (p *pages) dropConsultation(c echo.Context) error {
	if _, _, err := p.changeable(c); err != nil {
		return err
	}
	err := p.act(c, "consult.drop", func(plan *civic.Plan, x *civic.Consultation, _ time.Time) error {
		code := x.Code
		plan.Consultations = slices.DeleteFunc(plan.Consultations, func(y civic.Consultation) bool { return y.Code == code })
		return nil
	})
	if err != nil {
		return p.frozen(c, err)
	}
	return p.done(c, "/consultations", "consult.dropped")
}
