package wall

import (
	"strings"

	"github.com/jamakan/jamakan/civic"
)

// works are the projects followed, each in the sentence that the phone says.
func (s speaker) works() panel {
	p := panel{Title: s.text("wall.works")}
	for _, w := range s.p.Works {
		title := cut(s.in(w.Title), longLabel)
		said := s.text(w.Sentence, "Project", title, "Date", s.l.Date(w.Due.In(civic.Bamako)))
		rest, begins := strings.CutPrefix(said, title)
		if !begins {
			title, rest = "", said
		}
		p.Items = append(p.Items, item{title, rest})
	}
	if len(p.Items) == 0 {
		p.Items = []item{{"", s.text("wall.no_works")}}
	}
	return p
}

// questions are three that wait, then how many do.
func (s speaker) questions() panel {
	p := panel{Title: s.text("wall.questions")}
	for _, q := range s.p.Asked {
		p.Items = append(p.Items, item{"", cut(q, longAsked)})
	}
	w := s.p.Waiting
	switch {
	case !w.Counted:
		if len(p.Items) == 0 {
			p.Items = append(p.Items, item{"", s.text("wall.waiting_unknown")})
		}
	case !w.Shown:
		p.Items = append(p.Items, item{"", s.text("wall.waiting_some")})
	case w.N == 0:
		p.Items = append(p.Items, item{"", s.text("wall.waiting_none")})
	default:
		p.Items = append(p.Items, item{"", s.text("wall.waiting", "N", s.number(w.N))})
	}
	return p
}

func (s speaker) how() how {
	v := s.p.Vote
	h := how{Title: s.text("wall.vote"), Verb: s.text("wall.dial"), Code: s.p.Ussd}
	if s.p.ShortCode != "" {
		h.Sms = s.text("wall.sms", "ShortCode", s.p.ShortCode)
	}
	switch {
	case !v.Asked || v.State == civic.Annulled:
		h.Title, h.Sms = s.text("wall.no_vote"), ""
	case v.State == civic.NotOpen:
		h.Until = s.text("wall.from", "Date", day(v.Opens))
	case v.State == civic.Closed:
		h.Title, h.Sms = s.text("wall.over", "Date", lastDay(v.Closes)), ""
	default:
		h.Until = s.text("wall.until", "Date", lastDay(v.Closes))
	}
	return h
}

func (s speaker) check() item {
	head := s.text("wall.check") + " "
	if s.p.ShortCode != "" {
		return item{head, s.text("wall.check_sms", "ShortCode", s.p.ShortCode)}
	}
	return item{head, s.text("wall.check_ussd", "Ussd", s.p.Ussd)}
}

func (s speaker) contact() item {
	line := s.text("wall.contact_ussd", "Ussd", s.p.Ussd)
	if s.p.ShortCode != "" {
		line = s.text("wall.contact", "ShortCode", s.p.ShortCode)
	}
	if s.p.Contact != "" {
		line += " " + cut(s.p.Contact, longContact)
	}
	return item{s.text("wall.question") + " ", line}
}

// signatures are who vouches for the page; who governs differs.
func (s speaker) signatures() []string {
	first := "wall.sign_council"
	switch s.p.Authority {
	case civic.Delegation:
		first = "wall.sign_delegation"
	case civic.Interim:
		first = "wall.sign_interim"
	}
	return []string{s.text(first), s.text("wall.sign_society"), s.text("wall.sign_village")}
}
