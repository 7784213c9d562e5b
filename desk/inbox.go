package desk

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

func inboxRoutes(p *pages, e *echo.Echo) {
	read, answer := p.need(civic.ReadDesk), p.need(civic.AnswerTexts)
	e.GET("/textes", p.listTexts, read)
	e.GET("/textes/:ref", p.showText, read)
	e.GET("/textes/:ref/entier", p.wholeText, read)
	e.POST("/textes/:ref/classer", p.sortText, answer)
	e.POST("/textes/:ref/resume", p.summariseText, answer)
	e.POST("/textes/:ref/clore", p.closeText, answer)
	e.POST("/textes/:ref/reponse", p.answerText, answer)
	e.POST("/textes/:ref/numero", p.lookAtNumber, p.need(civic.SeeNumber))
}

// inboxPage is how many texts a page lists: few enough for a slow line.
const inboxPage = 30

// toAnswer and allTexts are the filters by status that are no status.
const (
	toAnswer = "attente"
	allTexts = "tous"
)

// inboxView is the list of texts.
type inboxView struct {
	Page     store.Page
	Counts   store.InboxCounts
	Tabs     []inboxTab
	Waits    int
	Oldest   *store.Waiting
	Communes []civic.Code
	Topics   []string
	Labels   []string
	Kinds    []civic.FeedbackKind
	F        inboxFilter
	Older    string // address of the next page, "" when there is none
	Paged    bool   // this is not the first
	Filtered bool
}

// inboxTab is one way to look at the texts, with how many there are.
type inboxTab struct {
	Key  string
	N    int
	Path string
	Here bool
	Warn bool
}

// inboxFilter is the filter as it stands in the address.
type inboxFilter struct{ Status, Commune, Topic, Kind, Label, Text, Mine, Before string }

func filterOf(c echo.Context) inboxFilter {
	f := inboxFilter{
		Status: c.QueryParam("statut"), Commune: c.QueryParam("commune"), Topic: c.QueryParam("sujet"), Kind: c.QueryParam("genre"),
		Label: c.QueryParam("etiquette"), Text: withoutDigits(c, strings.TrimSpace(uncut(c.QueryParam("texte"), 200))), Mine: c.QueryParam("miens"), Before: c.QueryParam("avant"),
	}
	if f.Status == "" {
		f.Status = toAnswer
	}
	return f
}

// address is the list filtered so.
func (f inboxFilter) address() string {
	q := url.Values{}
	for name, value := range map[string]string{
		"statut": f.Status, "commune": f.Commune, "sujet": f.Topic, "genre": f.Kind, "etiquette": f.Label, "texte": f.Text, "miens": f.Mine, "avant": f.Before,
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return "/textes?" + q.Encode()
}

// asked is the filter as the store takes it.
func (f inboxFilter) asked(who *civic.Coordinator) store.Filter {
	out := store.Filter{
		Covers: who.Covers, Commune: civic.Code(f.Commune), Topic: f.Topic, Kind: civic.FeedbackKind(f.Kind), Label: f.Label,
		Text: f.Text, Before: f.Before, Limit: inboxPage, Waiting: f.Status == toAnswer,
	}
	if f.Mine != "" {
		out.Assignee = who.Login
	}
	if f.Status != toAnswer && f.Status != allTexts {
		out.Status = civic.FeedbackStatus(f.Status)
	}
	return out
}

func (p *pages) listTexts(c echo.Context) error {
	who, f, ctx := me(c), filterOf(c), c.Request().Context()
	counts, err := p.cfg.Book.InboxCounts(ctx, who.Covers)
	if err != nil {
		return err
	}
	v := inboxView{
		F: f, Counts: counts, Kinds: civic.FeedbackKinds(), Communes: p.herCommunes(who), Paged: f.Before != "",
		Filtered: f.Commune+f.Topic+f.Kind+f.Label+f.Text+f.Mine != "",
	}
	v.Topics, v.Labels = mostUsed(counts.Topics), mostUsed(counts.Labels)
	v.tabs(f)
	if v.Page, err = p.cfg.Book.Inbox(ctx, f.asked(who)); err != nil {
		return err
	}
	for i, o := range v.Page.Texts {
		v.Page.Texts[i] = forHer(c, o)
	}
	if next := f; v.Page.Next != "" {
		next.Before = v.Page.Next
		v.Older = next.address()
	}
	return p.show(c, "inbox", p.text("desk.nav.inbox"), v)
}

// tabs counts the texts by what is to be done with them.
func (v *inboxView) tabs(f inboxFilter) {
	for i := range v.Counts.Waiting {
		w := &v.Counts.Waiting[i]
		v.Waits += w.N
		if v.Oldest == nil {
			v.Oldest = w
		}
	}
	add := func(key string, n int, warn bool) {
		to := f
		to.Status, to.Before = key, ""
		v.Tabs = append(v.Tabs, inboxTab{Key: key, N: n, Path: to.address(), Here: f.Status == key, Warn: warn && n > 0})
	}
	add(toAnswer, v.Waits, true)
	for _, s := range []civic.FeedbackStatus{civic.Received, civic.Replied, civic.Shelved, civic.ErasedOnAsk} {
		if n := v.Counts.Status[s]; n > 0 || s == civic.Replied || f.Status == string(s) {
			add(string(s), n, false)
		}
	}
	add(allTexts, v.Counts.Total, false)
}

// mostUsed are the names of a count, the most used first.
func mostUsed(counts map[string]int) []string {
	var all []string
	for k := range counts {
		all = append(all, k)
	}
	slices.SortFunc(all, func(a, b string) int {
		if d := counts[b] - counts[a]; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return all[:min(len(all), 60)]
}

// herCommunes are the communes of the plans in a territory.
func (p *pages) herCommunes(who *civic.Coordinator) []civic.Code {
	var all []civic.Code
	content := p.cfg.Book.Content()
	for i := range content.Plans {
		for _, commune := range content.Plans[i].Scope {
			if who.Covers(commune) && !slices.Contains(all, commune) {
				all = append(all, commune)
			}
		}
	}
	return all
}

// topicWord is a topic as people say it; one of a locale's own stays.
func (p *pages) topicWord(topic string) string {
	if key := "desk.inbox.topic." + topic; p.cfg.Words.Has(key) {
		return p.cfg.Words.Text(key)
	}
	return beginning(40, topic)
}

// wholeText is a text alone, as text: for those too long for a page.
func (p *pages) wholeText(c echo.Context) error {
	o, err := p.theText(c)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", "inline")
	return c.Blob(http.StatusOK, "text/plain; charset=utf-8", []byte(harmless(o.Text)))
}
