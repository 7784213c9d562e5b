package store

import (
	"encoding/hex"
	"strconv"

	"github.com/jamakan/jamakan/civic"
)

func hashKey(kind string, h [16]byte) Key {
	buf := make([]byte, 0, 48)
	buf = append(append(buf, kind...), '/')
	return Key(hex.AppendEncode(buf, h[:]))
}

// DoneKey is where the reply of a command is kept.
func DoneKey(id ID) Key { return hashKey(KindDone, id) }

// CitizenKey is where a profile is kept.
func CitizenKey(h [16]byte) Key { return hashKey(KindCitizen, h) }

// ContactKey is where a sealed number is kept.
func ContactKey(h [16]byte) Key { return hashKey(KindContact, h) }

// SessionKey is where a session's position is kept.
func SessionKey(h [16]byte) Key { return hashKey(KindSession, h) }

// TalkKey is where what was asked by SMS last is kept.
func TalkKey(h [16]byte) Key { return hashKey(KindTalk, h) }

// HandleKey is where a provider's name of a message leads to it.
func HandleKey(h [16]byte) Key { return hashKey(KindHandle, h) }

// ParkedKey is where a report waits for its message.
func ParkedKey(h [16]byte) Key { return hashKey(KindParked, h) }

// VoterKey is the record of a voter's ballot that counts.
func VoterKey(consultation string, voter civic.VoterID) Key {
	buf := make([]byte, 0, 40+len(consultation))
	buf = append(append(append(append(buf, KindVoter...), '/'), consultation...), '/')
	return Key(hex.AppendEncode(buf, voter[:]))
}

// RecordKey is a record of the log by its place in it.
func RecordKey(seq uint64) Key { return Key(KindRecord + "/" + strconv.FormatUint(seq, 10)) }

// ReceiptKey is the record of the Cast with a receipt's number.
func ReceiptKey(number uint32) Key {
	return Key(KindReceipt + "/" + strconv.FormatUint(uint64(number), 10))
}

// PlanKey is where a plan is kept.
func PlanKey(code string) Key { return Key(KindPlan + "/" + code) }

// KeyKey is where a consultation's wrapped voter key is kept.
func KeyKey(consultation string) Key { return Key(KindKey + "/" + consultation) }

// FeedbackKey is where an opinion was kept by its reference, in data from
// before opinions lay in the order they came.
func FeedbackKey(reference string) Key { return Key(KindFeedback + "/" + reference) }

// WeekKey is where a closed week's sheet of a consultation is kept.
func WeekKey(w civic.Week, consultation string) Key {
	return Key(KindWeek + "/" + w.String() + "/" + consultation)
}
