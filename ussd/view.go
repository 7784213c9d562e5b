package ussd

import (
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/ussd/menu"
)

// view is what the dialogue may read during one turn.
type view struct {
	now     time.Time
	content *menu.Content
	person  *store.Person
	book    *store.Book
}

func (g *Gateway) view(k *call) view {
	return view{now: g.cfg.Now(), content: k.content, person: k.person, book: g.cfg.Book}
}

func (v view) Now() time.Time         { return v.now }
func (v view) Content() *menu.Content { return v.content }
func (v view) Citizen() civic.Citizen { return v.person.Citizen() }
func (v view) Voted(consultation string) (time.Time, civic.Code, bool) {
	return v.person.Voted(consultation)
}

func (v view) Standing(consultation string, commune civic.Code) civic.Standing {
	return v.book.Standing(consultation, commune)
}
