package wall

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export/table"
	"github.com/jamakan/jamakan/locales"
)

// page is a poster in one language: words, and how long the bars are.
type page struct {
	Lang     string
	Mark     string // FICTIF, or nothing
	Week     string // 2026-W48
	Dates    string
	Commune  string
	Around   string
	Question string
	Creed    string // a consultation is not an election
	Notes    []string

	Figure, FigureMeans string // the numbers, or nothing and why
	FigureNotes         []string
	Groups              []group

	Results     string
	ResultsNote string
	Rows        []row
	More        string

	Works, Questions panel
	How              how
	Check, Contact   item
	Root             string
	Sign             []string
	Limits           limits
	SignHow          string
}

type group struct {
	Name, Said string
	Percent    string // "41 %", with Said naming its base
	Fill       float64
	Known      bool
	Census     string // the same share of the residents, with its base
	Tick       float64
}

type row struct {
	Number  string
	Label   string
	Votes   string
	Percent string
	Fill    float64
	Hidden  bool
}

type panel struct {
	Title string
	Items []item
}

// item is a line with its first words in bold.
type item struct{ Strong, Rest string }

type how struct{ Title, Verb, Code, Sms, Until string }

// speaker says a poster in a language.
type speaker struct {
	l *locales.Locale
	p *Poster
}

func (s speaker) text(key string, args ...string) string {
	var all []locales.Arg
	for i := 0; i+1 < len(args); i += 2 {
		all = append(all, locales.Arg{Name: args[i], Value: args[i+1]})
	}
	return s.l.Text(key, all...)
}

// in is a text of the plan in the page's language, else in French.
func (s speaker) in(t civic.Text) string { return table.Clean(t.In(s.l.Tag, "fr")) }

func (s speaker) number(n int64) string { return s.l.Number(n) }

func day(t time.Time) string { return t.In(civic.Bamako).Format("02/01/2006") }

// lastDay is the last day on which a ballot is taken.
func lastDay(closes time.Time) string { return day(closes.Add(-time.Second)) }

// percent is a share in whole hundredths, as it is printed.
func percent(n, base int64) string {
	if base == 0 {
		return ""
	}
	return strconv.FormatInt((n*100+base/2)/base, 10) + " %"
}

func fill(n, base int64) float64 {
	if base == 0 {
		return 0
	}
	return min(1, max(0, float64(n)/float64(base)))
}

// cut shortens a text to a number of letters.
func cut(s string, letters int) string {
	s = table.Clean(s)
	if utf8.RuneCountInString(s) <= letters {
		return s
	}
	return strings.TrimRight(string([]rune(s)[:letters-1]), " .,;") + "…"
}

// grouped writes the beginning of a digest so that it can be read aloud.
func grouped(root string) string {
	root = root[:min(16, len(root))]
	var parts []string
	for len(root) > 4 {
		parts, root = append(parts, root[:4]), root[4:]
	}
	return strings.Join(append(parts, root), " ")
}

// Speaks says whether a language has all the words of a page.
func Speaks(l *locales.Locale) bool {
	for _, key := range keys() {
		if !l.Has(key) {
			return false
		}
	}
	return true
}

// keys are the texts that a page may need.
func keys() []string {
	var all []string
	for name := range strings.FieldsSeq("week week_name provisional not_election fictional numbers numbers_one not_people adults few at_closing as_of women youth " +
		"census census_adults of_declared undeclared results results_running choices votes_of results_later results_few results_part annulled no_vote more works no_works " +
		"questions waiting waiting_some waiting_none waiting_unknown vote dial sms until from over check check_sms check_ussd root question contact contact_ussd " +
		"correction sign_council sign_delegation sign_interim sign_society sign_village sign_how") {
		all = append(all, "wall."+name)
	}
	return all
}
