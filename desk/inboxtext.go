package desk

import (
	"crypto/rand"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// textView is the page of one text.
type textView struct {
	O        store.Opinion
	Begun    string // the text, or its beginning
	Cut      bool   // there is more of it
	May      bool   // she may work on it
	MaySee   bool   // she may look at its number
	Number   string // masked, or whole when she just asked to see it
	Whole    bool
	Kinds    []civic.FeedbackKind
	Works    []*civic.Project
	Helpers  []store.Account // who may answer it
	Labels   string
	Known    []string // labels in use
	Answer   answerForm
	Summary  string
	Reason   string
	Fault    string
	Where    string // the form that the fault is of
	Left     int    // letters a summary may have
	Back     string
	Segments int
}

// longestShown is how many bytes of a text its page shows: one of 16 KiB would
// not load on a slow line.
const longestShown = 4000

// theText is the text of the address, if she may read it.
func (p *pages) theText(c echo.Context) (store.Opinion, error) {
	o, err := p.cfg.Book.Text(c.Request().Context(), c.Param("ref"))
	if errors.Is(err, store.ErrNoText) {
		return o, echo.ErrNotFound
	}
	if err != nil {
		return o, err
	}
	if !me(c).Covers(o.Commune) {
		return o, p.refuse(c)
	}
	return forHer(c, o), nil
}

// mineText is the text of the address, if she may work on it.
func (p *pages) mineText(c echo.Context, right civic.Right) (store.Opinion, error) {
	o, err := p.theText(c)
	if err == nil && !me(c).May(right, o.Commune) {
		err = p.refuse(c)
	}
	return o, err
}

// showText shows a text; for who may answer it, that marks it read.
func (p *pages) showText(c echo.Context) error {
	o, err := p.theText(c)
	if err != nil {
		return err
	}
	if o.Status == civic.Received && me(c).May(civic.AnswerTexts, o.Commune) {
		err := p.cfg.Book.ReadText(c.Request().Context(), me(c).Login, o.Reference)
		if err != nil && !errors.Is(err, store.ErrErased) {
			return err
		}
		if o, err = p.theText(c); err != nil {
			return err
		}
	}
	return p.textPage(c, http.StatusOK, o, textView{})
}

// textPage fills the page of a text. What v brings of forms that were sent
// stays.
func (p *pages) textPage(c echo.Context, status int, o store.Opinion, v textView) error {
	who, ctx := me(c), c.Request().Context()
	v.O, v.Left = o, store.MaxSummary
	v.Begun = uncut(o.Text, longestShown)
	v.Cut = len(v.Begun) < len(o.Text)
	living := o.Status != civic.ErasedOnAsk
	v.May = living && who.May(civic.AnswerTexts, o.Commune)
	v.MaySee = living && o.Answerable && who.May(civic.SeeNumber, o.Commune)
	if v.MaySee && v.Number == "" {
		masked, err := p.cfg.Book.MaskedNumber(ctx, o.Reference)
		if err != nil && !errors.Is(err, store.ErrNoSender) && !errors.Is(err, store.ErrErased) {
			return err
		}
		v.Number = masked
	}
	if v.May {
		if err := p.fillForms(c, o, &v); err != nil {
			return err
		}
	}
	return p.showStatus(c, status, "text", p.text("desk.inbox.text.title", "Ref", o.Reference), v)
}

// fillForms gives the forms what they offer.
func (p *pages) fillForms(c echo.Context, o store.Opinion, v *textView) error {
	ctx := c.Request().Context()
	v.Kinds, v.Works = civic.FeedbackKinds(), p.worksIn(o.Commune)
	accounts, err := p.cfg.Book.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if a.Disabled.IsZero() && a.May(civic.AnswerTexts, o.Commune) {
			v.Helpers = append(v.Helpers, a)
		}
	}
	counts, err := p.cfg.Book.InboxCounts(ctx, me(c).Covers)
	if err != nil {
		return err
	}
	v.Known = mostUsed(counts.Labels)
	if v.Where != "classer" {
		v.Labels = strings.Join(o.Labels, ", ")
	}
	if v.Where != "resume" {
		v.Summary = o.Summary
	}
	return p.fillAnswer(c, o, &v.Answer)
}

// worksIn are the works that a text of a commune may be about.
func (p *pages) worksIn(commune civic.Code) []*civic.Project {
	var all []*civic.Project
	content := p.cfg.Book.Content()
	for i := range content.Plans {
		plan := &content.Plans[i]
		if commune == "" || plan.Covers(commune) {
			all = append(all, plan.ProjectsIn(commune)...)
		}
	}
	return all
}

// textFault shows what the reader did wrong beside the form she did it in.
// Any other error goes up.
func (p *pages) textFault(c echo.Context, o store.Opinion, v textView, err error) error {
	for key, known := range map[string]error{
		"erased": store.ErrErased, "sender": store.ErrNoSender, "answered": store.ErrAnswered, "number": store.ErrNumberInText,
		"length": store.ErrTextLength, "account": store.ErrAccount, "verdict": store.ErrVerdict, "choice": store.ErrBounds, "long": errLong,
	} {
		if errors.Is(err, known) {
			v.Fault = p.text("desk.inbox.fault." + key)
		}
	}
	if v.Fault == "" {
		return err
	}
	if errors.Is(err, store.ErrErased) {
		if o, err = p.theText(c); err != nil { // it was erased while she worked on it
			return err
		}
		v.Where = ""
	}
	return p.textPage(c, http.StatusUnprocessableEntity, o, v)
}

// newForm names one form, so that it is sent once.
func newForm() string { return rand.Text() }
