package menu

import (
	"encoding/binary"
	"errors"

	"github.com/jamakan/jamakan/civic"
)

// Name names a screen.
type Name string

// State is where a dialogue stands: small plain values. What may be stored of
// it is what Append writes.
type State struct {
	Screen       Name
	Lang         string
	Commune      civic.Code
	Pending      civic.Code // commune to confirm
	Near         string     // communes a typed name may mean, joined with commas
	Consultation string
	Option       uint16 // looked at; cleared when the ballot is cast
	Project      uint16 // followed: its place in the list, from 1
	Topic        string
	Sex          civic.Sex
	Age          civic.Age
	Page         uint8
	Errors       uint8
	Resume       Name // where "continue" leads
	Revision     uint64

	// said is the outcome the screen tells of. It is never stored: it holds a
	// receipt.
	said civic.Outcome
}

// ErrState: bytes that are no state of this version.
var ErrState = errors.New("not a dialogue's state")

const stateVersion = 1

// Append writes the state behind dst, without the receipt it may show.
func (s State) Append(dst []byte) []byte {
	dst = append(dst, stateVersion)
	for _, text := range []string{string(s.Screen), s.Lang, string(s.Commune), string(s.Pending), s.Near, s.Consultation, s.Topic, string(s.Resume)} {
		dst = binary.AppendUvarint(dst, uint64(len(text)))
		dst = append(dst, text...)
	}
	for _, n := range []uint64{uint64(s.Option), uint64(s.Project), uint64(s.Sex), uint64(s.Age), uint64(s.Page), uint64(s.Errors), s.Revision} {
		dst = binary.AppendUvarint(dst, n)
	}
	return dst
}

// ParseState reads what Append wrote. Its only error is ErrState.
func ParseState(b []byte) (State, error) {
	if len(b) == 0 || b[0] != stateVersion {
		return State{}, ErrState
	}
	b = b[1:]
	var texts [8]string
	for i := range texts {
		n, used := binary.Uvarint(b)
		if used <= 0 || n > uint64(len(b)-used) {
			return State{}, ErrState
		}
		texts[i], b = string(b[used:used+int(n)]), b[used+int(n):]
	}
	var numbers [7]uint64
	for i := range numbers {
		n, used := binary.Uvarint(b)
		if used <= 0 || i < 2 && n > 0xffff || i >= 2 && i < 6 && n > 0xff {
			return State{}, ErrState
		}
		numbers[i], b = n, b[used:]
	}
	if len(b) != 0 {
		return State{}, ErrState
	}
	return State{
		Screen: Name(texts[0]), Lang: texts[1], Commune: civic.Code(texts[2]), Pending: civic.Code(texts[3]), Near: texts[4],
		Consultation: texts[5], Topic: texts[6], Resume: Name(texts[7]),
		Option: uint16(numbers[0]), Project: uint16(numbers[1]), Sex: civic.Sex(numbers[2]), Age: civic.Age(numbers[3]),
		Page: uint8(numbers[4]), Errors: uint8(numbers[5]), Revision: numbers[6],
	}, nil
}
