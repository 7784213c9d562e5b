package desk

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/locales"
	"github.com/jamakan/jamakan/store/outbox"
)

// nbsp keeps a number together on paper and screen.
const nbsp = "\u00a0"

// funcs are the functions of templates.
func (p *pages) funcs() template.FuncMap {
	return template.FuncMap{
		"t":       p.text,
		"n":       p.plural,
		"num":     number,
		"pct":     percent,
		"day":     func(t time.Time) string { return t.In(civic.Bamako).Format("02/01/2006") },
		"isoday":  func(t time.Time) string { return t.In(civic.Bamako).Format(time.DateOnly) },
		"heure":   func(t time.Time) string { return t.In(civic.Bamako).Format("15:04") },
		"moment":  moment,
		"sem":     func(w civic.Week) string { return fmt.Sprintf("%d de %d", w.Number, w.Year) },
		"lower":   strings.ToLower,
		"since":   p.since,
		"screen":  p.screen,
		"tenths":  tenths,
		"mil":     func(part, base int64) int64 { return part * 1000 / max(base, 1) },
		"argent":  argent,
		"fcfa":    func(f civic.FCFA) string { return number(int64(f)) + nbsp + "FCFA" },
		"pour":    func(purpose outbox.Purpose) string { return purposeWords()[purpose] },
		"place":   p.place,
		"lang":    p.language,
		"fr":      func(t civic.Text) string { return t.In("fr") },
		"csrf":    csrf,
		"may":     func(v page, right string) bool { return v.Me != nil && v.Me.Account.Role.May(civic.Right(right)) },
		"lines":   func(s string) []string { return strings.Split(s, "\n") },
		"plus":    func(a, b int) int { return a + b },
		"shown":   harmless,
		"begin":   beginning,
		"said":    p.saidWords,
		"kind":    func(k civic.FeedbackKind) string { return p.text("desk.inbox.kind." + string(k)) },
		"topic":   p.topicWord,
		"few":     p.atLeast,
		"boxes":   func(name, title string, all []boxChoice) boxGroup { return boxGroup{name, title, all} },
		"options": func(current any, all ...string) choice { return choice{fmt.Sprint(current), all} },
	}
}

// choice is a list of which one is chosen.
type choice struct {
	Current string
	All     []string
}

// csrf is the hidden field that every form begins with.
func csrf(v page) template.HTML {
	if v.Me == nil {
		return ""
	}
	return template.HTML(`<input type="hidden" name="csrf" value="` + template.HTMLEscapeString(v.Me.Token) + `">`)
}

// text is a text of the desk, with values as pairs of name and value.
func (p *pages) text(key string, pairs ...any) string {
	return typeset.Replace(p.cfg.Words.Text(key, args(pairs)...))
}

// typeset keeps the signs that French sets apart on the line of the word
// before them.
var typeset = strings.NewReplacer(" :", nbsp+":", " ;", nbsp+";", " ?", nbsp+"?", " !", nbsp+"!", "« ", "«"+nbsp, " »", nbsp+"»", " %", nbsp+"%")

// plural is the form of a text that goes with a number.
func (p *pages) plural(key string, n any, pairs ...any) string {
	count := 0
	switch x := n.(type) {
	case int:
		count = x
	case int64:
		count = int(x)
	}
	return typeset.Replace(p.cfg.Words.Plural(key, count, args(pairs)...))
}

func args(pairs []any) []locales.Arg {
	var all []locales.Arg
	for i := 0; i+1 < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		value := fmt.Sprint(pairs[i+1])
		switch x := pairs[i+1].(type) {
		case int:
			value = number(int64(x))
		case int64:
			value = number(x)
		}
		all = append(all, locales.Arg{Name: name, Value: value})
	}
	return all
}

// number writes a number as a French reader expects: 1 250 000.
func number(n any) string {
	var v int64
	switch x := n.(type) {
	case int:
		v = int64(x)
	case int64:
		v = x
	case uint64:
		v = int64(x)
	}
	sign := ""
	if v < 0 {
		sign, v = "−", -v
	}
	digits := fmt.Sprint(v)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + nbsp + digits[i:]
	}
	return sign + digits
}

// percent is a share of a base, without decimals: "38 %". An empty base has
// none.
func percent(part, base any) string {
	a, b := asInt(part), asInt(base)
	if b == 0 {
		return "–"
	}
	return fmt.Sprintf("%d%s%%", (a*200+b)/(2*b), nbsp)
}

func asInt(n any) int64 {
	switch x := n.(type) {
	case int:
		return int64(x)
	case int64:
		return x
	}
	return 0
}

// since says how long ago something was, in the coarsest unit that says
// enough.
func (p *pages) since(t time.Time) string {
	d := p.cfg.Now().Sub(t)
	switch {
	case d < time.Minute:
		return p.text("desk.since.now")
	case d < time.Hour:
		return p.plural("desk.since.minutes", max(int(d/time.Minute), 0))
	case d < 48*time.Hour:
		return p.plural("desk.since.hours", int(d/time.Hour))
	default:
		return p.plural("desk.since.days", int(d/(24*time.Hour)))
	}
}

// place is the name of a place, "–" for none.
func (p *pages) place(c civic.Code) string {
	if c == "" {
		return "–"
	}
	return p.cfg.Book.Content().Territory.Name(c)
}

// language is a language's own name.
func (p *pages) language(tag string) string {
	if l, ok := p.cfg.Catalog.Locale(tag); ok {
		return l.Name
	}
	return tag
}
