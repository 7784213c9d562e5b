package wall

import (
	"time"

	"github.com/jamakan/jamakan/civic"
)

// Poster is what a commune's page of a week says. Every count in it may be
// shown to everybody.
type Poster struct {
	Commune     string
	Around      string // arrondissement, cercle, region
	Plan        civic.Text
	Week        civic.Week
	Provisional bool
	Fictional   bool
	Printed     time.Time // date of the document: the end of the week

	Question civic.Text
	Vote     Vote
	Adults   int   // residents of 15 and over; 0: not known
	Women    Share // of the residents; not shown: not known
	Young    Share // 15 to 35, of the residents of 15 and over
	Source   string
	Year     int

	Works     []Work
	Asked     []string // summaries of questions that wait
	Waiting   Waiting
	Authority civic.Authority

	Ussd, ShortCode, Contact string
	LogSize                  uint64
	LogRoot                  string // "" when not known

	Corrections []Correction
}

// Vote is the consultation's part.
type Vote struct {
	Asked   bool // there is a consultation
	State   civic.State
	Opens   time.Time
	Closes  time.Time // first instant at which no ballot is taken
	Annul   civic.Text
	Numbers Count
	AsOf    civic.Week // of Numbers
	Women   Share
	Youth   Share
	Choices []Choice // in the order of the page
	More    int      // choices that don't fit
	Votes   Votes
}

// Count is a figure that may be withheld.
type Count struct {
	N     int64
	Shown bool
	Why   civic.Reason
}

// Share is a part of a base, when both are shown.
type Share struct {
	N, Base int64
	Shown   bool
}

// Votes says whether the choices carry their votes, and of which numbers they
// are a part.
type Votes struct {
	Base  int64
	Shown bool
	Why   civic.Reason
}

// Choice is one option.
type Choice struct {
	Number int
	Label  civic.Text
	Votes  Count
}

// Work is a project that is followed.
type Work struct {
	Title    civic.Text
	Sentence string // key of the text that says how far it is
	Due      time.Time
}

// Waiting is how many texts wait for an answer.
type Waiting struct {
	Counted bool // texts are counted at all
	Count
}

// Correction is said beside the figures it corrects.
type Correction struct {
	At   time.Time
	Text string
}
