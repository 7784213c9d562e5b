package desk

import (
	"maps"
	"slices"
	"strings"

	"github.com/jamakan/jamakan/civic"
)

// sexKeys and ageKeys name the groups in the locale files.
func sexKeys() []string { return []string{"unknown", "female", "male"} }
func ageKeys() []string { return []string{"unknown", "under15", "15to35", "36to59", "over60"} }

// audienceWords says whom a message to many is for, a line for each thing that
// was chosen.
func (p *pages) audienceWords(a *civic.Audience) []string {
	list := func(key string, names []string) string {
		return p.text("desk.many.for."+key, "List", strings.Join(names, ", "))
	}
	var all []string
	if len(a.Communes) == 0 {
		all = append(all, p.text("desk.many.for.everywhere"))
	} else {
		all = append(all, list("communes", names(a.Communes, p.place)))
	}
	if len(a.Langs) > 0 {
		all = append(all, list("langs", names(a.Langs, p.language)))
	}
	if len(a.Sexes) > 0 {
		all = append(all, list("sexes", names(a.Sexes, func(s civic.Sex) string { return p.text("desk.many.sex." + sexKeys()[s]) })))
	}
	if len(a.Ages) > 0 {
		all = append(all, list("ages", names(a.Ages, func(x civic.Age) string { return p.text("desk.many.age." + ageKeys()[x]) })))
	}
	if a.ByParticipation() {
		all = append(all, p.text("desk.many.for.voted."+string(a.Participation), "What", p.question(a.Consultation)))
	}
	return all
}

func names[T any](all []T, name func(T) string) []string {
	said := make([]string, len(all))
	for i, one := range all {
		said[i] = name(one)
	}
	return said
}

// question is what a consultation asks.
func (p *pages) question(code string) string {
	c, plan := p.cfg.Book.Content().Consultation(code)
	if c == nil {
		return code
	}
	if q := c.Question.In("fr"); q != "" {
		return q
	}
	return plan.Title.In("fr") + " (" + code + ")"
}

// manyLangs are the languages of texts, French first.
func (p *pages) manyLangs(texts map[string]string) []string {
	langs := slices.Sorted(maps.Keys(texts))
	slices.SortStableFunc(langs, func(a, b string) int {
		switch {
		case a == b:
			return 0
		case a == "fr":
			return -1
		case b == "fr":
			return 1
		}
		return 0
	})
	return langs
}
