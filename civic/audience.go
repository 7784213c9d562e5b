package civic

import "slices"

// Participation is whether a message to many is for who voted.
type Participation string

// The participations.
const (
	AnyParticipation Participation = ""
	Participated     Participation = "oui"
	NotParticipated  Participation = "non"
)

// Audience is whom a message to many is for. An empty list is no restriction;
// within a list any matches; the lists hold together.
type Audience struct {
	Communes      []Code        `json:"communes,omitempty"`
	Langs         []string      `json:"langs,omitempty"`
	Sexes         []Sex         `json:"sexes,omitempty"`
	Ages          []Age         `json:"ages,omitempty"`
	Consultation  string        `json:"consultation,omitempty"` // that Participation is about
	Participation Participation `json:"participation,omitempty"`
}

// Matches says whether a citizen is in the audience, as far as her profile
// tells: whether she voted is not in it.
func (a *Audience) Matches(c Citizen) bool {
	return among(a.Communes, c.Commune) && among(a.Langs, c.Lang) && among(a.Sexes, c.Sex) && among(a.Ages, c.Age)
}

func among[T comparable](wanted []T, is T) bool {
	return len(wanted) == 0 || slices.Contains(wanted, is)
}

// ByParticipation says whether who voted matters.
func (a *Audience) ByParticipation() bool {
	return a.Consultation != "" && a.Participation != AnyParticipation
}

// MayWriteTo says whether she may write to an audience. One without communes
// is everybody, wherever they live: only who is responsible for all may.
func (c *Coordinator) MayWriteTo(a *Audience) bool {
	if len(a.Communes) == 0 {
		return c.Role == Administrator
	}
	return c.May(WriteMany, a.Communes...)
}

// FewestRecipients is how many a message to many goes to, at least. One whose
// audience is a single person by sex, age and participation would tell the
// coordinator whether that person voted; so would one that leaves out a single
// person. The bound is that of every published figure of people.
const FewestRecipients = 5

// TooFew says whether a number of people, beside the others from whom only
// their participation sets them apart, would tell on somebody.
func (a *Audience) TooFew(recipients, others int) bool {
	if recipients < FewestRecipients {
		return true
	}
	return a.ByParticipation() && others < FewestRecipients
}
