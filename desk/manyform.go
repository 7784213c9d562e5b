package desk

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/guard"
	"github.com/jamakan/jamakan/store"
)

// manyText is one language's text, as typed and as it leaves.
type manyText struct {
	Lang   string
	Typed  string
	Letter store.Letter // zero: nothing is typed
}

// manyForm is the page on which a message to many is written.
type manyForm struct {
	ID          string // of the draft that is changed, "": a new one
	All         bool   // every commune of hers
	Everywhere  bool   // she may write to everybody
	Communes    []placeChoice
	Langs       []boxChoice
	Sexes       []boxChoice
	Ages        []boxChoice
	Questions   []boxChoice
	Question    string
	Voted       string
	Texts       []manyText
	Channels    []ManyChannel
	Channel     string
	Until       string
	First, Last string // days that Until may be
	Fault       string
	Counted     bool // the texts are shown as they leave
}

// boxChoice is one box or dot with its words.
type boxChoice struct {
	Value, Words string
	On           bool
}

// boxGroup is some boxes under one title.
type boxGroup struct {
	Name, Title string
	All         []boxChoice
}

// Narrowed says whether anything but communes was chosen.
func (f manyForm) Narrowed() bool {
	on := func(b boxChoice) bool { return b.On }
	return f.Question != "" || slices.ContainsFunc(f.Langs, on) || slices.ContainsFunc(f.Sexes, on) || slices.ContainsFunc(f.Ages, on)
}

// maxManySegments is how many SMS one letter may be.
const maxManySegments = 4

// fillMany makes the form from what was typed.
func (p *pages) fillMany(c echo.Context, form url.Values) manyForm {
	now := p.cfg.Now().In(civic.Bamako)
	f := manyForm{
		ID: c.Param("id"), All: form.Has("toutes"), Everywhere: me(c).Role == civic.Administrator, Question: form.Get("vote"), Voted: form.Get("a_vote"),
		Channels: p.cfg.Many.Channels(), Channel: form.Get("canal"), Until: form.Get("jusque"),
		First: now.Format(time.DateOnly), Last: now.Add(store.CampaignLife - 24*time.Hour).Format(time.DateOnly),
	}
	if f.Channel == "" && len(f.Channels) > 0 {
		f.Channel = f.Channels[0].Provider
	}
	for _, commune := range p.cfg.Book.Content().Communes(me(c).Covers) {
		f.Communes = append(f.Communes, placeChoice{commune, p.place(commune), civic.Commune, slices.Contains(form["commune"], string(commune))})
	}
	for _, l := range p.cfg.Catalog.Offered(nil) {
		f.Langs = append(f.Langs, boxChoice{l.Tag, l.Name, slices.Contains(form["langue"], l.Tag)})
	}
	for i, key := range sexKeys() {
		f.Sexes = append(f.Sexes, boxChoice{strconv.Itoa(i), p.text("desk.many.sex." + key), slices.Contains(form["sexe"], strconv.Itoa(i))})
	}
	for i, key := range ageKeys() {
		f.Ages = append(f.Ages, boxChoice{strconv.Itoa(i), p.text("desk.many.age." + key), slices.Contains(form["age"], strconv.Itoa(i))})
	}
	for _, q := range p.cfg.Book.Content().Consultations() {
		if s := q.State(now); !q.Draft && (s == civic.Open || s == civic.Closed) && me(c).CoversSome(q.Scope) {
			f.Questions = append(f.Questions, boxChoice{q.Code, p.question(q.Code), q.Code == f.Question})
		}
	}
	p.fillTexts(&f, form)
	return f
}

// fillTexts puts each language's text into the form, spelled as it leaves.
func (p *pages) fillTexts(f *manyForm, form url.Values) {
	typed := map[string]string{}
	for _, l := range p.cfg.Catalog.Offered(nil) {
		typed[l.Tag] = strings.TrimSpace(strings.ReplaceAll(form.Get("texte_"+l.Tag), "\r\n", "\n"))
	}
	for _, lang := range p.manyLangs(typed) {
		t := manyText{Lang: lang, Typed: typed[lang]}
		if t.Typed != "" {
			t.Letter = p.cfg.Many.Spell(f.Channel, lang, t.Typed)
		}
		f.Texts = append(f.Texts, t)
	}
}

