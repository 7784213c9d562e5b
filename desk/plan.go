package desk

import (
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/guard"
	"github.com/jamakan/jamakan/desk/planfile"
)

func planRoutes(p *pages, e *echo.Echo) {
	e.GET("/plan", p.showPlans, p.need(civic.ReadDesk))
	e.GET("/plan/modele.xlsx", p.blankTemplate, p.need(civic.ReadDesk))
	e.GET("/plan/:code/modele.xlsx", p.filledTemplate, p.need(civic.ReadDesk))
	e.GET("/plan/:code/plan.yaml", p.planYAML, p.need(civic.ReadDesk))
	e.POST("/plan/essai", p.tryPlan, p.need(civic.ImportPlan))
	e.POST("/plan/importer", p.importPlan, p.need(civic.ImportPlan))
	e.POST("/plan/:code/phase", p.changePhase, p.need(civic.ImportPlan))
}

// plansView is the page of the plans.
type plansView struct {
	Plans  []planLine
	Phases []civic.Phase
	Faults []string // of a file, by line or by cell
	File   string
	Which  []string // plans that a bare list may be for
	May    bool
}

// planLine is one plan.
type planLine struct {
	*civic.Plan
	May bool
}

func (p *pages) plansPage(c echo.Context, status int, v plansView) error {
	v.Phases, v.May = civic.Phases(), me(c).Role.May(civic.ImportPlan)
	content := p.cfg.Book.Content()
	for i := range content.Plans {
		plan := &content.Plans[i]
		if me(c).CoversSome(plan.Scope) {
			v.Plans = append(v.Plans, planLine{plan, me(c).May(civic.ImportPlan, plan.Scope...)})
		}
	}
	return p.showStatus(c, status, "plan", p.text("desk.nav.plan"), v)
}

func (p *pages) showPlans(c echo.Context) error { return p.plansPage(c, http.StatusOK, plansView{}) }

// waitingPlans are files that were tried and not imported yet: the person
// reads what they would change first. They are few, and forgotten soon.
type waitingPlans struct {
	mu  sync.Mutex
	all map[string]waitingPlan
}

type waitingPlan struct {
	who, name, plan string
	data            []byte
	at              time.Time
	against         [32]byte // what was recorded when it was tried
}

// How many files wait, and how long.
const (
	maxTried = 8
	triedFor = 30 * time.Minute
)

func newWaitingPlans() *waitingPlans { return &waitingPlans{all: map[string]waitingPlan{}} }

