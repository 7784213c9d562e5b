package civic

import (
	"cmp"
	"slices"
)

// What a person is asked of herself that could harm her: counted apart from
// everything else she does, and kept of nobody. store/apart.go says how.

// ApartQuestion is one of these questions. The words are those of the files.
type ApartQuestion string

// The questions.
const (
	AboutDisability   ApartQuestion = "pvh" // personnes vivant avec un handicap: hard to see, hear or walk
	AboutDisplacement ApartQuestion = "pdi" // personnes déplacées internes: fled because of the conflict
)

// ApartQuestions are all of them, in the order they are asked.
func ApartQuestions() []ApartQuestion { return []ApartQuestion{AboutDisability, AboutDisplacement} }

// Reply is what she said. To pass over is a reply like the others.
type Reply uint8

// The replies.
const (
	Passed Reply = iota
	SaidYes
	SaidNo
	Replies = 3 // how many there are
)

// ApartAt is where a reply counts. It has no time.
type ApartAt struct {
	Consultation string        `json:"consultation"`
	Commune      Code          `json:"commune"`
	Question     ApartQuestion `json:"question"`
}

// Apart are the replies to one question, by reply.
type Apart [Replies]int64

// Total is how many there are.
func (a Apart) Total() int64 { return a[Passed] + a[SaidYes] + a[SaidNo] }

// ApartRow is a count and where it is of.
type ApartRow struct {
	ApartAt
	N Apart `json:"n"`
}

// SortApart puts rows in a fixed order.
func SortApart(rows []ApartRow) {
	slices.SortFunc(rows, func(a, b ApartRow) int {
		return cmp.Or(cmp.Compare(a.Consultation, b.Consultation), cmp.Compare(a.Commune, b.Commune), cmp.Compare(a.Question, b.Question))
	})
}

// LeastApart is the fewest numbers that a published figure of these replies is
// made of, for every reader: coordinators are no exception.
const LeastApart = 10

// ApartFigure is what may be told of a row.
type ApartFigure struct {
	ApartAt
	Yes, No int64
	Passed  int64 // -1: not told
}

// TellApart says what may be told of a row: nothing, unless both yes and no
// were said by LeastApart numbers, so that neither a figure nor its complement
// is small; and how many passed, unless they are few. Nothing else is published
// of these replies, no sum and no second week, so that nothing follows by
// difference.
func TellApart(r ApartRow) (ApartFigure, bool) {
	f := ApartFigure{r.ApartAt, r.N[SaidYes], r.N[SaidNo], r.N[Passed]}
	if f.Passed < LeastApart {
		f.Passed = -1
	}
	return f, f.Yes >= LeastApart && f.No >= LeastApart
}
