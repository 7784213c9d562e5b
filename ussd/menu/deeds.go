package menu

import (
	"cmp"
	"slices"
	"strings"

	"github.com/jamakan/jamakan/civic"
)

// The deeds of options: each moves the state, and gives the next screen or
// asks the store for something.

// ask ends the turn with something for the store to keep or to answer.
func (s *scene) ask(a civic.Act) Name {
	a.Citizen = s.citizen()
	s.act = a
	return s.st.Screen
}

// citizen is her profile as the dialogue knows it now.
func (s *scene) citizen() civic.Citizen {
	c := s.v.Citizen()
	c.Lang, c.Commune = s.st.Lang, s.st.Commune
	return c
}

func pickLanguage(s *scene, n int) Name {
	i := civic.OptionPlace(n, len(s.m.offered))
	if i < 0 {
		return ""
	}
	chosen := s.m.offered[i]
	s.speak(chosen)
	if s.st.Commune == "" {
		return scrCommune
	}
	if s.v.Citizen().Known {
		return s.ask(civic.Act{Deed: civic.SaveProfile})
	}
	return scrLangDone
}

func pickCommune(s *scene, n int) Name {
	c := s.v.Content()
	i := civic.OptionPlace(n, len(c.communes)+1)
	switch {
	case i < 0:
		return ""
	case i == len(c.communes):
		return scrCommuneType
	}
	s.st.Pending = c.communes[i]
	return takeCommune(s) // its name was on the line she chose
}

func typeCommune(s *scene, typed string) Name {
	c := s.v.Content()
	m := c.territory.Search(typed, c.communes)
	switch {
	case m.Unique != "":
		s.st.Pending = m.Unique
		return scrCommuneSure
	case len(m.Near) > 0:
		near := make([]string, len(m.Near))
		for i, code := range m.Near {
			near[i] = string(code)
		}
		s.st.Near = strings.Join(near, ",")
		return scrCommuneNear
	}
	return scrCommuneMiss
}

func (s *scene) near() []string {
	if s.st.Near == "" {
		return nil
	}
	return strings.Split(s.st.Near, ",")
}

func pickNear(s *scene, n int) Name {
	near := s.near()
	i := civic.OptionPlace(n, len(near))
	if i < 0 {
		return ""
	}
	s.st.Pending = civic.Code(near[i])
	return takeCommune(s)
}

func takeCommune(s *scene) Name {
	first := s.st.Commune == ""
	s.st.Commune, s.st.Pending, s.st.Near = s.st.Pending, "", ""
	switch {
	case first:
		return scrPrivacy
	case s.v.Citizen().Known:
		return s.ask(civic.Act{Deed: civic.SaveProfile})
	}
	return scrCommuneDone
}

// asked are the consultations of her commune: open ones first, then those to
// come, then the last that ended.
func (s *scene) asked() []*asked {
	all := slices.Clone(s.v.Content().asked[s.st.Commune])
	now := s.v.Now()
	all = slices.DeleteFunc(all, func(a *asked) bool { return a.State(now) == civic.Open && !a.plan.Phase.Allows() })
	order := map[civic.State]int{civic.Open: 0, civic.NotOpen: 1, civic.Closed: 2, civic.Annulled: 3}
	slices.SortStableFunc(all, func(a, b *asked) int { return cmp.Compare(order[a.State(now)], order[b.State(now)]) })
	return all
}

// goVote goes to the one vote there is, asks which of several, or says there
// is none. One open vote hides those that are over.
func goVote(s *scene) Name {
	all := s.asked()
	open := 0
	for _, a := range all {
		if a.State(s.v.Now()) == civic.Open {
			open++
		}
	}
	switch {
	case len(all) == 0:
		return scrVoteNone
	case open > 1:
		return scrVoteWhich
	}
	return s.vote(all[0])
}

func pickVote(s *scene, n int) Name {
	all := s.asked()
	if i := civic.OptionPlace(n, len(all)); i >= 0 {
		return s.vote(all[i])
	}
	return ""
}

// vote goes to a consultation as it stands.
func (s *scene) vote(a *asked) Name {
	s.st.Consultation = a.Code
	switch a.State(s.v.Now()) {
	case civic.Annulled:
		return scrVoteVoid
	case civic.NotOpen:
		return scrVoteSoon
	case civic.Closed:
		return scrVoteClosed
	}
	if _, _, voted := s.v.Voted(a.Code); voted {
		return scrVoteAlready
	}
	return scrVoteList
}

