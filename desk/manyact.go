package desk

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// draftMany keeps what was written and makes the dry run; or only shows the
// texts as they leave.
func (p *pages) draftMany(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	f := p.fillMany(c, form)
	if form.Has("compter") {
		f.Counted = true
		return p.manyFormPage(c, http.StatusOK, f)
	}
	d, fault := p.draft(c, &f)
	if fault != "" {
		f.Fault = fault
		return p.manyFormPage(c, http.StatusUnprocessableEntity, f)
	}
	if err := allowed(c, &d.Audience); err != nil {
		return err
	}
	id, err := p.keepDraft(c, d)
	if errors.Is(err, civic.ErrCampaignStep) {
		return p.done(c, "/diffusion/"+c.Param("id"), "many.begun")
	}
	if err != nil {
		return err
	}
	if _, err := p.try(c.Request().Context(), me(c).Login, id, f.Channel); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/diffusion/"+id)
}

// keepDraft writes a new draft, or the one that the address names.
func (p *pages) keepDraft(c echo.Context, d store.Draft) (id string, err error) {
	ctx := c.Request().Context()
	if c.Param("id") == "" {
		m, err := p.cfg.Book.DraftCampaign(ctx, me(c).Login, d)
		return m.ID, err
	}
	m, err := p.mine(c)
	if err != nil {
		return "", err
	}
	return m.ID, p.cfg.Book.RewriteCampaign(ctx, me(c).Login, m.ID, d)
}

// try makes a dry run, with the price that is known.
func (p *pages) try(ctx context.Context, who, id, channel string) (store.Trial, error) {
	price, err := p.cfg.Book.SegmentPrice(ctx, channel, p.channelOf(channel).Price)
	if err != nil {
		return store.Trial{}, err
	}
	return p.cfg.Book.TryCampaign(ctx, who, id, price)
}

func (p *pages) tryMany(c echo.Context) error {
	m, err := p.mine(c)
	if err != nil {
		return err
	}
	_, err = p.try(c.Request().Context(), me(c).Login, m.ID, m.Letters["fr"].Provider)
	if errors.Is(err, civic.ErrCampaignStep) {
		return p.done(c, "/diffusion/"+m.ID, "many.begun")
	}
	if err != nil {
		return err
	}
	return p.done(c, "/diffusion/"+m.ID, "many.tried")
}

// confirmMany lets it leave, when the number of recipients was typed.
func (p *pages) confirmMany(c echo.Context) error {
	m, err := p.mine(c)
	if err != nil {
		return err
	}
	typed := c.FormValue("nombre")
	err = p.cfg.Book.ConfirmCampaign(c.Request().Context(), me(c).Login, m.ID, digits(typed))
	for reason, key := range map[error]string{store.ErrTyped: "typed", store.ErrTrial: "trial", store.ErrFewRecipients: "few", civic.ErrCampaignStep: "step", store.ErrBounds: "until"} {
		if errors.Is(err, reason) {
			return p.manyPage(c, http.StatusUnprocessableEntity, p.text("desk.many.fault."+key, "N", civic.FewestRecipients), typed)
		}
	}
	if err != nil {
		return err
	}
	p.cfg.Many.Wake()
	return p.done(c, "/diffusion/"+m.ID, "many.begun")
}

// digits is a number as people type it: 1 250. -1 for anything else.
func digits(typed string) int {
	typed = strings.Join(strings.Fields(strings.ReplaceAll(typed, nbsp, " ")), "")
	n, err := strconv.Atoi(typed)
	if err != nil {
		return -1
	}
	return n
}

// stepMany pauses, resumes or cancels. Cancelling is for good: the form says so
// and sends a tick with it.
func (p *pages) stepMany(step civic.CampaignStep) echo.HandlerFunc {
	return func(c echo.Context) error {
		m, err := p.mine(c)
		if err != nil {
			return err
		}
		if step == civic.CancelCampaign && c.FormValue("oui") == "" {
			return p.manyPage(c, http.StatusUnprocessableEntity, p.text("desk.many.fault.tick"), "")
		}
		err = p.cfg.Book.StepCampaign(c.Request().Context(), me(c).Login, m.ID, step)
		if errors.Is(err, civic.ErrCampaignStep) {
			return p.manyPage(c, http.StatusUnprocessableEntity, p.text("desk.many.fault.step"), "")
		}
		if err != nil {
			return err
		}
		p.cfg.Many.Wake()
		return p.done(c, "/diffusion/"+m.ID, "many."+string(step))
	}
}
