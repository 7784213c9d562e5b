package desk

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/civic"
)

// What a consultation's form holds to.
const (
	maxQuestion = 60 // letters, of each language: the heading of a phone's screen
	maxChoices  = 24
	maxReason   = 90 // letters: voters see it
)

// consultForm is the form of a draft.
type consultForm struct {
	Code       string // "" for a new one
	Plan       string
	Plans      []civic.Plan
	Question   map[string]string
	Langs      []string
	Choices    []choiceLine
	Places     []placeChoice
	Opens      string // 2026-12-31
	Closes     string // the last day
	Visibility civic.Visibility
	Faults     map[string]string // by field
}

// choiceLine is a project that may be an option.
type choiceLine struct {
	*civic.Project
	Place string // its number in the list, "" when it is none
}

func (p *pages) newConsultation(c echo.Context) error {
	f, err := p.blankConsultation(c, c.QueryParam("plan"))
	if err != nil {
		return err
	}
	now := p.cfg.Now().In(civic.Bamako)
	f.Opens, f.Closes = now.AddDate(0, 0, 1).Format(time.DateOnly), now.AddDate(0, 0, 28).Format(time.DateOnly)
	f.Visibility = civic.ParticipationOnly
	for i := range f.Places {
		f.Places[i].On = true
	}
	return p.show(c, "consultform", p.text("desk.consult.new"), f)
}

// blankConsultation is the form with the choices of a plan, of which she
// answers for a commune at least.
func (p *pages) blankConsultation(c echo.Context, code string) (consultForm, error) {
	f := consultForm{Question: map[string]string{}, Langs: p.titleLangs(), Faults: map[string]string{}}
	var plan *civic.Plan
	content := p.cfg.Book.Content()
	for i := range content.Plans {
		if !me(c).CoversSome(content.Plans[i].Scope) {
			continue
		}
		f.Plans = append(f.Plans, content.Plans[i])
		if code == "" || content.Plans[i].Code == code {
			plan, code = &content.Plans[i], content.Plans[i].Code
		}
	}
	if plan == nil {
		return f, p.refuse(c)
	}
	f.Plan = plan.Code
	for i := range plan.Projects {
		if s := plan.Projects[i].Status; s == civic.Proposed || s == civic.Retained || s == civic.Programmed || s == civic.Funded {
			f.Choices = append(f.Choices, choiceLine{Project: &plan.Projects[i]})
		}
	}
	for _, commune := range plan.Scope {
		if me(c).Covers(commune) {
			f.Places = append(f.Places, placeChoice{Code: commune, Name: content.Territory.Name(commune), Level: civic.Commune})
		}
	}
	return f, nil
}

// titleLangs are the languages in which a plan's titles are given.
func (p *pages) titleLangs() []string { return []string{"fr", "bm"} }

// read fills the form from a request, and makes the consultation it describes;
// what is wrong stands in Faults.
func (p *pages) readConsultation(c echo.Context, code string) (consultForm, civic.Consultation, error) {
	form, err := c.FormParams()
	if err != nil {
		return consultForm{}, civic.Consultation{}, err
	}
	f, err := p.blankConsultation(c, form.Get("plan"))
	if err != nil {
		return f, civic.Consultation{}, err
	}
	f.Code = code
	x := civic.Consultation{Code: code, Plan: f.Plan, Rule: civic.Choose, Draft: true, Question: civic.Text{}}
	for _, lang := range f.Langs {
		f.Question[lang] = strings.TrimSpace(form.Get("question_" + lang))
		x.Question[lang] = f.Question[lang]
		if fault := p.lineFault(f.Question[lang], maxQuestion); fault != "" {
			f.Faults["question_"+lang] = fault
		} else if q := []rune(f.Question[lang]); strings.ContainsAny(f.Question[lang], "<>") || strings.ContainsRune("=+-@|%＝＋－＠", q[0]) {
			f.Faults["question_"+lang] = p.text("desk.line.formula") // as plan files refuse it
		}
	}
	p.readChoices(&f, &x, form.Get)
	for i := range f.Places {
		f.Places[i].On = slices.Contains(form["commune"], string(f.Places[i].Code))
		if f.Places[i].On {
			x.Scope = append(x.Scope, f.Places[i].Code)
		}
	}
	if len(x.Scope) == 0 {
		f.Faults["commune"] = p.text("desk.consult.scope.missing")
	}
	f.Visibility = civic.Visibility(form.Get("visibility"))
	if x.Visibility = f.Visibility; !slices.Contains(visibilities(), f.Visibility) {
		f.Faults["visibility"] = p.text("desk.consult.visibility.missing")
	}
	p.readDates(&f, &x, form.Get("opens"), form.Get("closes"))
	return f, x, nil
}

