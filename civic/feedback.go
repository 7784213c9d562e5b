package civic

import (
	"slices"
	"time"
)

// FeedbackKind is what a citizen's text is, as a coordinator reads it.
type FeedbackKind string

// The kinds. A text is an Opinion until somebody says better; one sent behind
// RUMEUR is a Rumour from the start.
const (
	OpinionKind   FeedbackKind = "avis"
	Proposal      FeedbackKind = "proposition"
	Complaint     FeedbackKind = "plainte"
	Question      FeedbackKind = "question"
	Rumour        FeedbackKind = "rumeur"
	Thanks        FeedbackKind = "merci"
	Interpellated FeedbackKind = "interpellation" // asks the council or the delegation to account for something
)

// FeedbackKinds lists the kinds.
func FeedbackKinds() []FeedbackKind {
	return []FeedbackKind{OpinionKind, Question, Complaint, Proposal, Rumour, Interpellated, Thanks}
}

// FeedbackStatus is how far the work on a text is.
type FeedbackStatus string

// The statuses, in the order of the work.
const (
	Received      FeedbackStatus = "recu"
	Seen          FeedbackStatus = "lu"
	Replied       FeedbackStatus = "repondu"
	Shelved       FeedbackStatus = "clos"   // closed without an answer, for a reason
	ErasedOnAsk   FeedbackStatus = "efface" // text and sender erased by the citizen; stays counted
	maxTextLabels                = 8
)

// Waits says whether somebody still waits for an answer.
func (s FeedbackStatus) Waits() bool { return s == Received || s == Seen }

// Labels makes a list of labels as it is stored: each once, in order, eight at
// most.
func Labels(given []string) []string {
	all := slices.Clone(given)
	slices.Sort(all)
	all = slices.DeleteFunc(slices.Compact(all), func(s string) bool { return s == "" })
	return all[:min(len(all), maxTextLabels)]
}

// FeedbackRow is a text in the weekly file: what may be published of it, never
// the text itself.
type FeedbackRow struct {
	Reference string         `json:"ref"`
	At        time.Time      `json:"at"`
	Commune   Code           `json:"commune,omitempty"`
	Topic     string         `json:"topic,omitempty"`
	Project   string         `json:"project,omitempty"`
	Kind      FeedbackKind   `json:"kind"`
	Lang      string         `json:"lang"`
	Channel   Channel        `json:"channel"`
	Status    FeedbackStatus `json:"status"`
	Answered  time.Time      `json:"answered,omitzero"`
	Summary   string         `json:"summary,omitempty"` // written by a coordinator for the public
}
