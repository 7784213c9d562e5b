package locales

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
)

// Arg fills a placeholder: {{.Name}} takes Value.
type Arg struct{ Name, Value string }

// Locale is one language. It never changes and is safe for concurrent use.
type Locale struct {
	Tag   string // "bm"
	Name  string // in its own letters: "Bamanankan"
	Order int    // place in the language menu

	fallback []string
	gsm      map[string]string
	keywords map[string][]string
	messages map[string]*message
	chain    []*Locale // fallbacks, resolved when the catalog is made
	plural   func(n int) string
}

// message is one compiled text.
type message struct {
	other   template
	forms   map[string]template // one, many...; nil for a plain text
	note    string
	channel string
}

// Text writes a text. A key missing here is looked up along the fallbacks;
// one missing everywhere shows its name in brackets, so that it is seen.
func (l *Locale) Text(key string, args ...Arg) string {
	m := l.find(key)
	if m == nil {
		return "[" + key + "]"
	}
	if s, plain := m.other.plain(); plain {
		return s
	}
	return string(m.other.append(nil, args))
}

// Append writes a text behind dst.
func (l *Locale) Append(dst []byte, key string, args ...Arg) []byte {
	if m := l.find(key); m != nil {
		return m.other.append(dst, args)
	}
	return append(append(append(dst, '['), key...), ']')
}

// Plural writes the form of a text that goes with a number; {{.N}} is filled
// with it.
func (l *Locale) Plural(key string, n int, args ...Arg) string {
	m := l.find(key)
	if m == nil {
		return "[" + key + "]"
	}
	form := m.other
	if f, ok := m.forms[l.plural(n)]; ok {
		form = f
	}
	return string(form.append(nil, append([]Arg{{"N", l.Number(int64(n))}}, args...)))
}

func (l *Locale) find(key string) *message {
	if m := l.messages[key]; m != nil {
		return m
	}
	for _, other := range l.chain {
		if m := other.messages[key]; m != nil {
			return m
		}
	}
	return nil
}

// Number writes a number with a plain space between thousands: a no-break
// space would turn a whole SMS into UCS-2.
func (l *Locale) Number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	if len(digits) <= 3 {
		return sign + digits
	}
	out := make([]byte, 0, len(digits)+len(digits)/3+1)
	out = append(out, sign...)
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out = append(out, ' ')
		}
		out = append(out, digits[i])
	}
	return string(out)
}

// Date writes a day and month in figures, day first, in both languages.
func (l *Locale) Date(t time.Time) string {
	_, month, day := t.Date()
	return string([]byte{byte('0' + day/10), byte('0' + day%10), '/', byte('0' + month/10), byte('0' + month%10)})
}

// Has says whether the file itself holds the key.
func (l *Locale) Has(key string) bool { return l.messages[key] != nil }

// Keys are the file's keys, in order.
func (l *Locale) Keys() []string { return slices.Sorted(maps.Keys(l.messages)) }

// Placeholders are the names that a text's forms take, in order, each once.
func (l *Locale) Placeholders(key string) []string {
	m := l.find(key)
	if m == nil {
		return nil
	}
	names := m.other.names()
	for _, f := range m.forms {
		names = append(names, f.names()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Forms are the plural forms of a key, by name; a plain text has "other" only.
func (l *Locale) Forms(key string) []string {
	m := l.find(key)
	if m == nil {
		return nil
	}
	names := slices.Sorted(maps.Keys(m.forms))
	if !slices.Contains(names, "other") {
		names = append(names, "other")
	}
	return names
}

// Note is how sure a text's words are, and why: "C: jate or jaabi".
func (l *Locale) Note(key string) string {
	if m := l.find(key); m != nil {
		return m.note
	}
	return ""
}

// Channel is where a text is used: ussd, sms, both, or part of another.
func (l *Locale) Channel(key string) string {
	if m := l.find(key); m != nil {
		return m.channel
	}
	return ""
}

// Fallback are the languages looked up for a missing text.
func (l *Locale) Fallback() []string { return slices.Clone(l.fallback) }

// GSM is the language's own spelling in GSM-7.
func (l *Locale) GSM() map[string]string { return maps.Clone(l.gsm) }

// Keywords are what people text for each command.
func (l *Locale) Keywords() map[string][]string { return maps.Clone(l.keywords) }

// pluralOf asks go-i18n which form goes with a number under a tag's rule, by
// localizing a message whose forms are their own names.
func pluralOf(bundle *i18n.Bundle, tag string) func(n int) string {
	names := &i18n.Message{ID: "plural", Zero: "zero", One: "one", Two: "two", Few: "few", Many: "many", Other: "other"}
	localizer := i18n.NewLocalizer(bundle, tag)
	return func(n int) string {
		form, err := localizer.Localize(&i18n.LocalizeConfig{DefaultMessage: names, PluralCount: n})
		if err != nil {
			return "other"
		}
		return form
	}
}