func (w *waitingPlans) keep(x waitingPlan) (string, error) {
	id, err := NewInvitation()
	if err != nil {
		return "", err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for k, old := range w.all {
		if x.at.Sub(old.at) > triedFor || old.who == x.who {
			delete(w.all, k)
		}
	}
	for k := range w.all {
		if len(w.all) < maxTried {
			break
		}
		delete(w.all, k)
	}
	w.all[id] = x
	return id, nil
}

// take gives a file back to who brought it, once.
func (w *waitingPlans) take(id, who string, now time.Time) (waitingPlan, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	x, ok := w.all[id]
	if !ok || x.who != who || now.Sub(x.at) > triedFor {
		return x, false
	}
	delete(w.all, id)
	return x, true
}

// errNoFile: the form brought no file.
var errNoFile = errors.New("no file")

// upload is the file of a form.
func upload(c echo.Context) (name string, data []byte, err error) {
	header, err := c.FormFile("file")
	if err != nil || header.Size == 0 {
		return "", nil, errNoFile
	}
	f, err := header.Open()
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	data, err = io.ReadAll(f)
	return header.Filename, data, err
}

// diffView is the page of what an import would change.
type diffView struct {
	planfile.Diff
	File  string
	ID    string
	Title string
	May   bool // it is hers to import
}

// tryPlan reads a file and shows what importing it would change; nothing
// changes yet.
func (p *pages) tryPlan(c echo.Context) error {
	name, data, err := upload(c)
	if errors.Is(err, errNoFile) {
		return p.plansPage(c, http.StatusUnprocessableEntity, plansView{Faults: []string{p.text("desk.plan.nofile")}})
	}
	if err != nil {
		return err
	}
	x := waitingPlan{who: me(c).Login, name: name, plan: c.FormValue("plan"), data: data, at: p.cfg.Now(), against: p.fingerprint()}
	plan, remarks, v := p.readWaiting(x)
	if v != nil {
		return p.plansPage(c, http.StatusUnprocessableEntity, *v)
	}
	d := diffView{Diff: planfile.Preview(p.recorded(plan.Code), plan, p.cfg.Now(), remarks), File: name, Title: plan.Title.In("fr"), May: p.mayImport(c, &plan)}
	if d.Refused == "" && !d.Empty() && d.May {
		if d.ID, err = p.waiting.keep(x); err != nil {
			return err
		}
	}
	return p.show(c, "plandiff", p.text("desk.plan.diff"), d)
}

// readWaiting reads a file over what is recorded; v says what is wrong.
func (p *pages) readWaiting(x waitingPlan) (plan civic.Plan, remarks []planfile.Remark, v *plansView) {
	plan, remarks, err := planfile.ReadAny(x.name, x.data, planfile.Known{Plans: p.cfg.Book.Content().Plans, Code: x.plan, Now: p.cfg.Now()})
	var all planfile.Errors
	var which *planfile.WhichPlanError
	switch {
	case errors.As(err, &which):
		v = &plansView{File: x.name, Which: which.Codes, Faults: []string{p.text("desk.plan.which")}}
	case errors.As(err, &all):
		v = &plansView{File: x.name}
		for _, one := range all {
			v.Faults = append(v.Faults, one.Error())
		}
	case err != nil:
		v = &plansView{File: x.name, Faults: []string{err.Error()}}
	case plan.Fictional && !p.cfg.Demo:
		v = &plansView{File: x.name, Faults: []string{p.text("desk.plan.fictional")}}
	}
	return plan, remarks, v
}

func (p *pages) recorded(code string) *civic.Plan {
	plans := p.cfg.Book.Content().Plans
	if i := slices.IndexFunc(plans, func(x civic.Plan) bool { return x.Code == code }); i >= 0 {
		return &plans[i]
	}
	return nil
}

// mayImport says whether she answers for all the communes of a plan, as it was
// and as it would be.
func (p *pages) mayImport(c echo.Context, plan *civic.Plan) bool {
	old := p.recorded(plan.Code)
	return me(c).May(civic.ImportPlan, plan.Scope...) && (old == nil || me(c).CoversAll(old.Scope)) && len(plan.Scope) > 0
}

// fingerprint tells one state of the content from another.
func (p *pages) fingerprint() [32]byte {
	content := p.cfg.Book.Content()
	return sha256.Sum256([]byte(content.ChangedAt.String() + "/" + strconv.FormatUint(content.Revision, 10)))
}

// importPlan imports the file whose changes were shown. When what is recorded
// changed meanwhile, the changes are shown again.
func (p *pages) importPlan(c echo.Context) error {
	x, ok := p.waiting.take(c.FormValue("id"), me(c).Login, p.cfg.Now())
	if !ok {
		return p.plansPage(c, http.StatusUnprocessableEntity, plansView{Faults: []string{p.text("desk.plan.gone")}})
	}
	if x.against != p.fingerprint() {
		return p.plansPage(c, http.StatusConflict, plansView{File: x.name, Faults: []string{p.text("desk.plan.changed")}})
	}
	plan, _, v := p.readWaiting(x)
	if v != nil {
		return p.plansPage(c, http.StatusUnprocessableEntity, *v)
	}
	if !p.mayImport(c, &plan) {
		return p.refuse(c)
	}
	_, err := p.cfg.Book.Import(c.Request().Context(), me(c).Login, plan)
	var no *civic.FrozenError
	if errors.As(err, &no) {
		return p.plansPage(c, http.StatusUnprocessableEntity, plansView{File: x.name, Faults: []string{no.Error()}})
	}
	if err != nil {
		return err
	}
	return p.done(c, "/plan", "plan.imported")
}

// changePhase moves a plan to another phase of its cycle.
func (p *pages) changePhase(c echo.Context) error {
	plan := p.recorded(c.Param("code"))
	if plan == nil {
		return echo.ErrNotFound
	}
	if !me(c).May(civic.ImportPlan, plan.Scope...) {
		return p.refuse(c)
	}
	phase := civic.Phase(c.FormValue("phase"))
	if !slices.Contains(civic.Phases(), phase) {
		return p.plansPage(c, http.StatusUnprocessableEntity, plansView{Faults: []string{p.text("desk.plan.phase.bad")}})
	}
	_, err := p.cfg.Book.Edit(c.Request().Context(), me(c).Login, "plan.phase", plan.Code, plan.Code, func(next *civic.Plan, _ time.Time) error {
		next.Phase = phase
		return nil
	})
	if err != nil {
		return err
	}
	return p.done(c, "/plan", "plan.phase")
}

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// download sends a file to keep.
func download(c echo.Context, name, contentType string, data []byte) error {
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return c.Blob(http.StatusOK, contentType, data)
}

func (p *pages) blankTemplate(c echo.Context) error {
	data, err := planfile.Template()
	if err != nil {
		return err
	}
	return download(c, "modele-de-plan.xlsx", xlsxType, data)
}

// readable is a plan that she may read.
func (p *pages) readable(c echo.Context) (*civic.Plan, error) {
	plan := p.recorded(c.Param("code"))
	if plan == nil {
		return nil, echo.ErrNotFound
	}
	if !me(c).CoversSome(plan.Scope) {
		return nil, guard.ErrForbidden
	}
	return plan, nil
}

func (p *pages) filledTemplate(c echo.Context) error {
	plan, err := p.readable(c)
	if err != nil {
		return err
	}
	data, err := planfile.TemplateOf(*plan)
	if err != nil {
		return err
	}
	return download(c, fileName(plan.Code)+".xlsx", xlsxType, data)
}

func (p *pages) planYAML(c echo.Context) error {
	plan, err := p.readable(c)
	if err != nil {
		return err
	}
	data, err := planfile.Write(*plan)
	if err != nil {
		return err
	}
	return download(c, fileName(plan.Code)+".yaml", "application/yaml; charset=utf-8", data)
}

// fileName is a code as a file may be named.
func fileName(code string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return '_'
	}, code)
}
