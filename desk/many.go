package desk

import (
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/guard"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/outbox"
)

func manyRoutes(p *pages, e *echo.Echo) {
	if p.cfg.Many == nil {
		return
	}
	e.GET("/diffusion", p.listMany, p.need(civic.ReadDesk))
	e.GET("/diffusion/nouveau", p.newMany, p.need(civic.WriteMany))
	e.POST("/diffusion/nouveau", p.draftMany, p.need(civic.WriteMany))
	e.GET("/diffusion/:id", p.showMany, p.need(civic.ReadDesk))
	e.GET("/diffusion/:id/texte", p.editMany, p.need(civic.WriteMany))
	e.POST("/diffusion/:id/texte", p.draftMany, p.need(civic.WriteMany))
	e.POST("/diffusion/:id/essai", p.tryMany, p.need(civic.WriteMany))
	e.POST("/diffusion/:id/envoi", p.confirmMany, p.need(civic.WriteMany))
	for path, step := range map[string]civic.CampaignStep{"pause": civic.PauseCampaign, "reprise": civic.ResumeCampaign, "arret": civic.CancelCampaign} {
		e.POST("/diffusion/:id/"+path, p.stepMany(step), p.need(civic.WriteMany))
	}
}

// manyLine is one message to many in the list.
type manyLine struct {
	store.Campaign
	Left, Arrived, Lost int
}

// left are a message's letters that were handed over; arrived and lost, those
// whose fate is known.
func left(t store.Tally) (handed, arrived, lost int) {
	s := t.States
	lost = s[outbox.Failed] + s[outbox.Refused]
	return s[outbox.Accepted] + s[outbox.Delivered] + s[outbox.Unknown] + lost, s[outbox.Delivered], lost
}

// reads says whether a message to many is hers to read: it went to a commune
// of hers, or to all.
func reads(who *civic.Coordinator, communes []civic.Code) bool {
	return len(communes) == 0 || who.CoversSome(communes)
}

func (p *pages) listMany(c echo.Context) error {
	all, err := p.cfg.Book.Campaigns(c.Request().Context())
	if err != nil {
		return err
	}
	var lines []manyLine
	for _, m := range all {
		if m.State == civic.CampaignCancelled && m.Started.IsZero() {
			continue // a draft that was given up
		}
		if !reads(me(c), m.Audience.Communes) {
			continue // of another territory
		}
		l := manyLine{Campaign: m}
		l.Left, l.Arrived, l.Lost = left(m.Tally)
		lines = append(lines, l)
	}
	return p.show(c, "many", p.text("desk.nav.many"), map[string]any{"All": lines, "May": me(c).Role.May(civic.WriteMany)})
}

// manyView is the page of one message to many.
type manyView struct {
	store.Campaign
	Audience []string // in words
	Texts    []manyText
	Mine     bool // she may act on it
	Fault    string
	Typed    string
	Langs    []langCount
	Channel  ManyChannel
	Leaves   string // when it would leave, or why it waits
	Lasts    string
	States   []stateRow
	Left     int
	Arrived  int
	Lost     int
	Stale    bool // the dry run is too old
}

// langCount is how many of the recipients get a language's letter.
type langCount struct {
	Lang     string
	N        string
	Segments int
}

func (p *pages) showMany(c echo.Context) error { return p.manyPage(c, http.StatusOK, "", "") }

// one is the message to many that a request is about.
func (p *pages) one(c echo.Context) (store.Campaign, error) {
	m, err := p.cfg.Book.Campaign(c.Request().Context(), c.Param("id"))
	if errors.Is(err, store.ErrCampaign) {
		return m, echo.ErrNotFound
	}
	if err == nil && !reads(me(c), m.Audience.Communes) {
		err = p.refuse(c)
	}
	return m, err
}

// mine is the same, for who may act on it.
func (p *pages) mine(c echo.Context) (store.Campaign, error) {
	m, err := p.one(c)
	if err == nil && !me(c).MayWriteTo(&m.Audience) {
		err = guard.ErrForbidden
	}
	return m, err
}