// consultation is the one she is in, or nil when it is gone.
func (s *scene) consultation() *asked { return s.v.Content().byCode[s.st.Consultation] }

func pickOption(s *scene, n int) Name {
	a := s.consultation()
	if a == nil {
		return scrVoteNone
	}
	o := a.Option(n)
	if o == nil {
		return ""
	}
	s.st.Option = uint16(n)
	if a.plan.Project(o.Project) == nil {
		return scrVoteConfirm
	}
	return scrVoteDetail
}

func castBallot(s *scene) Name {
	return s.ask(civic.Act{Deed: civic.CastBallot, Consultation: s.st.Consultation, Marks: []civic.Mark{{Option: s.st.Option, Value: 1}}})
}

func woman(s *scene) Name { s.st.Sex = civic.Female; return scrAge }
func man(s *scene) Name   { s.st.Sex = civic.Male; return scrAge }
func age0(s *scene) Name  { return declare(s, civic.AgeUnknown) }
func age1(s *scene) Name  { return declare(s, civic.Under15) }
func age2(s *scene) Name  { return declare(s, civic.From15To35) }
func age3(s *scene) Name  { return declare(s, civic.From36To59) }
func age4(s *scene) Name  { return declare(s, civic.Over60) }

func declare(s *scene, age civic.Age) Name {
	s.st.Age = age
	next := s.ask(civic.Act{Deed: civic.DeclareGroup})
	s.act.Citizen.Sex, s.act.Citizen.Age, s.act.Citizen.Asked = s.st.Sex, age, true
	return next
}

func goWorks(*scene) Name { return scrWorks }

func pickWork(s *scene, n int) Name {
	i := civic.OptionPlace(n, len(s.v.Content().works[s.st.Commune]))
	if i < 0 {
		return ""
	}
	s.st.Project = uint16(i + 1)
	return scrWork
}

func topic1(s *scene) Name { return topic(s, "eau") }
func topic2(s *scene) Name { return topic(s, "ecole") }
func topic3(s *scene) Name { return topic(s, "sante") }
func topic4(s *scene) Name { return topic(s, "route") }
func topic5(s *scene) Name { return topic(s, "argent") }
func topic6(s *scene) Name { return topic(s, "autre") }

func topic(s *scene, word string) Name { s.st.Topic = word; return scrOpinion }

func giveOpinion(s *scene, text string) Name {
	if strings.TrimSpace(text) == "" {
		return scrOpinionNil
	}
	return s.ask(civic.Act{Deed: civic.GiveFeedback, Topic: s.st.Topic, Text: text})
}

// goResults goes to the one consultation there is, or asks which.
func goResults(s *scene) Name {
	all := s.asked()
	switch len(all) {
	case 0:
		return scrVoteNone
	case 1:
		s.st.Consultation = all[0].Code
		return results(s)
	}
	return scrResultPick
}

func pickResults(s *scene, n int) Name {
	all := s.asked()
	i := civic.OptionPlace(n, len(all))
	if i < 0 {
		return ""
	}
	s.st.Consultation = all[i].Code
	return results(s)
}

func results(s *scene) Name {
	if a := s.consultation(); a != nil && a.Annulled != nil {
		return scrVoteVoid
	}
	return scrResults
}

func askReceipt(s *scene, typed string) Name {
	return s.ask(civic.Act{Deed: civic.CheckReceipt, Text: typed})
}

func goOn(s *scene) Name {
	next := s.st.Resume
	s.st.Resume = ""
	if _, ok := s.m.rows[next]; !ok {
		return scrMain
	}
	return next
}

func startAgain(s *scene) Name {
	s.st.Resume = ""
	return s.home()
}

func backFromLang(s *scene) Name {
	if s.st.Commune == "" {
		return ""
	}
	return scrMain
}

func backFromCommune(s *scene) Name {
	if s.st.Commune == "" {
		return scrLang
	}
	return scrHelp
}

// home is the menu, or the first question that has no answer yet.
func (s *scene) home() Name {
	switch {
	case s.st.Lang == "":
		return scrLang
	case s.st.Commune == "":
		return scrCommune
	}
	return scrMain
}
