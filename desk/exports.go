package desk

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export"
	"github.com/jamakan/jamakan/store"
)

func exportRoutes(p *pages, e *echo.Echo) {
	if p.cfg.Files == nil {
		return
	}
	e.GET("/exports", p.showExports, p.need(civic.ReadDesk))
	e.GET("/exports/:week/:profile/tout.zip", p.downloadWeek, p.need(civic.ReadDesk))
	e.GET("/exports/:week/:profile/*", p.downloadFile, p.need(civic.ReadDesk))
	e.POST("/exports/:week/rectifier", p.correctWeek, p.need(civic.CorrectWeek))
}

// Files renders a week's files: the ones that `jamakan export` writes.
type Files func(ctx context.Context, o export.Options) ([]export.File, error)

// FileNames are the names of a week's files, without making any.
type FileNames func(ctx context.Context, o export.Options) ([]string, error)

// shownWeeks is how many weeks the page lists.
const shownWeeks = 16

// exportsView is the page of the weekly files.
type exportsView struct {
	Weeks       []weekLine
	Week        civic.Week
	Open        bool // the week is not over
	Profile     export.Profile
	Profiles    []export.Profile
	Communes    []civic.Code // of her territory
	Files       []fileLine
	Walls       []wallLine
	None        bool // nothing is known of the week
	Corrections []civic.Correction
	MayCorrect  bool
	Fault       string
	Text        string
	Monday      *store.Monday
}

type weekLine struct {
	Week civic.Week
	Open bool
	Here bool
}

// fileLine is one file to download.
type fileLine struct {
	Name, Words string
	Commune     civic.Code
	Lang        string
	Print       bool
}

// wallLine are the sheets of one commune.
type wallLine struct {
	Commune civic.Code
	Sheets  []fileLine
}

// hang puts a sheet with the others of its commune.
func (v *exportsView) hang(sheet fileLine) {
	i := slices.IndexFunc(v.Walls, func(w wallLine) bool { return w.Commune == sheet.Commune })
	if i < 0 {
		i = len(v.Walls)
		v.Walls = append(v.Walls, wallLine{Commune: sheet.Commune})
	}
	v.Walls[i].Sheets = append(v.Walls[i].Sheets, sheet)
	slices.SortStableFunc(v.Walls[i].Sheets, func(a, b fileLine) int { return cmp.Compare(a.Lang, b.Lang) })
}

// profiles are those that a role may download: an observer reads what the
// public reads.
func profiles(who *civic.Coordinator) []export.Profile {
	if who.Role == civic.Observer {
		return []export.Profile{export.Public}
	}
	return []export.Profile{export.Public, export.Coordination}
}

// ask is what a request for files means for who asks.
func (p *pages) exportAsk(c echo.Context, week civic.Week, profile string) (export.Options, error) {
	o := export.Options{Week: week, Profile: export.Profile(profile), Commune: civic.Code(c.QueryParam("commune")), HXL: c.QueryParam("hxl") != "", DemoSmallCells: p.cfg.Demo && c.QueryParam("fictif") != ""}
	who := me(c)
	if !slices.Contains(profiles(who), o.Profile) || o.Commune != "" && !who.Covers(o.Commune) {
		return o, p.refuse(c)
	}
	if who.Role != civic.Administrator {
		o.Territory = who.Territory
	}
	if f := c.QueryParam("format"); f != "" {
		o.Formats = strings.Split(f, ",")
	}
	return o, nil
}

func (p *pages) showExports(c echo.Context) error {
	week, err := civic.ParseWeek(c.QueryParam("semaine"))
	if err != nil {
		week = civic.WeekOf(p.cfg.Now()).Prev()
	}
	return p.exportsPage(c, http.StatusOK, exportsView{Week: week, Profile: export.Profile(c.QueryParam("profil"))})
}

