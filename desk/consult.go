package desk

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/planfile"
)

func consultRoutes(p *pages, e *echo.Echo) {
	e.GET("/consultations", p.listConsultations, p.need(civic.ReadDesk))
	e.GET("/consultations/nouvelle", p.newConsultation, p.need(civic.Consult))
	e.POST("/consultations", p.draftConsultation, p.need(civic.Consult))
	e.GET("/consultations/:code", p.showConsultation, p.need(civic.ReadDesk))
	e.GET("/consultations/:code/modifier", p.editConsultation, p.need(civic.Consult))
	e.POST("/consultations/:code/modifier", p.redraftConsultation, p.need(civic.Consult))
	e.GET("/consultations/:code/ecrans", p.previewConsultation, p.need(civic.ReadDesk))
	e.POST("/consultations/:code/ouvrir", p.openConsultation, p.need(civic.Consult))
	e.POST("/consultations/:code/prolonger", p.moveConsultation, p.need(civic.Consult))
	e.POST("/consultations/:code/annuler", p.annulConsultation, p.need(civic.Consult))
	e.POST("/consultations/:code/retirer", p.dropConsultation, p.need(civic.Consult))
}

// consultState is a state as the desk says it: a draft is one of its own.
func consultState(c *civic.Consultation, now time.Time) string {
	if c.Draft {
		return "draft"
	}
	return [...]string{"soon", "open", "closed", "annulled"}[c.State(now)]
}

// consultLine is one consultation of the list.
type consultLine struct {
	*civic.Consultation
	PlanTitle string
	State     string
}

// listConsultations lists those of her territory: open ones first, then those
// to come, drafts, and the past, newest first.
func (p *pages) listConsultations(c echo.Context) error {
	content, now := p.cfg.Book.Content(), p.cfg.Now()
	var lines []consultLine
	for _, x := range content.Consultations() {
		if !me(c).CoversSome(x.Scope) {
			continue
		}
		_, plan := content.Consultation(x.Code)
		lines = append(lines, consultLine{x, plan.Title.In("fr"), consultState(x, now)})
	}
	order := []string{"open", "soon", "draft", "closed", "annulled"}
	slices.SortStableFunc(lines, func(a, b consultLine) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.State), slices.Index(order, b.State)), b.Opens.Compare(a.Opens), cmp.Compare(a.Code, b.Code))
	})
	return p.show(c, "consultations", p.text("desk.nav.consultations"), lines)
}

// consultView is the page of one consultation.
type consultView struct {
	*civic.Consultation
	Plan       *civic.Plan
	State      string
	MayChange  bool // she may act on it, territory included
	Phase      bool // its plan is in the phase in which people vote
	Langs      []string
	TitleLangs []string // those that a reason is given in
	Options    []optionLine
	Results    *resultsView
	Fault      string
	LastDay    time.Time
	Tomorrow   time.Time
}

type optionLine struct {
	civic.Option
	Project *civic.Project
}

// consultation finds the consultation of a request, if she may read it.
func (p *pages) consultation(c echo.Context) (*civic.Consultation, *civic.Plan, error) {
	x, plan := p.cfg.Book.Content().Consultation(c.Param("code"))
	if x == nil {
		return nil, nil, echo.ErrNotFound
	}
	if !me(c).CoversSome(x.Scope) {
		return nil, nil, p.refuse(c)
	}
	return x, plan, nil
}

func (p *pages) showConsultation(c echo.Context) error { return p.consultPage(c, http.StatusOK, "") }

func (p *pages) consultPage(c echo.Context, status int, fault string) error {
	x, plan, err := p.consultation(c)
	if err != nil {
		return err
	}
	now := p.cfg.Now()
	v := consultView{
		Consultation: x, Plan: plan, State: consultState(x, now), MayChange: me(c).May(civic.Consult, x.Scope...), Phase: plan.Phase.Allows(),
		Langs: p.offered(), TitleLangs: planfile.Languages(), Fault: fault, LastDay: x.LastDay(), Tomorrow: now.AddDate(0, 0, 1),
	}
	for _, o := range x.Options {
		v.Options = append(v.Options, optionLine{o, plan.Project(o.Project)})
	}
	if v.Results, err = p.results(c, x); err != nil {
		return err
	}
	return p.showStatus(c, status, "consultation", x.Question.In("fr"), v)
}

// offered are the languages that phones are offered, in menu order.
func (p *pages) offered() []string {
	if p.cfg.Screens == nil {
		return nil
	}
	return p.cfg.Screens.Languages()
}
