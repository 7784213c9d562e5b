package desk

import (
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

func journalRoutes(p *pages, e *echo.Echo) { e.GET("/journal", p.showJournal, p.need(civic.ReadDesk)) }

// journalPage is how many lines a page of the journal holds.
const journalPage = 60

// journalView is the page of the journal.
type journalView struct {
	Lines []journalLine
	Older int64 // place to go on from, 0: no more
	Who   string
	What  string
	Whats []string
}

// journalLine is one line in words.
type journalLine struct {
	store.Entry
	Words string
}

func (p *pages) showJournal(c echo.Context) error {
	v := journalView{Who: c.QueryParam("qui"), What: c.QueryParam("quoi"), Whats: p.journalWords()}
	before, _ := strconv.ParseInt(c.QueryParam("avant"), 10, 64)
	err := p.cfg.Book.Journal(c.Request().Context(), before, func(e store.Entry) bool {
		if v.Who != "" && e.Who != v.Who || v.What != "" && e.What != v.What {
			return true
		}
		if len(v.Lines) == journalPage {
			v.Older = v.Lines[len(v.Lines)-1].Seq
			return false
		}
		v.Lines = append(v.Lines, journalLine{e, p.saidWords(e.What)})
		return true
	})
	if err != nil {
		return err
	}
	return p.show(c, "journal", p.text("desk.nav.journal"), v)
}

// saidWords is what an entry says, in words.
func (p *pages) saidWords(what string) string {
	if key := "desk.journal.what." + what; p.cfg.Words.Has(key) {
		return p.cfg.Words.Text(key)
	}
	return what
}

// journalWords are the kinds of entries that there are words for.
func (p *pages) journalWords() []string {
	var all []string
	const prefix = "desk.journal.what."
	for _, key := range p.cfg.Words.Keys() {
		if len(key) > len(prefix) && key[:len(prefix)] == prefix {
			all = append(all, key[len(prefix):])
		}
	}
	return all
}