func (p *pages) exportsPage(c echo.Context, status int, v exportsView) error {
	now := p.cfg.Now()
	v.Profiles = profiles(me(c))
	if !slices.Contains(v.Profiles, v.Profile) {
		v.Profile = v.Profiles[len(v.Profiles)-1]
	}
	v.Open, v.MayCorrect = !v.Week.Ended(now), me(c).Role.May(civic.CorrectWeek)
	first := p.firstWeek(now)
	for w := civic.WeekOf(now); len(v.Weeks) < shownWeeks && !w.Before(first); w = w.Prev() {
		v.Weeks = append(v.Weeks, weekLine{w, !w.Ended(now), w == v.Week})
	}
	o, err := p.exportAsk(c, v.Week, string(v.Profile))
	if err != nil {
		return err
	}
	names, err := p.cfg.FileNames(c.Request().Context(), o)
	switch {
	case errors.Is(err, export.ErrNoWeek), errors.Is(err, export.ErrCommune), errors.Is(err, store.ErrWeekAhead):
		v.None = true
	case errors.Is(err, export.ErrFormat):
		return echo.ErrNotFound
	case err != nil:
		return err
	}
	for _, name := range names {
		line := p.fileLine(name)
		if line.Lang != "" {
			v.hang(line)
		} else {
			v.Files = append(v.Files, line)
		}
	}
	if v.Corrections, err = p.cfg.Book.Corrections(c.Request().Context(), v.Week); err != nil {
		return err
	}
	if m, ok, err := p.cfg.Book.Monday(c.Request().Context(), v.Week); err != nil {
		return err
	} else if ok {
		v.Monday = &m
	}
	v.Communes = p.territoryCommunes(c)
	return p.showStatus(c, status, "exports", p.text("desk.nav.exports"), v)
}

// territoryCommunes are the communes of the plans that she answers for.
func (p *pages) territoryCommunes(c echo.Context) []civic.Code {
	var all []civic.Code
	content := p.cfg.Book.Content()
	for i := range content.Plans {
		for _, commune := range content.Plans[i].Scope {
			if me(c).Covers(commune) && !slices.Contains(all, commune) {
				all = append(all, commune)
			}
		}
	}
	return all
}

// firstWeek is the first week that anything was asked in.
func (p *pages) firstWeek(now time.Time) civic.Week {
	first := civic.WeekOf(now)
	for _, x := range p.cfg.Book.Content().Consultations() {
		if w := civic.WeekOf(x.Opens); !x.Draft && w.Before(first) {
			first = w
		}
	}
	return first
}

// fileLine says what a file is, by its name.
func (p *pages) fileLine(name string) fileLine {
	line := fileLine{Name: name}
	kind, _, _ := strings.Cut(path.Base(name), "_2")
	switch {
	case strings.HasPrefix(name, "affiche_"):
		parts := strings.Split(strings.TrimSuffix(strings.TrimSuffix(name, ".html"), ".pdf"), "_")
		for _, part := range parts {
			if civic.Code(part).Level() == civic.Commune {
				line.Commune = civic.Code(part)
			}
			if part == "fr" || part == "bm" {
				line.Lang = part
			}
		}
		line.Print = strings.HasSuffix(name, ".pdf")
		return line
	case strings.HasSuffix(name, ".xlsx"):
		kind = "xlsx"
	case name == "datapackage.json":
		kind = "datapackage"
	}
	if key := "desk.export.file." + kind; p.cfg.Words.Has(key) {
		line.Words = p.text(key)
	}
	return line
}

// patience is how long a slow line may take for a download.
const patience = 10 * time.Minute

func unhurried(c echo.Context) error {
	return http.NewResponseController(c.Response()).SetWriteDeadline(time.Now().Add(patience))
}

// weekFiles are the files that a request asks for.
func (p *pages) weekFiles(c echo.Context) (civic.Week, []export.File, error) {
	week, err := civic.ParseWeek(c.Param("week"))
	if err != nil {
		return week, nil, echo.ErrNotFound
	}
	o, err := p.exportAsk(c, week, c.Param("profile"))
	if err != nil {
		return week, nil, err
	}
	files, err := p.cfg.Files(c.Request().Context(), o)
	switch {
	case errors.Is(err, export.ErrNoWeek), errors.Is(err, export.ErrCommune), errors.Is(err, export.ErrFormat), errors.Is(err, store.ErrWeekAhead):
		return week, nil, echo.ErrNotFound
	}
	return week, files, err
}

