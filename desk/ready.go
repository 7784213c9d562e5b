package desk

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

func readyRoutes(p *pages, e *echo.Echo) {
	e.GET("/textes/reponses-pretes", p.listReady, p.need(civic.AnswerTexts))
	e.POST("/textes/reponses-pretes", p.putReady, p.need(civic.AnswerTexts))
	e.POST("/textes/reponses-pretes/retirer", p.dropReady, p.need(civic.AnswerTexts))
}

// readyView is the page of the ready answers.
type readyView struct {
	All   []store.Ready
	Own   bool // they are kept here; else they came with the program
	Langs []string
	Kinds []civic.FeedbackKind
	R     store.Ready // in the form
	Fault string
	Most  int
}

func (p *pages) readyPage(c echo.Context, status int, v readyView) error {
	kept, err := p.cfg.Book.ReadyAnswers(c.Request().Context())
	if err != nil {
		return err
	}
	v.All, v.Own = kept, len(kept) > 0
	if !v.Own {
		v.All = builtInReady(p.cfg.Words, p.cfg.Catalog)
	}
	for _, r := range v.All {
		if v.Fault == "" && r.Name == c.QueryParam("changer") {
			v.R = r
		}
	}
	for _, l := range p.cfg.Catalog.Offered([]string{"reply.commune"}) {
		v.Langs = append(v.Langs, l.Tag)
	}
	v.Kinds, v.Most = civic.FeedbackKinds(), store.MaxReply
	return p.showStatus(c, status, "ready", p.text("desk.ready.title"), v)
}

func (p *pages) listReady(c echo.Context) error { return p.readyPage(c, http.StatusOK, readyView{}) }

// putReady keeps a ready answer. The first one kept brings those that come
// with the program along: they would otherwise be gone.
func (p *pages) putReady(c echo.Context) error {
	r := store.Ready{Name: c.FormValue("nom"), Kind: civic.FeedbackKind(c.FormValue("genre")), Texts: map[string]string{}}
	for _, l := range p.cfg.Catalog.Offered([]string{"reply.commune"}) {
		r.Texts[l.Tag] = c.FormValue("texte_" + l.Tag)
	}
	ctx, login := c.Request().Context(), me(c).Login
	kept, err := p.cfg.Book.ReadyAnswers(ctx)
	if err != nil {
		return err
	}
	all := []store.Ready{r}
	if len(kept) == 0 {
		all = append(all, builtInReady(p.cfg.Words, p.cfg.Catalog)...)
	}
	for i, one := range all {
		if i > 0 && one.Name == r.Name {
			continue
		}
		err := p.cfg.Book.PutReady(ctx, login, one)
		if errors.Is(err, store.ErrTextLength) || errors.Is(err, store.ErrBounds) || errors.Is(err, store.ErrNumberInText) {
			return p.readyPage(c, http.StatusUnprocessableEntity, readyView{R: r, Fault: p.text("desk.ready.fault")})
		}
		if err != nil {
			return err
		}
	}
	return p.done(c, "/textes/reponses-pretes", "saved")
}

func (p *pages) dropReady(c echo.Context) error {
	err := p.cfg.Book.DeleteReady(c.Request().Context(), me(c).Login, c.FormValue("nom"))
	if err != nil && !errors.Is(err, store.ErrNoReady) {
		return err
	}
	return p.done(c, "/textes/reponses-pretes", "saved")
}
