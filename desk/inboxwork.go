package desk

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// sortText says what a text is: its kind, its work, its labels, who answers.
func (p *pages) sortText(c echo.Context) error {
	o, err := p.mineText(c, civic.AnswerTexts)
	if err != nil {
		return err
	}
	ctx, login, book := c.Request().Context(), me(c).Login, p.cfg.Book
	labels := strings.Split(c.FormValue("etiquettes"), ",")
	for _, step := range []func() error{
		func() error { return book.Label(ctx, login, o.Reference, labels) },
		func() error { return book.SetKind(ctx, login, o.Reference, civic.FeedbackKind(c.FormValue("genre"))) },
		func() error { return book.SetProject(ctx, login, o.Reference, c.FormValue("projet")) },
		func() error { return p.assign(c, o) },
	} {
		if err := step(); err != nil {
			return p.textFault(c, o, textView{Where: "classer", Labels: c.FormValue("etiquettes")}, err)
		}
	}
	return p.done(c, "/textes/"+o.Reference, "saved")
}

// assign names who answers, among those who may.
func (p *pages) assign(c echo.Context, o store.Opinion) error {
	login := c.FormValue("pour")
	if login != "" && login != o.Assignee {
		a, err := p.cfg.Book.Account(c.Request().Context(), login)
		if err != nil {
			return err
		}
		if !a.May(civic.AnswerTexts, o.Commune) {
			return store.ErrAccount
		}
	}
	return p.cfg.Book.Assign(c.Request().Context(), me(c).Login, o.Reference, login)
}

func (p *pages) summariseText(c echo.Context) error {
	o, err := p.mineText(c, civic.AnswerTexts)
	if err != nil {
		return err
	}
	if err := p.cfg.Book.Summarise(c.Request().Context(), me(c).Login, o.Reference, c.FormValue("resume")); err != nil {
		return p.textFault(c, o, textView{Where: "resume", Summary: c.FormValue("resume")}, err)
	}
	return p.done(c, "/textes/"+o.Reference, "saved")
}

func (p *pages) closeText(c echo.Context) error {
	o, err := p.mineText(c, civic.AnswerTexts)
	if err != nil {
		return err
	}
	if err := p.cfg.Book.CloseText(c.Request().Context(), me(c).Login, o.Reference, c.FormValue("motif")); err != nil {
		return p.textFault(c, o, textView{Where: "clore", Reason: c.FormValue("motif")}, err)
	}
	return p.done(c, "/textes/"+o.Reference, "text.closed")
}

// lookAtNumber shows the number, once the journal says who looks.
func (p *pages) lookAtNumber(c echo.Context) error {
	o, err := p.mineText(c, civic.SeeNumber)
	if err != nil {
		return err
	}
	number, err := p.cfg.Book.LookAtNumber(c.Request().Context(), me(c).Login, o.Reference)
	if err != nil {
		return p.textFault(c, o, textView{Where: "numero"}, err)
	}
	if o, err = p.theText(c); err != nil {
		return err
	}
	return p.textPage(c, http.StatusOK, o, textView{Number: spaced(number), Whole: true})
}

// eraseWord is typed to say that it is meant; errWord: something else was.
const eraseWord = "EFFACER"

var errWord = errors.New("not the word that erases")

// eraseSender erases whoever wrote a text: what her EFFACER would do, for
// somebody who asks for it in front of the desk.
func (p *pages) eraseSender(c echo.Context) error {
	o, err := p.mineText(c, civic.AnswerTexts)
	if err != nil {
		return err
	}
	if !strings.EqualFold(strings.TrimSpace(c.FormValue("mot")), eraseWord) {
		return p.textFault(c, o, textView{Where: "effacer"}, errWord)
	}
	if err := p.cfg.Book.EraseSender(c.Request().Context(), me(c).Login, o.Reference); err != nil {
		return p.textFault(c, o, textView{Where: "effacer"}, err)
	}
	return p.done(c, "/textes/"+o.Reference, "text.erased")
}

// spaced is a Malian number as people read it.
func spaced(e164 string) string {
	rest, ok := strings.CutPrefix(e164, "+223")
	if !ok || len(rest) != 8 {
		return e164
	}
	return "+223 " + rest[:2] + " " + rest[2:4] + " " + rest[4:6] + " " + rest[6:]
}
