package main

import (
	"fmt"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/ussd/menu"
)

// rehearsals shows the desk the screens of the first USSD channel, made by the
// same menu that answers calls.
type rehearsals struct {
	menu *menu.Menu
	tags []string
	book *store.Book
}

// Languages are those that callers are offered, in menu order.
func (r rehearsals) Languages() []string { return r.tags }

// Preview is every screen of a consultation of a plan as it would be.
func (r rehearsals) Preview(plan civic.Plan, consultation, lang string, commune civic.Code) ([]desk.Screen, error) {
	c := plan.Consultation(consultation)
	if c == nil {
		return nil, fmt.Errorf("no consultation %q in plan %s", consultation, plan.Code)
	}
	territory, err := r.book.Content().Territory.With(plan.Places)
	if err != nil {
		return nil, err
	}
	at := c.Opens.Add(time.Hour)
	shots := r.menu.Preview(menu.Source{Plans: []civic.Plan{plan}, Territory: territory}, consultation, lang, commune, at)
	screens := make([]desk.Screen, len(shots))
	for i, s := range shots {
		screens[i] = desk.Screen{Keys: s.Keys, Text: s.Text, Units: s.Units, Limit: s.Limit, Alphabet: s.Alphabet.String(), End: s.End}
	}
	return screens, nil
}

// rehearse makes the desk's preview from the first USSD channel; nil without
// one.
func (s *servers) rehearse() (desk.Screens, error) {
	names := ussdNames(s.house.cfg)
	if len(names) == 0 {
		return nil, nil
	}
	m, err := newMenu(s.house.cfg, s.house.cfg.USSD[names[0]])
	if err != nil {
		return nil, err
	}
	return rehearsals{menu: m, tags: m.Languages(), book: s.house.book}, nil
}