// draft reads the form as a draft, or says what is missing.
func (p *pages) draft(c echo.Context, f *manyForm) (d store.Draft, fault string) {
	d.Audience = f.audience()
	if f.All && !f.Everywhere {
		d.Audience.Communes = p.cfg.Book.Content().Communes(me(c).Covers)
	}
	d.Texts, d.Letters = map[string]string{}, map[string]store.Letter{}
	for _, t := range f.Texts {
		if t.Typed == "" {
			continue
		}
		d.Texts[t.Lang], d.Letters[t.Lang] = t.Typed, t.Letter
		if t.Letter.Segments > maxManySegments {
			fault = p.text("desk.many.fault.long", "Lang", p.language(t.Lang), "N", t.Letter.Segments, "Most", maxManySegments)
		}
	}
	day, err := time.ParseInLocation(time.DateOnly, f.Until, civic.Bamako)
	d.Until = day.AddDate(0, 0, 1) // all of that day
	now := p.cfg.Now()
	switch {
	case len(d.Audience.Communes) == 0 && !(f.All && f.Everywhere):
		fault = p.text("desk.many.fault.communes")
	case d.Texts["fr"] == "":
		fault = p.text("desk.many.fault.french")
	case fault != "":
	case err != nil || !d.Until.After(now) || d.Until.After(now.Add(store.CampaignLife)):
		fault = p.text("desk.many.fault.until")
	case f.Question != "" && f.Voted == "":
		fault = p.text("desk.many.fault.voted")
	case d.Audience.Consultation != "" && !slices.ContainsFunc(f.Questions, func(q boxChoice) bool { return q.On }):
		fault = p.text("desk.many.fault.voted")
	}
	return d, fault
}

// audience is what the boxes say.
func (f *manyForm) audience() civic.Audience {
	var a civic.Audience
	for _, place := range f.Communes {
		if place.On && !f.All {
			a.Communes = append(a.Communes, place.Code)
		}
	}
	for _, l := range f.Langs {
		if l.On {
			a.Langs = append(a.Langs, l.Value)
		}
	}
	for i, s := range f.Sexes {
		if s.On {
			a.Sexes = append(a.Sexes, civic.Sex(i))
		}
	}
	for i, x := range f.Ages {
		if x.On {
			a.Ages = append(a.Ages, civic.Age(i))
		}
	}
	if by := civic.Participation(f.Voted); f.Question != "" && (by == civic.Participated || by == civic.NotParticipated) {
		a.Consultation, a.Participation = f.Question, by
	}
	return a
}

func (p *pages) newMany(c echo.Context) error {
	after := p.cfg.Now().In(civic.Bamako).AddDate(0, 0, 1)
	f := p.fillMany(c, url.Values{"jusque": {after.Format(time.DateOnly)}})
	if len(f.Communes) == 1 {
		f.Communes[0].On = true
	}
	return p.manyFormPage(c, http.StatusOK, f)
}

func (p *pages) manyFormPage(c echo.Context, status int, f manyForm) error {
	return p.showStatus(c, status, "manynew", p.text("desk.many.new"), f)
}

// editMany shows a draft in the form again.
func (p *pages) editMany(c echo.Context) error {
	m, err := p.mine(c)
	if err != nil {
		return err
	}
	if m.State != civic.CampaignDraft {
		return p.done(c, "/diffusion/"+m.ID, "many.begun")
	}
	return p.manyFormPage(c, http.StatusOK, p.fillMany(c, formOf(&m)))
}

// formOf is a draft as its form sent it.
func formOf(m *store.Campaign) url.Values {
	form := url.Values{"jusque": {m.Until.AddDate(0, 0, -1).In(civic.Bamako).Format(time.DateOnly)}, "canal": {m.Letters["fr"].Provider}}
	for _, x := range m.Audience.Communes {
		form.Add("commune", string(x))
	}
	if len(m.Audience.Communes) == 0 {
		form.Set("toutes", "oui")
	}
	form["langue"] = m.Audience.Langs
	for _, x := range m.Audience.Sexes {
		form.Add("sexe", strconv.Itoa(int(x)))
	}
	for _, x := range m.Audience.Ages {
		form.Add("age", strconv.Itoa(int(x)))
	}
	form.Set("vote", m.Audience.Consultation)
	form.Set("a_vote", string(m.Audience.Participation))
	for lang, text := range m.Texts {
		form.Set("texte_"+lang, text)
	}
	return form
}

// allowed says whether she may write to an audience.
func allowed(c echo.Context, a *civic.Audience) error {
	if !me(c).MayWriteTo(a) {
		return guard.ErrForbidden
	}
	return nil
}