// downloadWeek sends a week's files as one zip, as they are made.
func (p *pages) downloadWeek(c echo.Context) error {
	week, files, err := p.weekFiles(c)
	if err != nil {
		return err
	}
	if err := p.cfg.Book.Note(c.Request().Context(), me(c).Login, "export", week.String()+" "+c.Param("profile")); err != nil {
		return err
	}
	if err := unhurried(c); err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "application/zip")
	h.Set(echo.HeaderContentDisposition, `attachment; filename="jamakan_`+week.String()+"_"+c.Param("profile")+`.zip"`)
	c.Response().WriteHeader(http.StatusOK)
	if err := export.Zip(c.Response(), files); err != nil {
		p.cfg.Logger.Warn("a download stopped", "week", week.String(), "err", err)
		panic(http.ErrAbortHandler) // a cut archive must not look whole
	}
	return nil
}

// downloadFile sends one file. A wall sheet as a page is shown, to be printed;
// everything else is to keep.
func (p *pages) downloadFile(c echo.Context) error {
	_, files, err := p.weekFiles(c)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(files, func(f export.File) bool { return f.Name == c.Param("*") })
	if i < 0 {
		return echo.ErrNotFound
	}
	if err := unhurried(c); err != nil {
		return err
	}
	h := c.Response().Header()
	contentType, keep := typeOf(files[i].Name)
	h.Set(echo.HeaderContentType, contentType)
	if keep {
		h.Set(echo.HeaderContentDisposition, `attachment; filename="`+path.Base(files[i].Name)+`"`)
	} else {
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	}
	c.Response().WriteHeader(http.StatusOK)
	if err := files[i].Write(c.Response()); err != nil {
		p.cfg.Logger.Warn("a download stopped", "file", files[i].Name, "err", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

// typeOf is a file's type by its name, and whether it is to keep.
func typeOf(name string) (contentType string, keep bool) {
	switch {
	case strings.HasSuffix(name, ".html"):
		return "text/html; charset=utf-8", false
	case strings.HasSuffix(name, ".pdf"):
		return "application/pdf", false
	case strings.HasSuffix(name, ".csv"):
		return "text/csv; charset=utf-8", true
	case strings.HasSuffix(name, ".xlsx"):
		return xlsxType, true
	case strings.HasSuffix(name, ".json"):
		return "application/json; charset=utf-8", true
	}
	return "text/plain; charset=utf-8", true
}

// maxCorrection is the longest correction, in letters.
const maxCorrection = 300

// correctWeek adds a correction line to a closed week: its figures stay.
func (p *pages) correctWeek(c echo.Context) error {
	week, err := civic.ParseWeek(c.Param("week"))
	if err != nil {
		return echo.ErrNotFound
	}
	commune, text := civic.Code(c.FormValue("commune")), strings.TrimSpace(c.FormValue("text"))
	if !slices.Contains(p.territoryCommunes(c), commune) && (commune != "" || me(c).Role != civic.Administrator) {
		return p.refuse(c)
	}
	v := exportsView{Week: week, Text: text}
	if v.Fault = p.lineFault(text, maxCorrection); v.Fault == "" && !week.Ended(p.cfg.Now()) {
		v.Fault = p.text("desk.export.correct.open")
	}
	if v.Fault != "" {
		return p.exportsPage(c, http.StatusUnprocessableEntity, v)
	}
	err = p.cfg.Book.Correct(c.Request().Context(), me(c).Login, week, commune, text)
	switch {
	case errors.Is(err, store.ErrNumberInText):
		v.Fault = p.text("desk.export.correct.number")
	case errors.Is(err, store.ErrNoFiles):
		v.Fault = p.text("desk.export.correct.early")
	case err != nil:
		return err
	}
	if v.Fault != "" {
		return p.exportsPage(c, http.StatusUnprocessableEntity, v)
	}
	return p.done(c, "/exports?semaine="+week.String(), "export.corrected")
}
