package civic

import "time"

// Citizen is what is known of one number. The number itself is not in it.
type Citizen struct {
	Known   bool   // a profile is stored
	Lang    string // "" = not chosen
	Commune Code   // "" = not chosen
	Sex     Sex
	Age     Age
	Asked   bool // sex and age were asked once
	News    News // whether she wants to be told things
}

// News is whether a number may be sent what it did not ask for.
type News uint8

// The wishes.
const (
	NewsUnasked News = iota // nothing is sent but answers
	NewsYes
	NewsStopped // STOP: nothing is ever sent but the answer to what she sends
)

// Deed is what a citizen does in a step that must be kept, or asks that only
// the store can answer.
type Deed uint8

// The deeds.
const (
	NoDeed       Deed = iota
	CastBallot        // Consultation, Marks
	DeclareGroup      // Sex, Age: kept in the profile, and the ballots of open consultations move
	GiveFeedback      // Topic, Text
	CheckReceipt      // Text: the code as typed; nothing is kept
	SaveProfile       // what Citizen says, when already known and changed; Text: her opinion that gets the commune
	JustAnswer        // nothing but the answer: a text that asks for help
	EraseMe           // her profile, number and texts; ballots stay counted, without number
	AnswerApart       // Consultation, Question, Reply: counted apart; nothing is recorded of her
)

// Act is one deed with its values: a plain value, made by the dialogue and
// carried out by the store.
type Act struct {
	Deed         Deed
	Citizen      Citizen // her profile as the dialogue knows it; written with the first thing recorded
	Consultation string
	Marks        []Mark
	Topic        string
	Text         string
	Question     ApartQuestion
	Reply        Reply
}

// Verdict is how an act ended.
type Verdict uint8

// The verdicts.
const (
	Noted      Verdict = iota + 1 // on disk
	Changed                       // on disk, and replaces an earlier ballot
	Same                          // on disk already with the same choice: the earlier receipt stands
	NotNoted                      // certainly not written
	Unsure                        // nobody knows yet: the disk failed while writing
	TooEarly                      // the consultation is not open yet
	TooLate                       // it closed meanwhile
	Cancelled                     // it was annulled
	NotAllowed                    // not her commune, not an option, or empty
	Found                         // receipt: counts
	Superseded                    // receipt: changed later, on At
	NotFound                      // receipt: unknown code
	Heard                         // reference of an opinion: received, on At
	Answered                      // reference of an opinion: answered
)

// Outcome is what became of an act, small enough to be stored as the reply
// of a command and rendered again, byte for byte, when it is repeated.
type Outcome struct {
	Verdict Verdict
	Code    string    // receipt or reference, as the citizen reads it
	At      time.Time // date to name: closing for Noted, change for Superseded, vote for Found
	First   bool      // first ballot of this number in the consultation; of DeclareGroup: nothing of the kind was asked of it before
	Place   Code      // commune under which the ballot counts, when it is not her present one
}
