package command

import (
	"encoding/json"
	"hash/fnv"
	"time"

	"github.com/jamakan/jamakan/civic"
)

// Question is what a number's next text may answer.
type Question string

// The questions.
const (
	NoQuestion  Question = ""
	AskVote     Question = "vote"    // OUI casts Consultation, Numbers
	AskCommune  Question = "commune" // a number picks one of Near
	AskLanguage Question = "lang"    // a number picks a language
	VoteWaits   Question = "waits"   // a vote that waits for her commune: Numbers or Project
)

// Talk is what is remembered of a conversation: the last question, and how
// much was answered lately. It is stored sealed, and holds no text of hers.
type Talk struct {
	Asked        Question     `json:"q,omitempty"`
	AskedAt      time.Time    `json:"t,omitzero"`
	Consultation string       `json:"c,omitempty"`
	Numbers      []int        `json:"n,omitempty"`
	Project      string       `json:"p,omitempty"`
	Near         []civic.Code `json:"m,omitempty"`
	Opinion      string       `json:"o,omitempty"` // reference of her opinion that has no commune yet
	Answers      []answered   `json:"a,omitempty"` // of the last hour
}

// answered is one answer sent, and a hash of the text it was to.
type answered struct {
	At    int64  `json:"t"`
	Text  uint64 `json:"h"`
	Loose bool   `json:"l,omitempty"`
}

// How much is answered to one number in an hour. What an auto-responder on
// the other side can send (the same text again and again, or anything that is
// no command) costs three answers; different commands may ask more, since a
// person types them.
const (
	questionLife = 24 * time.Hour
	talkHour     = time.Hour
	mostAnswers  = 3
	mostCommands = 30
)

// ParseTalk reads what was kept; nothing, or what can't be read, is a new
// conversation.
func ParseTalk(b []byte) Talk {
	var t Talk
	if json.Unmarshal(b, &t) != nil {
		return Talk{}
	}
	return t
}

// Marshal writes it to be kept.
func (t Talk) Marshal() []byte {
	b, err := json.Marshal(t)
	if err != nil {
		return nil // plain values always marshal
	}
	return b
}

// now forgets what is over.
func (t Talk) now(at time.Time) Talk {
	if at.Sub(t.AskedAt) > questionLife {
		t.Asked, t.Numbers, t.Project, t.Near, t.Consultation, t.Opinion = NoQuestion, nil, "", nil, "", ""
	}
	var kept []answered
	for _, a := range t.Answers {
		if at.Unix()-a.At < int64(talkHour/time.Second) {
			kept = append(kept, a)
		}
	}
	t.Answers = kept
	return t
}

// may says whether a text is still answered in this hour.
func (t Talk) may(text string, kind Kind) bool {
	hash, same, loose := hashOf(text), 0, 0
	for _, a := range t.Answers {
		if a.Text == hash {
			same++
		}
		if a.Loose {
			loose++
		}
	}
	return len(t.Answers) < mostCommands && same < mostAnswers && (!kind.loose() || loose < mostAnswers)
}

// loose says whether a machine on the other side might send such texts without
// end, each one different.
func (k Kind) loose() bool {
	switch k {
	case Feedback, Opinion, Rumour, Empty, Greeting, Unsure, Several:
		return true
	}
	return false
}

// answer counts an answer to a text.
func (t Talk) answer(text string, kind Kind, at time.Time) Talk {
	t.Answers = append(append([]answered(nil), t.Answers...), answered{at.Unix(), hashOf(text), kind.loose()})
	return t
}

func hashOf(text string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(Fold(text))) // never fails
	return h.Sum64()
}

// ask remembers a question.
func (t Talk) ask(q Question, at time.Time) Talk {
	opinion, answers := t.Opinion, t.Answers
	return Talk{Asked: q, AskedAt: at, Opinion: opinion, Answers: answers}
}
