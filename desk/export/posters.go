package export

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export/wall"
	"github.com/jamakan/jamakan/locales"
)

// mostChoices, mostWorks and mostAsked are what a page has room for.
const (
	mostChoices = 8
	mostWorks   = 3
	mostAsked   = 3
)

// posters are the pages for the wall, to print from a browser.
func (b *book) posters() ([]File, error) { return b.walls(".html", wall.HTML), nil }

// prints are the same pages as PDF.
func (b *book) prints() ([]File, error) { return b.walls(".pdf", wall.PDF), nil }

func (b *book) walls(ending string, draw func(io.Writer, *wall.Poster, *locales.Locale) error) []File {
	var files []File
	for _, p := range b.polls {
		for _, commune := range p.scope {
			if b.pollOf(commune) != p {
				continue
			}
			poster := b.poster(p, commune)
			for _, l := range b.lang.Offered(nil) {
				if wall.Speaks(l) {
					files = append(files, File{
						Name:  "affiche_" + string(commune) + "_" + l.Tag + ending,
						Write: func(w io.Writer) error { return draw(w, poster, l) },
					})
				}
			}
		}
	}
	return files
}

// pollOf is the consultation that a commune's page is about: one that is open
// rather than not, the latest rather than an older one.
func (b *book) pollOf(commune civic.Code) *poll {
	var best *poll
	rank := func(p *poll) (int, int64) {
		switch {
		case p.sheet == nil:
			return 0, 0
		case p.sheet.State == civic.Open:
			return 2, p.sheet.Consultation.Opens.Unix()
		}
		return 1, p.sheet.Consultation.Opens.Unix()
	}
	for _, p := range b.polls {
		if !slices.Contains(p.scope, commune) {
			continue
		}
		if best == nil {
			best = p
			continue
		}
		state, opens := rank(p)
		known, since := rank(best)
		if cmp.Or(cmp.Compare(state, known), cmp.Compare(opens, since)) > 0 {
			best = p
		}
	}
	return best
}

func (b *book) poster(p *poll, commune civic.Code) *wall.Poster {
	w := &wall.Poster{
		Commune: b.placeName(commune), Around: b.aroundNames(commune), Plan: p.planTitle(), Week: b.o.Week, Provisional: b.provisional(),
		Fictional: p.fictional(), Printed: b.asOf(), Ussd: b.src.Gateway.Ussd, ShortCode: b.src.Gateway.ShortCode, Contact: b.src.Gateway.Contact,
	}
	if r, ok := p.residents(commune); ok {
		w.Adults, w.Source, w.Year = r.Over15, r.Source, r.Year
		w.Women = wall.Share{N: int64(r.Women), Base: int64(r.Total), Shown: r.Women > 0}
		w.Young = wall.Share{N: int64(r.Young), Base: int64(r.Over15), Shown: r.Young > 0}
	}
	if p.plan != nil {
		w.Authority, w.Works = p.plan.Authority, works(p.plan, commune)
	}
	if r := b.src.Report; r != nil {
		w.LogSize, w.LogRoot = r.LogSize, r.LogRoot
		b.asked(w, commune, r.Feedback, b.everybody(p.fictional()))
	}
	for _, c := range b.corrections() {
		if c.Commune == "" || c.Commune == commune {
			w.Corrections = append(w.Corrections, wall.Correction{At: c.At, Text: c.Text})
		}
	}
	if p.sheet != nil {
		w.Question, w.Vote = p.sheet.Consultation.Question, p.vote(commune)
	}
	return w
}

// aroundNames is where a commune is.
func (b *book) aroundNames(c civic.Code) string {
	var names []string
	for up := c.Parent(); up != ""; up = up.Parent() {
		if n := b.names[up]; n != "" && !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return strings.Join(names, ", ")
}

// works are three projects of a commune: those that are being done, or were,
// before those that are decided.
func works(plan *civic.Plan, commune civic.Code) []wall.Work {
	projects := plan.ProjectsIn(commune)
	projects = slices.DeleteFunc(projects, func(p *civic.Project) bool { return p.Status == civic.Proposed || p.Status == "" })
	slices.SortStableFunc(projects, func(x, y *civic.Project) int { return cmp.Compare(decidedOnly(x), decidedOnly(y)) })
	var all []wall.Work
	for _, p := range projects[:min(mostWorks, len(projects))] {
		all = append(all, wall.Work{Title: p.Title, Sentence: p.Sentence(), Due: p.Due})
	}
	return all
}

func decidedOnly(p *civic.Project) int {
	switch p.Status {
	case civic.Retained, civic.Programmed, civic.Funded:
		return 1
	}
	return 0
}

// asked are the summaries of what waits longest for an answer, questions
// first, and how much waits.
func (b *book) asked(w *wall.Poster, commune civic.Code, all []civic.FeedbackRow, k int64) {
	var open []said
	for i := range all {
		if r := &all[i]; r.Commune == commune && r.Status.Waits() && r.Summary != "" {
			open = append(open, r)
		}
	}
	question := func(r said) int {
		if r.Kind == civic.Question || r.Kind == civic.Interpellated {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(open, func(x, y said) int {
		return cmp.Or(cmp.Compare(question(x), question(y)), x.At.Compare(y.At), cmp.Compare(x.Reference, y.Reference))
	})
	for _, r := range open[:min(mostAsked, len(open))] {
		w.Asked = append(w.Asked, r.Summary)
	}
	w.Waiting.Counted = b.src.Counted.Feedback
	n := int64(0)
	if own := b.flows.of[commune]; own != nil {
		n = own[waiting].n
	}
	if !small(n, k) {
		w.Waiting.N, w.Waiting.Shown = n, true
	}
}
