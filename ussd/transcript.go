package ussd

import (
	"hash/maphash"
	"strings"
)

// reading is what a callback's transcript means for a call.
type reading uint8

const (
	readInput    reading = iota // a new input to act on
	readRepeat                  // answered before: the same bytes again
	readDiverged                // neither extends nor repeats: the current screen, no effect
)

// answered is one turn that was answered: the length and hash of its
// transcript (not the transcript), and where its answer lies.
type answered struct {
	hash       uint64
	length     int32
	start, end int32 // of the answer in memory.answers
	over       bool  // the answer ended the call
}

// memory is what a call remembers of its answered turns. An answer is about
// 130 bytes, so a voting call of six turns takes less than 1 KB.
type memory struct {
	seed    maphash.Seed
	turns   []answered
	answers []byte
}

// The most turns and bytes a call remembers; the oldest answers are dropped
// beyond it. Networks end calls after two or three minutes (TELECOM facts,
// 1.1), which is far fewer turns than this.
const (
	maxTurns   = 64
	maxAnswers = 16 << 10
)

// read tells what a transcript means after the turns answered so far. The
// input is a suffix, never a split: a typed `*` is not escaped, so "2*eau*puits"
// after "2" is the one input "eau*puits".
func (m *memory) read(transcript string) (what reading, input string, turn int) {
	hash := maphash.String(m.seed, transcript)
	for i := len(m.turns) - 1; i >= 0; i-- {
		if t := &m.turns[i]; int(t.length) == len(transcript) && t.hash == hash {
			return readRepeat, "", i
		}
	}
	last := &m.turns[len(m.turns)-1]
	if last.over {
		return readDiverged, "", len(m.turns) - 1
	}
	if last.length == 0 {
		return readInput, transcript, 0
	}
	n := int(last.length)
	if len(transcript) > n && transcript[n] == '*' && maphash.String(m.seed, transcript[:n]) == last.hash {
		return readInput, transcript[n+1:], 0
	}
	return readDiverged, "", len(m.turns) - 1
}

// keep remembers the answer to a transcript.
func (m *memory) keep(transcript, text string, over bool) {
	if len(m.turns) == maxTurns || len(m.answers)+len(text) > maxAnswers {
		m.dropOldest()
	}
	start := len(m.answers)
	if cap(m.answers)-start < len(text) { // grown by what is needed: there are many calls, and each is short
		grown := make([]byte, start, start+len(text)+96)
		copy(grown, m.answers)
		m.answers = grown
	}
	m.answers = append(m.answers, text...)
	m.turns = append(m.turns, answered{
		hash:   maphash.String(m.seed, transcript),
		length: int32(len(transcript)),
		start:  int32(start),
		end:    int32(len(m.answers)),
		over:   over,
	})
}

// dropOldest makes room by forgetting the first half of the turns.
func (m *memory) dropOldest() {
	half := len(m.turns) / 2
	if half == 0 {
		return
	}
	from := m.turns[half].start
	m.answers = append(m.answers[:0], m.answers[from:]...)
	m.turns = append(m.turns[:0], m.turns[half:]...)
	for i := range m.turns {
		m.turns[i].start -= from
		m.turns[i].end -= from
	}
}

// answer gives back the answer of a turn.
func (m *memory) answer(turn int) Answer {
	t := &m.turns[turn]
	return Answer{Text: string(m.answers[t.start:t.end]), End: t.over}
}

// splitChain splits a chain whose call is not remembered. It is only right up
// to the first screen that takes free text, where the walk stops.
func splitChain(chain string) []string {
	if chain == "" {
		return nil
	}
	return strings.Split(chain, "*")
}
