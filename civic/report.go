package civic

import (
	"cmp"
	"slices"
	"time"
)

// Measure is one thing counted of the traffic: acts, never numbers.
type Measure string

// The measures.
const (
	Dials     Measure = "dials"     // calls begun
	Completed Measure = "completed" // calls that reached their end, or had recorded what they were made for
	Dropped   Measure = "dropped"   // calls that stopped before; Detail: the screen
	Repeats   Measure = "repeats"   // callbacks sent again and answered the same
	Limited   Measure = "limited"   // calls refused because one number made too many
	TextsIn   Measure = "texts"     // SMS received
	Unclear   Measure = "unclear"   // SMS not understood
	Latency   Measure = "latency"   // turns answered; Detail: within so many milliseconds ("20", "50", ..., "1000", "+")
	Lost      Measure = "lost"      // stops that were not clean: up to a minute of counts is missing for each
)

// TrafficCell is what a count is by. Empty fields are "not known".
type TrafficCell struct {
	Measure  Measure `json:"m"`
	Commune  Code    `json:"c,omitempty"`
	Channel  Channel `json:"ch"`
	Lang     string  `json:"l,omitempty"`
	Operator string  `json:"o,omitempty"` // by the number's prefix: a label, since numbers move
	Detail   string  `json:"d,omitempty"`
}

// TrafficCount is one count of a week.
type TrafficCount struct {
	TrafficCell
	N int64 `json:"n"`
}

// Traffic are the counts of a week.
type Traffic map[TrafficCell]int64

// Rows are the counts in a fixed order.
func (t Traffic) Rows() []TrafficCount {
	rows := make([]TrafficCount, 0, len(t))
	for cell, n := range t {
		if n != 0 {
			rows = append(rows, TrafficCount{cell, n})
		}
	}
	slices.SortFunc(rows, func(a, b TrafficCount) int {
		return cmp.Or(cmp.Compare(a.Measure, b.Measure), cmp.Compare(a.Commune, b.Commune), cmp.Compare(a.Channel, b.Channel),
			cmp.Compare(a.Lang, b.Lang), cmp.Compare(a.Operator, b.Operator), cmp.Compare(a.Detail, b.Detail))
	})
	return rows
}

// Add adds other counts. What sums up to nothing is gone.
func (t Traffic) Add(more Traffic) {
	for cell, n := range more {
		if sum := t[cell] + n; sum != 0 {
			t[cell] = sum
		} else {
			delete(t, cell)
		}
	}
}

// Sum adds what a test chooses.
func (t Traffic) Sum(choose func(TrafficCell) bool) (n int64) {
	for cell, more := range t {
		if choose(cell) {
			n += more
		}
	}
	return n
}

// MessageRow is what became of messages sent in a week.
type MessageRow struct {
	Provider  string `json:"provider"`
	Purpose   string `json:"purpose"`
	Sent      int    `json:"sent"` // handed over
	Delivered int    `json:"delivered"`
	Segments  int    `json:"segments"`
	Cost      string `json:"cost,omitempty"` // "XOF 25.0000"
}

// BallotFlow is how many ballots were cast and changed in a week: acts in the
// log, not numbers that count.
type BallotFlow struct {
	Consultation string `json:"consultation"`
	Commune      Code   `json:"commune"`
	Cast         int64  `json:"cast"`     // first ballots of a number
	Replaced     int64  `json:"replaced"` // ballots that took the place of an earlier one
}

// Report is what a week's files say besides the votes: frozen when the week
// closes, like its sheets.
type Report struct {
	Week        Week           `json:"week"`
	Provisional bool           `json:"provisional,omitempty"`
	AsOf        time.Time      `json:"as_of"`
	Traffic     []TrafficCount `json:"traffic,omitempty"`
	Ballots     []BallotFlow   `json:"ballots,omitempty"`
	Feedback    []FeedbackRow  `json:"feedback,omitempty"` // received, answered or waiting in the week
	Messages    []MessageRow   `json:"messages,omitempty"`
	Apart       []ApartRow     `json:"apart,omitempty"` // of consultations that closed in the week
	Plans       []Plan         `json:"plans,omitempty"` // with their projects' status then
	Places      []Place        `json:"places,omitempty"`
	LogSize     uint64         `json:"log_size"` // ballots in the log at the end of the week
	LogRoot     string         `json:"log_root"` // its Merkle root, hexadecimal; "" when not known
}

// Correction is a line added to a closed week: its figures never change, what
// was wrong in them is said.
type Correction struct {
	At      time.Time `json:"at"`
	Week    Week      `json:"week"`
	Commune Code      `json:"commune,omitempty"` // "" = all
	By      string    `json:"by"`
	Text    string    `json:"text"`
}
