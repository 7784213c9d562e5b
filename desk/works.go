package desk

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/civic"
)

func worksRoutes(p *pages, e *echo.Echo) {
	e.GET("/projets", p.listWorks, p.need(civic.ReadDesk))
	e.GET("/projets/:plan/:code", p.showWork, p.need(civic.ReadDesk))
	e.POST("/projets/:plan/:code", p.changeWork, p.need(civic.FollowWorks))
}

// worksView is the list of projects.
type worksView struct {
	Lines    []workLine
	Status   string
	Commune  string
	Sector   string
	Statuses []civic.Status
	Communes []civic.Code
	Sectors  []string
	N        int    // in all, of those asked for
	More     string // the page with those that follow, "": none
}

// worksPage is how many projects a page lists, on a slow line too.
const worksPage = 60

// workLine is one project of the list.
type workLine struct {
	*civic.Project
	Plan string
	Last time.Time // of its last change
}

// listWorks lists the projects of her territory.
func (p *pages) listWorks(c echo.Context) error {
	v := worksView{Status: c.QueryParam("statut"), Commune: c.QueryParam("commune"), Sector: c.QueryParam("secteur"), Statuses: civic.Statuses()}
	content := p.cfg.Book.Content()
	for i := range content.Plans {
		plan := &content.Plans[i]
		for _, commune := range plan.Scope {
			if me(c).Covers(commune) && !slices.Contains(v.Communes, commune) {
				v.Communes = append(v.Communes, commune)
			}
		}
		for j := range plan.Projects {
			w := &plan.Projects[j]
			if !me(c).CoversSome(workScope(plan, w)) {
				continue
			}
			if w.Sector != "" && !slices.Contains(v.Sectors, w.Sector) {
				v.Sectors = append(v.Sectors, w.Sector)
			}
			if v.Status != "" && string(w.Status) != v.Status || v.Sector != "" && w.Sector != v.Sector ||
				v.Commune != "" && w.Commune != "" && string(w.Commune) != v.Commune {
				continue
			}
			line := workLine{w, plan.Code, time.Time{}}
			if n := len(w.History); n > 0 {
				line.Last = w.History[n-1].On
			}
			v.Lines = append(v.Lines, line)
		}
	}
	slices.Sort(v.Sectors)
	v.cut(c.QueryParam("depuis"))
	return p.show(c, "works", p.text("desk.nav.works"), v)
}

// cut keeps one page of the lines.
func (v *worksView) cut(from string) {
	v.N = len(v.Lines)
	first, _ := strconv.Atoi(from)
	first = min(max(first, 0), v.N)
	last := min(first+worksPage, v.N)
	if v.Lines = v.Lines[first:last]; last < v.N {
		next := url.Values{"statut": {v.Status}, "commune": {v.Commune}, "secteur": {v.Sector}, "depuis": {strconv.Itoa(last)}}
		v.More = "/projets?" + next.Encode()
	}
}

// workScope are the communes that a project concerns.
func workScope(plan *civic.Plan, w *civic.Project) []civic.Code {
	if w.Commune != "" {
		return []civic.Code{w.Commune}
	}
	return plan.Scope
}

// workView is the page of one project.
type workView struct {
	*civic.Project
	Plan      string
	PlanTitle string
	MayChange bool
	Statuses  []civic.Status
	History   []civic.StatusChange // newest first
	Today     time.Time
	Status    string // of the form
	On        string
	Note      string
	Proof     string
	Due       string
	Fault     string
	Frozen    bool // a consultation shows it: title, village and cost stay
}

func (p *pages) work(c echo.Context) (*civic.Plan, *civic.Project, error) {
	content := p.cfg.Book.Content()
	for i := range content.Plans {
		if content.Plans[i].Code != c.Param("plan") {
			continue
		}
		if w := content.Plans[i].Project(c.Param("code")); w != nil {
			if !me(c).CoversSome(workScope(&content.Plans[i], w)) {
				return nil, nil, p.refuse(c)
			}
			return &content.Plans[i], w, nil
		}
	}
	return nil, nil, echo.ErrNotFound
}