func visibilities() []civic.Visibility {
	return []civic.Visibility{civic.ParticipationOnly, civic.AfterClose, civic.Live}
}

// readChoices takes the projects that were given a number, in its order.
func (p *pages) readChoices(f *consultForm, x *civic.Consultation, get func(string) string) {
	type chosen struct {
		place   int
		project *civic.Project
	}
	var all []chosen
	for i := range f.Choices {
		line := &f.Choices[i]
		line.Place = strings.TrimSpace(get("place_" + line.Code))
		if line.Place == "" {
			continue
		}
		n, err := strconv.Atoi(line.Place)
		if err != nil || n < 1 || n > 999 {
			f.Faults["choices"] = p.text("desk.consult.choices.number", "What", line.Place)
			continue
		}
		if slices.ContainsFunc(all, func(o chosen) bool { return o.place == n }) {
			f.Faults["choices"] = p.text("desk.consult.choices.twice", "N", n)
		}
		all = append(all, chosen{n, line.Project})
	}
	slices.SortStableFunc(all, func(a, b chosen) int { return cmp.Compare(a.place, b.place) })
	if len(all) < 2 || len(all) > maxChoices {
		f.Faults["choices"] = p.text("desk.consult.choices.count", "N", len(all), "Max", maxChoices)
	}
	numbers := civic.OptionNumbers(len(all))
	for i, o := range all {
		x.Options = append(x.Options, civic.Option{Number: numbers[i], Project: o.project.Code, Label: o.project.Title, Cost: o.project.Cost})
	}
}

// readDates reads the first and the last day.
func (p *pages) readDates(f *consultForm, x *civic.Consultation, opens, closes string) {
	f.Opens, f.Closes = opens, closes
	var ok1, ok2 bool
	x.Opens, ok1 = p.readDay(opens)
	last, ok2 := p.readDay(closes)
	if !ok1 {
		f.Faults["opens"] = p.text("desk.date.bad")
	}
	if !ok2 {
		f.Faults["closes"] = p.text("desk.date.bad")
	}
	x.Closes = last.AddDate(0, 0, 1)
	if ok1 && ok2 && !x.Opens.Before(x.Closes) {
		f.Faults["closes"] = p.text("desk.consult.closes.before")
	}
	if ok2 && !x.Closes.After(p.cfg.Now()) {
		f.Faults["closes"] = p.text("desk.consult.closes.past")
	}
}

// readDay reads a day as browsers send it, or as people write it, of this
// century.
func (p *pages) readDay(s string) (time.Time, bool) {
	for _, layout := range []string{time.DateOnly, "02/01/2006", "2/1/2006"} {
		if t, err := time.ParseInLocation(layout, strings.TrimSpace(s), civic.Bamako); err == nil && t.Year() >= 2000 && t.Year() < 2100 {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// lineFault says what is wrong with a line that phones show, "" when nothing
// is.
func (p *pages) lineFault(s string, most int) string {
	switch n := utf8.RuneCountInString(s); {
	case s == "":
		return p.text("desk.line.missing")
	case n > most:
		return p.text("desk.line.long", "N", n, "Max", most)
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) || r == utf8.RuneError }):
		return p.text("desk.line.hidden")
	}
	return ""
}

