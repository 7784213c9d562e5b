package wall

import (
	"strconv"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/locales"
)

// Longest texts of a page, in letters.
const (
	longQuestion = 90
	longLabel    = 42
	longAsked    = 88
	longNote     = 150
	longContact  = 80
)

// say puts a poster into words.
func say(p *Poster, l *locales.Locale) page {
	s := speaker{l, p}
	g := page{
		Lang: l.Tag, Commune: cut(p.Commune, 40), Around: cut(p.Around, 70), Creed: s.text("wall.not_election"),
		Week: s.text("wall.week_name", "Week", p.Week.String()), Dates: s.text("wall.week", "From", day(p.Week.Start()), "To", lastDay(p.Week.End())),
		Question: cut(s.in(p.Question), longQuestion),
		Works:    s.works(), Questions: s.questions(), How: s.how(), Check: s.check(), Contact: s.contact(),
		Sign: s.signatures(), SignHow: s.text("wall.sign_how"),
	}
	if p.Fictional {
		g.Mark = "FICTIF"
		g.Notes = append(g.Notes, s.text("wall.fictional"))
	}
	if g.Question == "" {
		g.Question = cut(s.in(p.Plan), longQuestion)
	}
	if p.LogRoot != "" {
		g.Root = s.text("wall.root", "Root", grouped(p.LogRoot), "N", s.number(int64(p.LogSize)))
	}
	if p.Provisional {
		g.Notes = append(g.Notes, s.text("wall.provisional"))
	}
	for _, c := range p.Corrections {
		g.Notes = append(g.Notes, cut(s.text("wall.correction", "Date", day(c.At), "Text", c.Text), longNote))
	}
	g.Notes = g.Notes[:min(3, len(g.Notes))]
	s.figure(&g)
	s.results(&g)
	return g
}

// figure is how many numbers took part, and the groups they told.
func (s speaker) figure(g *page) {
	v := s.p.Vote
	switch {
	case !v.Asked:
		g.FigureMeans = s.text("wall.no_vote")
		return
	case v.State == civic.Annulled:
		g.FigureMeans = cut(s.text("wall.annulled", "Reason", s.in(v.Annul)), longNote)
		return
	case !v.Numbers.Shown && v.Numbers.Why == civic.UntilClosing:
		g.FigureMeans = s.text("wall.at_closing")
	case !v.Numbers.Shown:
		g.FigureMeans = s.text("wall.few")
	default:
		g.Figure, g.FigureMeans = s.number(v.Numbers.N), s.text("wall.numbers")
		if v.Numbers.N == 1 {
			g.FigureMeans = s.text("wall.numbers_one")
		}
		if v.AsOf != s.p.Week && v.State == civic.Open {
			g.FigureNotes = append(g.FigureNotes, s.text("wall.as_of", "Week", v.AsOf.String()))
		}
	}
	g.FigureNotes = append(g.FigureNotes, s.text("wall.not_people"))
	if s.p.Adults > 0 {
		g.FigureNotes = append([]string{s.text("wall.adults", "N", s.number(int64(s.p.Adults)), "Source", cut(s.p.Source, 40), "Year", strconv.Itoa(s.p.Year))}, g.FigureNotes...)
	}
	g.Groups = []group{s.group("wall.women", v.Women, "wall.census", s.p.Women), s.group("wall.youth", v.Youth, "wall.census_adults", s.p.Young)}
}

// group is a part of those who told, beside what it is of the residents.
func (s speaker) group(key string, sh Share, census string, of Share) group {
	g := group{Name: s.text(key), Said: s.text("wall.undeclared")}
	if of.Shown && of.Base > 0 {
		g.Census, g.Tick = s.text(census, "Pct", percent(of.N, of.Base), "N", s.number(of.Base)), fill(of.N, of.Base)
	}
	if sh.Shown && sh.Base > 0 {
		g.Known, g.Percent, g.Fill = true, percent(sh.N, sh.Base), fill(sh.N, sh.Base)
		g.Said = s.text("wall.of_declared", "N", s.number(sh.N), "Base", s.number(sh.Base))
	}
	return g
}

// results are the options, with bars where votes may be shown.
func (s speaker) results(g *page) {
	v := s.p.Vote
	if !v.Asked {
		return
	}
	g.Results = s.text("wall.choices")
	hides := false
	for _, c := range v.Choices {
		r := row{Number: strconv.Itoa(c.Number), Label: cut(s.in(c.Label), longLabel), Hidden: !v.Votes.Shown || !c.Votes.Shown}
		if !r.Hidden {
			r.Votes, r.Percent, r.Fill = s.number(c.Votes.N), percent(c.Votes.N, v.Votes.Base), fill(c.Votes.N, v.Votes.Base)
		}
		hides = hides || r.Hidden
		g.Rows = append(g.Rows, r)
	}
	if v.More > 0 {
		g.More = s.text("wall.more", "N", strconv.Itoa(v.More))
	}
	switch {
	case v.State == civic.Annulled:
	case v.Votes.Shown:
		g.Results, g.ResultsNote = s.text("wall.results"), s.text("wall.votes_of", "N", s.number(v.Votes.Base))
		if v.State == civic.Open {
			g.Results = s.text("wall.results_running")
		}
		if hides {
			g.ResultsNote += ". " + s.text("wall.results_part")
		}
	case v.Votes.Why == civic.UntilClosing:
		g.ResultsNote = s.text("wall.results_later", "Date", lastDay(v.Closes))
	default:
		g.ResultsNote = s.text("wall.results_few")
	}
}