func (p *pages) newWork(c echo.Context) (workView, error) {
	plan, w, err := p.work(c)
	if err != nil {
		return workView{}, err
	}
	v := workView{
		Project: w, Plan: plan.Code, PlanTitle: plan.Title.In("fr"), MayChange: me(c).May(civic.FollowWorks, workScope(plan, w)...),
		Statuses: civic.Statuses(), History: slices.Clone(w.History), Today: p.cfg.Now(), Status: string(w.Status), On: p.cfg.Now().In(civic.Bamako).Format(time.DateOnly),
	}
	if !w.Due.IsZero() {
		v.Due = w.Due.In(civic.Bamako).Format(time.DateOnly)
	}
	slices.Reverse(v.History)
	return v, nil
}

func (p *pages) showWork(c echo.Context) error {
	v, err := p.newWork(c)
	if err != nil {
		return err
	}
	return p.show(c, "work", v.Title.In("fr"), v)
}

// What a change of status holds to, in letters.
const (
	maxNote  = 200
	maxProof = 200
)

// changeWork records a project's new status, since when, and what shows it.
func (p *pages) changeWork(c echo.Context) error {
	v, err := p.newWork(c)
	if err != nil {
		return err
	}
	if !v.MayChange {
		return p.refuse(c)
	}
	v.Status, v.On, v.Due = c.FormValue("status"), c.FormValue("on"), c.FormValue("due")
	v.Note, v.Proof = strings.TrimSpace(c.FormValue("note")), strings.TrimSpace(c.FormValue("proof"))
	change, due, fault := p.readChange(v)
	if fault != "" {
		v.Fault = fault
		return p.showStatus(c, http.StatusUnprocessableEntity, "work", v.Title.In("fr"), v)
	}
	_, err = p.cfg.Book.Edit(c.Request().Context(), me(c).Login, "work.status", v.Code, v.Plan, func(plan *civic.Plan, _ time.Time) error {
		w := plan.Project(v.Code)
		if w == nil {
			return echo.ErrNotFound
		}
		if n := len(w.History); n > 0 && w.History[n-1] == change {
			return nil // the same form again
		}
		w.Status, w.Due = change.Status, due
		w.History = append(w.History, change)
		slices.SortStableFunc(w.History, func(a, b civic.StatusChange) int { return a.On.Compare(b.On) })
		return nil
	})
	var no *civic.FrozenError
	if errors.As(err, &no) {
		v.Fault = no.Error()
		return p.showStatus(c, http.StatusUnprocessableEntity, "work", v.Title.In("fr"), v)
	}
	if err != nil {
		return err
	}
	return p.done(c, "/projets/"+v.Plan+"/"+v.Code, "work.changed")
}

// readChange reads the form of a new status; fault says what is wrong.
func (p *pages) readChange(v workView) (change civic.StatusChange, due time.Time, fault string) {
	if !slices.Contains(civic.Statuses(), civic.Status(v.Status)) {
		return change, due, p.text("desk.work.status.missing")
	}
	on, ok := p.readDay(v.On)
	switch {
	case !ok:
		return change, due, p.text("desk.date.bad")
	case on.After(p.cfg.Now()):
		return change, due, p.text("desk.work.on.future")
	}
	if v.Due != "" {
		if due, ok = p.readDay(v.Due); !ok {
			return change, due, p.text("desk.date.bad")
		}
	}
	for text, most := range map[string]int{v.Note: maxNote, v.Proof: maxProof} {
		if text != "" {
			if fault := p.lineFault(text, most); fault != "" {
				return change, due, fault
			}
		}
	}
	return civic.StatusChange{On: on, Status: civic.Status(v.Status), Note: v.Note, Proof: v.Proof}, due, ""
}