// draftConsultation makes a draft.
func (p *pages) draftConsultation(c echo.Context) error {
	f, x, err := p.readConsultation(c, "")
	if err != nil {
		return err
	}
	if len(f.Faults) > 0 {
		return p.showStatus(c, http.StatusUnprocessableEntity, "consultform", p.text("desk.consult.new"), f)
	}
	x.Code = p.freeCode(f.Plan)
	_, err = p.cfg.Book.Edit(c.Request().Context(), me(c).Login, "consult.draft", x.Code, f.Plan, func(plan *civic.Plan, _ time.Time) error {
		if plan.Consultation(x.Code) != nil {
			return echo.ErrConflict
		}
		plan.Consultations = append(plan.Consultations, x)
		return nil
	})
	if err != nil {
		return err
	}
	return p.done(c, "/consultations/"+x.Code, "consult.drafted")
}

// freeCode is a code that no consultation has: the plan's, and a number.
func (p *pages) freeCode(plan string) string {
	base := plan
	if len(base) > 24 {
		base = base[:24]
	}
	for n := 1; ; n++ {
		code := fmt.Sprintf("%s-C%d", base, n)
		if found, _ := p.cfg.Book.Content().Consultation(code); found == nil {
			return code
		}
	}
}

// editConsultation shows a draft, or one that is not open yet, in the form.
func (p *pages) editConsultation(c echo.Context) error {
	x, plan, err := p.changeable(c)
	if err != nil {
		return err
	}
	f, err := p.blankConsultation(c, plan.Code)
	if err != nil {
		return err
	}
	f.Code, f.Visibility = x.Code, x.Visibility
	f.Opens, f.Closes = x.Opens.In(civic.Bamako).Format(time.DateOnly), x.LastDay().Format(time.DateOnly)
	for _, lang := range f.Langs {
		f.Question[lang] = x.Question[lang]
	}
	for i := range f.Choices {
		if at := slices.IndexFunc(x.Options, func(o civic.Option) bool { return o.Project == f.Choices[i].Code }); at >= 0 {
			f.Choices[i].Place = strconv.Itoa(at + 1)
		}
	}
	for i := range f.Places {
		f.Places[i].On = x.Covers(f.Places[i].Code)
	}
	return p.show(c, "consultform", p.text("desk.consult.edit"), f)
}

// changeable is a consultation that she may change and that is not open yet.
func (p *pages) changeable(c echo.Context) (*civic.Consultation, *civic.Plan, error) {
	x, plan, err := p.consultation(c)
	if err != nil {
		return nil, nil, err
	}
	if !me(c).May(civic.Consult, x.Scope...) {
		return nil, nil, p.refuse(c)
	}
	if x.Opened(p.cfg.Now()) || x.Annulled != nil {
		return nil, nil, echo.ErrNotFound
	}
	return x, plan, nil
}

func (p *pages) redraftConsultation(c echo.Context) error {
	was, _, err := p.changeable(c)
	if err != nil {
		return err
	}
	f, x, err := p.readConsultation(c, was.Code)
	if err != nil {
		return err
	}
	if len(f.Faults) > 0 {
		return p.showStatus(c, http.StatusUnprocessableEntity, "consultform", p.text("desk.consult.edit"), f)
	}
	_, err = p.cfg.Book.Edit(c.Request().Context(), me(c).Login, "consult.edit", x.Code, was.Plan, func(plan *civic.Plan, _ time.Time) error {
		old := plan.Consultation(x.Code)
		if old == nil {
			return echo.ErrNotFound
		}
		x.Draft = true // a change of what was scheduled asks to be opened again
		*old = x
		return nil
	})
	if err != nil {
		return p.frozen(c, err)
	}
	return p.done(c, "/consultations/"+x.Code, "consult.drafted")
}
