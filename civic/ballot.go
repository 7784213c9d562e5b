package civic

import "time"

// VoterID is HMAC(consultation key, number): the same number has another
// VoterID in each consultation, so ballots can't be joined across them.
type VoterID [16]byte

// Mark is one option of a ballot and what it was given: 1 for a choice, a
// rank from 1, a mark on a scale.
type Mark struct {
	Option uint16
	Value  int16
}

// Channel is how a ballot reached us.
type Channel uint8

// The channels.
const (
	ChannelUSSD Channel = 1
	ChannelSMS  Channel = 2
)

// Sex as declared; 0 is "non renseigné".
type Sex uint8

// The declared sexes.
const (
	SexUnknown Sex = iota
	Female
	Male
)

// Age is a declared age band; 0 is "non renseigné". 15-35 is "jeune" in
// Malian usage.
type Age uint8

// The age bands of the question profile.age.
const (
	AgeUnknown Age = iota
	Under15
	From15To35
	From36To59
	Over60
)

// Group is what is counted beside a choice. It is all that is kept of a
// person next to a ballot.
type Group struct {
	Channel Channel `json:"channel"`
	Lang    string  `json:"lang"` // language tag, 8 bytes at most
	Sex     Sex     `json:"sex"`
	Age     Age     `json:"age"`
}

// Kind is what a record of the log says.
type Kind uint8

// The kinds of record.
const (
	Cast    Kind = 1 // a ballot; it replaces the voter's earlier one
	Declare Kind = 2 // the same voter's ballot moves to another Group (sex and age told after the vote)
)

// Record is one line of the append-only ballot log and one leaf of its Merkle
// tree. It never holds a citizen key.
type Record struct {
	Seq          uint64    // place in the log, from 1; given by the engine
	At           time.Time // when it was taken, whole seconds UTC, never before the record before it; given by the engine
	Kind         Kind
	Consultation string
	Voter        VoterID
	Place        Code // commune
	Group        Group
	Marks        []Mark   // what was chosen; in a Declare, copied from the ballot it moves
	Receipt      uint32   // number behind the citizen's code; a Declare keeps the ballot's
	Replaces     uint64   // Seq of the record this one takes the place of, 0 if none
	First        uint64   // Seq of the voter's first Cast in this consultation, 0 if this is it
	Nonce        [16]byte // secret: the leaf commits to the choice without showing it
	Event        [16]byte // keyed hash of the message that caused it, so that a repeat is known as one
}