func (p *pages) manyPage(c echo.Context, status int, fault, typed string) error {
	m, err := p.one(c)
	if err != nil {
		return err
	}
	v := manyView{
		Campaign: m, Audience: p.audienceWords(&m.Audience), Mine: me(c).MayWriteTo(&m.Audience), Fault: fault, Typed: typed,
		Channel: p.channelOf(m.Letters["fr"].Provider),
	}
	for _, lang := range p.manyLangs(m.Texts) {
		l := m.Letters[lang]
		v.Texts = append(v.Texts, manyText{Lang: lang, Typed: m.Texts[lang], Letter: l})
		if n := m.Trial.ByLang[lang]; n > 0 {
			v.Langs = append(v.Langs, langCount{lang, p.atLeast(n), l.Segments})
		}
	}
	v.Left, v.Arrived, v.Lost = left(m.Tally)
	v.Stale = m.State == civic.CampaignDraft && p.cfg.Now().Sub(m.Trial.At) > store.TrialLife
	v.Leaves, v.Lasts = p.leaves(&m, v.Channel), p.lasts(m.Trial.Segments, v.Channel)
	for _, w := range stateWords() {
		if n := m.Tally.States[outbox.State(w[0])]; n > 0 {
			v.States = append(v.States, stateRow{w[1], n, w[0] == "unknown" || w[0] == "failed" || w[0] == "refused"})
		}
	}
	return p.showStatus(c, status, "manyone", p.text("desk.many.one", "N", m.ID), v)
}

// Pct is how far it is, of what was confirmed.
func (v manyView) Pct() int64 {
	if v.Trial.Recipients == 0 {
		return 0
	}
	return min(100, int64(v.Left)*100/int64(v.Trial.Recipients))
}

// LastDay is the last day on which it leaves.
func (v manyView) LastDay() time.Time { return v.Until.Add(-time.Second) }

// channelOf is a channel as it stands; the zero one when it is not there any
// more.
func (p *pages) channelOf(provider string) ManyChannel {
	for _, ch := range p.cfg.Many.Channels() {
		if ch.Provider == provider {
			return ch
		}
	}
	return ManyChannel{Provider: provider}
}

// leaves says when a message to many leaves, or why it waits.
func (p *pages) leaves(m *store.Campaign, ch ManyChannel) string {
	at := func(key string, t time.Time) string {
		return p.text("desk.many.waits."+key, "When", p.soon(t))
	}
	switch {
	case m.State.Over():
		return ""
	case m.State == civic.CampaignPaused:
		return p.text("desk.many.waits.pause")
	case ch.Paused != "":
		return p.text("desk.many.waits.channel", "Why", ch.Paused, "When", p.soon(ch.Again))
	case ch.Held == "budget":
		return at("budget", ch.From)
	case ch.Held != "":
		return at("quiet", ch.From)
	case m.State == civic.CampaignDraft:
		return p.text("desk.many.waits.nothing")
	case m.Tally.Waiting() > 0 || !m.Fed:
		return p.text("desk.many.waits.leaving")
	}
	return ""
}

// soon is a moment in the next days: its hour, and its day unless it is today.
func (p *pages) soon(t time.Time) string {
	local, now := t.In(civic.Bamako), p.cfg.Now().In(civic.Bamako)
	if local.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return p.text("desk.many.today", "Time", local.Format("15:04"))
	}
	return p.text("desk.many.day", "Date", local.Format("02/01"), "Time", local.Format("15:04"))
}

// lasts says how long so many segments take on a channel.
func (p *pages) lasts(segments int, ch ManyChannel) string {
	if ch.Rate <= 0 || segments == 0 {
		return ""
	}
	minutes := int(float64(segments)/ch.Rate/60) + 1
	return p.plural("desk.many.lasts", minutes)
}

// atLeast is a number of people as it may be told: few are not counted.
func (p *pages) atLeast(n int) string {
	if n > 0 && n < civic.FewestRecipients {
		return p.text("desk.many.under", "N", civic.FewestRecipients)
	}
	return number(n)
}
