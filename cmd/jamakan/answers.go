package main

import (
	"fmt"

	"github.com/jamakan/jamakan/cmd/jamakan/config"
	"github.com/jamakan/jamakan/gsm"
	"github.com/jamakan/jamakan/locales"
	"github.com/jamakan/jamakan/sms"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/outbox"
)

// answering writes what coordinators answer as the first SMS channel takes it.
type answering struct {
	provider string
	profile  gsm.Profile
	catalog  *locales.Catalog // spelled for the channel
	def      string
	place    func(store.Opinion) string // name of its commune, "" when it is not known
}

// spellAnswers is how an answer leaves; nil when no SMS channel is configured.
func spellAnswers(cfg config.Config, book *store.Book) (func(store.Opinion, store.Answer) ([]store.Letter, error), error) {
	names := channelNames(cfg)
	if len(names) == 0 {
		return nil, nil
	}
	catalog, err := languages(cfg)
	if err != nil {
		return nil, err
	}
	profile, err := gsm.ParseProfile(cfg.SMS[names[0]].Spelling)
	if err != nil {
		return nil, fmt.Errorf("sms.%s: %w", names[0], err)
	}
	a := answering{provider: names[0], profile: profile, def: cfg.Language, place: func(o store.Opinion) string {
		if o.Commune == "" {
			return ""
		}
		return book.Content().Territory.Name(o.Commune)
	}}
	a.catalog = catalog.Respell(func(l *locales.Locale) func(string) string { return gsm.NewSpeller(profile, l.GSM()).Spell })
	return a.letters, nil
}

// letters is an answer as one SMS, of as many segments as it takes.
func (a answering) letters(o store.Opinion, answer store.Answer) ([]store.Letter, error) {
	l, ok := a.catalog.Locale(answer.Lang)
	if !ok {
		l = a.catalog.Default(a.def)
	}
	spell := gsm.NewSpeller(a.profile, l.GSM()).Spell
	commune := spell(a.place(o))
	args := []locales.Arg{{Name: "Commune", Value: commune}, {Name: "Code", Value: o.Reference}, {Name: "Text", Value: spell(answer.Text)}}
	text := l.Text(wordsOf(answer.Verdict, commune), args...)
	return []store.Letter{sms.Letter(a.provider, outbox.Reply, text)}, nil
}

// wordsOf is the text around an answer.
func wordsOf(v store.Verdict, commune string) string {
	switch v {
	case store.True:
		return "rumour.true"
	case store.False:
		return "rumour.false"
	case store.Unchecked:
		return "rumour.unchecked"
	}
	if commune == "" {
		return "reply.any"
	}
	return "reply.commune"
}
