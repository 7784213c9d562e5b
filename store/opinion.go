package store

import (
	"slices"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store/outbox"
)

// Opinion is a citizen's text as the desk reads it: nothing in it leads to a
// number.
type Opinion struct {
	Reference string
	At        time.Time
	Commune   civic.Code
	Lang      string
	Topic     string
	Channel   civic.Channel
	Text      string // as received, whatever its bytes
	Status    civic.FeedbackStatus

	Kind       civic.FeedbackKind
	Project    string   // code of the work it is about
	Labels     []string // of the desk, in order
	Assignee   string   // the login of who answers it
	Summary    string   // written by a coordinator for the public
	Reason     string   // why it was closed without an answer
	Replies    []Reply  // oldest first
	Steps      []Step   // what was done at the desk, oldest first
	SeenAt     time.Time
	AnsweredAt time.Time
	ClosedAt   time.Time
	LapsedAt   time.Time // its words are not kept any more; it stays counted
	Answerable bool      // the way back to who wrote it is there
	Erasable   bool      // whose text it is is known, though her number may be forgotten
}

// Reply is one answer to a text.
type Reply struct {
	At      time.Time
	By      string // a login
	Text    string // as typed
	Lang    string
	Verdict Verdict      // of a rumour
	Ref     string       // of the outbox message that carries it; "" once who wrote the text was erased
	State   outbox.State // how far that message came, from Text; "" when it is not kept
}

// Verdict is what was found out about a rumour.
type Verdict string

// The verdicts. While one is Unchecked somebody still waits.
const (
	NoVerdict Verdict = ""
	True      Verdict = "vrai"
	False     Verdict = "faux"
	Unchecked Verdict = "en_cours"
)

// Verdicts lists those that a rumour may have.
func Verdicts() []Verdict { return []Verdict{True, False, Unchecked} }

// Step is one thing done with a text at the desk. The journal has it too; here
// it lies where the text is read.
type Step struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	What string    `json:"what"` // as in the journal: "text.answer"
	Note string    `json:"note,omitempty"`
}

// reply is a Reply as stored.
type reply struct {
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Text    string    `json:"text"`
	Lang    string    `json:"lang"`
	Verdict Verdict   `json:"verdict,omitempty"`
	Ref     string    `json:"ref,omitempty"`
	Place   string    `json:"place,omitempty"` // of that message among the others
}

// maxSteps is how many steps one text keeps: the last ones.
const maxSteps = 60

// kind is what the text is: what somebody said of it, else what its topic says.
func (o *opinion) kind() civic.FeedbackKind {
	switch {
	case o.Kind != "":
		return o.Kind
	case o.Topic == rumourTopic:
		return civic.Rumour
	}
	return civic.OpinionKind
}

// rumourTopic is the topic of what was sent behind RUMEUR.
const rumourTopic = "rumeur"

// step adds one thing done.
func (o *opinion) step(at time.Time, by, what, note string) {
	o.Steps = append(o.Steps, Step{at, by, what, note})
	if over := len(o.Steps) - maxSteps; over > 0 {
		o.Steps = slices.Delete(o.Steps, 0, over)
	}
}

// erase leaves what is counted and takes away what she said, what she was
// told, what was said of it, and the way back to her.
func (o *opinion) erase() {
	o.Text, o.From, o.Status = nil, nil, civic.ErasedOnAsk
	o.Summary, o.Reason = "", ""
	for i := range o.Steps {
		o.Steps[i].Note = ""
	}
	for i := range o.Replies {
		o.Replies[i].Text, o.Replies[i].Ref, o.Replies[i].Place = "", "", ""
	}
}

// shown is the opinion as the desk reads it.
func (o *opinion) shown(reference string) Opinion {
	out := Opinion{
		Reference: reference, At: o.At, Commune: o.Commune, Lang: o.Lang, Topic: o.Topic, Channel: o.Channel, Text: string(o.Text),
		Status: o.Status, Kind: o.kind(), Project: o.Project, Labels: o.Labels, Assignee: o.Assignee, Summary: o.Summary, Reason: o.Reason,
		Steps: o.Steps, SeenAt: o.Seen, AnsweredAt: o.Answered, ClosedAt: o.Closed, Answerable: len(o.From) > 0,
	}
	out.LapsedAt, out.Erasable = o.Lapsed, len(o.From) > 0
	for _, r := range o.Replies {
		out.Replies = append(out.Replies, Reply{At: r.At, By: r.By, Text: r.Text, Lang: r.Lang, Verdict: r.Verdict, Ref: r.Ref})
	}
	return out
}
