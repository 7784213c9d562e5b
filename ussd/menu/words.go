package menu

import (
	"cmp"
	"slices"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/locales"
)

// What screens are filled with: values for placeholders, lines of lists, and
// the prompt where it depends on what is told.

func (s *scene) set(name, value string) {
	s.args = append(s.args, locales.Arg{Name: name, Value: value})
}

func (s *scene) date(t time.Time) string { return s.t.locale.Date(t.In(civic.Bamako)) }

func (s *scene) spoken() *spoken {
	if sp := s.v.Content().tongues[s.t.locale.Tag]; sp != nil {
		return sp
	}
	return s.v.Content().tongues[s.m.cfg.DefaultLang]
}

func (s *scene) communeName(code civic.Code) string {
	if name, ok := s.v.Content().names[code]; ok {
		return name
	}
	return string(code)
}

func languages(s *scene) []string { return s.m.languageLines }

func communes(s *scene) []string { return s.spoken().communes }

func nearCommunes(s *scene) []string {
	near := s.near()
	names := make([]string, len(near))
	for i, code := range near {
		names[i] = s.communeName(civic.Code(code))
	}
	return civic.Numbered(names)
}

func fillPending(s *scene) { s.set("Commune", s.communeName(s.st.Pending)) }
func fillCommune(s *scene) { s.set("Commune", s.communeName(s.st.Commune)) }
func fillUssd(s *scene)    { s.set("Ussd", s.m.cfg.Ussd); s.set("ShortCode", s.m.cfg.ShortCode) }

// communeDone says that a vote already begun stays where it was cast.
func communeDone(s *scene) string {
	for _, a := range s.v.Content().byCode {
		if _, place, voted := s.v.Voted(a.Code); voted && place != s.st.Commune && a.State(s.v.Now()) == civic.Open {
			return "commune.changed.next"
		}
	}
	return "commune.changed"
}

// consultations are lines of questions, or of their plans' titles.
func consultations(s *scene) []string {
	all := s.asked()
	labels := make([]string, len(all))
	for i, a := range all {
		label := a.Question.In(s.t.tags...)
		if label == "" {
			label = a.plan.Title.In(s.t.tags...)
		}
		labels[i] = s.m.spell(s.t.locale.Tag, label)
	}
	return civic.Numbered(labels)
}

func options(s *scene) []string { return s.spoken().options[s.st.Consultation] }

func fillOption(s *scene) {
	s.set("Project", s.spoken().labels[s.st.Consultation][int(s.st.Option)])
}

func fillDetail(s *scene) {
	fillOption(s)
	a := s.consultation()
	if a == nil {
		return
	}
	if o := a.Option(int(s.st.Option)); o != nil {
		if p := a.plan.Project(o.Project); p != nil {
			s.set("Village", s.m.spell(s.t.locale.Tag, p.Village))
			s.set("Cost", s.t.locale.Number(int64(p.Cost)))
		}
	}
}

func fillVoted(s *scene) {
	at, _, _ := s.v.Voted(s.st.Consultation)
	s.set("Date", s.date(at))
}

func fillOpens(s *scene) {
	if a := s.consultation(); a != nil {
		s.set("Date", s.date(a.Opens))
	}
}

func fillCloses(s *scene) {
	if a := s.consultation(); a != nil {
		s.set("Date", s.date(a.LastDay()))
	}
}

func fillReason(s *scene) {
	if a := s.consultation(); a != nil && a.Annulled != nil {
		s.set("Reason", s.m.spell(s.t.locale.Tag, a.Annulled.Reason.In(s.t.tags...)))
	}
}

// fillSaid tells an outcome.
func fillSaid(s *scene) {
	s.set("Code", s.st.said.Code)
	s.set("Date", s.date(s.st.said.At))
	if place := s.st.said.Place; place != "" && place != s.st.Commune {
		s.tail = s.t.locale.Text("vote.place_kept", locales.Arg{Name: "Commune", Value: s.communeName(place)})
	}
}

func opinionThanks(s *scene) string {
	if s.m.cfg.ReplyDays == 0 {
		return "feedback.thanks.open"
	}
	return "feedback.thanks"
}

func worksPrompt(s *scene) string {
	if len(s.v.Content().works[s.st.Commune]) == 0 {
		return "follow.none"
	}
	return "follow.list"
}

func works(s *scene) []string { return s.spoken().works[s.st.Commune] }

func (s *scene) work() *civic.Project {
	all := s.v.Content().works[s.st.Commune]
	if i := int(s.st.Project) - 1; i >= 0 && i < len(all) {
		return all[i]
	}
	return nil
}

// workPrompt is the sentence of a project's status; one that names a date
// only where there is one.
func workPrompt(s *scene) string {
	p := s.work()
	if p == nil {
		return "follow.none"
	}
	return p.Sentence()
}

func fillWork(s *scene) {
	p := s.work()
	if p == nil {
		return
	}
	if titles := s.spoken().titles[s.st.Commune]; int(s.st.Project) <= len(titles) {
		s.set("Project", titles[s.st.Project-1])
	}
	s.set("Date", s.date(p.Due))
}

// fewest is the fewest numbers that results are shown of.
const fewest = 10

func resultsPrompt(s *scene) string {
	a := s.consultation()
	switch {
	case a == nil:
		return "vote.none"
	case !a.ResultsVisible(s.v.Now()):
		return "results.not_yet"
	case s.v.Standing(a.Code, s.st.Commune).Numbers < fewest:
		return "results.too_few"
	}
	return "results.list"
}

func fillResults(s *scene) {
	a := s.consultation()
	if a == nil {
		return
	}
	s.set("Date", s.date(a.Closes))
	fillCommune(s)
	s.set("People", s.t.locale.Plural("results.people", s.v.Standing(a.Code, s.st.Commune).Numbers))
}

// resultRows are the options by votes, then by number.
func resultRows(s *scene) []string {
	if resultsPrompt(s) != "results.list" {
		return nil
	}
	a := s.consultation()
	votes := s.v.Standing(a.Code, s.st.Commune).Votes
	ranked := slices.Clone(a.Options)
	slices.SortStableFunc(ranked, func(x, y civic.Option) int {
		return cmp.Or(-cmp.Compare(votes[uint16(x.Number)], votes[uint16(y.Number)]), cmp.Compare(x.Number, y.Number))
	})
	rows := make([]string, len(ranked))
	for i, o := range ranked {
		rows[i] = s.t.locale.Text("results.row",
			locales.Arg{Name: "Project", Value: s.spoken().labels[a.Code][o.Number]},
			locales.Arg{Name: "N", Value: s.t.locale.Number(int64(votes[uint16(o.Number)]))})
	}
	return rows
}

// lostPrompt is the help that ends a call after three wrong keys.
func lostPrompt(s *scene) string {
	switch {
	case s.m.cfg.ShortCode == "":
		return "input.help"
	case s.m.cfg.Free:
		return "input.invalid_last"
	}
	return "input.invalid_last.paid"
}
