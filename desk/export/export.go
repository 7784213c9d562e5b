package export

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/locales"
)

// Profile is who a file is for.
type Profile string

// The profiles: public hides cells under 10, coordination under 5.
const (
	Public       Profile = "public"
	Coordination Profile = "coordination"
)

// smallest is the least count a profile publishes.
func (p Profile) smallest() (int64, error) {
	switch p {
	case Public:
		return 10, nil
	case Coordination:
		return 5, nil
	}
	return 0, fmt.Errorf("%q: %w", p, ErrProfile)
}

// Errors of an export. Each says what to write instead.
var (
	// ErrProfile: no such profile.
	ErrProfile = errors.New("not a profile; write public or coordination")
	// ErrFormat: no such format.
	ErrFormat = errors.New("not a format")
	// ErrNoWeek: nothing was known of the week.
	ErrNoWeek = errors.New("no consultation had begun by that week; choose a later one")
	// ErrCommune: no plan covers that commune.
	ErrCommune = errors.New("no plan covers that commune; give the code of one in a plan's scope")
	// ErrLeaves: the leaves of the log don't make the root that was promised.
	ErrLeaves = errors.New("the list of receipts does not give the checkpoint's root: run check")
)

// Options are what is asked for.
type Options struct {
	Week           civic.Week
	Commune        civic.Code   // "" for all
	Territory      []civic.Code // places and all below them; none for all
	Profile        Profile
	Formats        []string // of Formats; none for all
	DemoSmallCells bool     // show everything of a fictive consultation
	HXL            bool     // a row of humanitarian exchange tags under the header
	License        string   // what the commune chose; "": ODbL-1.0, said to be proposed
}

// Leaf is one line of the ballot log as a stranger sees it.
type Leaf struct {
	Index   uint64 // from 0 (RFC 6962)
	Receipt string
	Hash    string // of the leaf, hexadecimal
}

// Counted says which parts of a report are really counted: an absent part is
// a column left out, not a column of zeros.
type Counted struct {
	Traffic  bool // calls and texts
	Ballots  bool // ballots cast and changed
	Feedback bool
	Messages bool // SMS sent
}

// Gateway is what a poster says of how to reach it.
type Gateway struct {
	Ussd      string // *384*55#
	ShortCode string // "" where no SMS is in service
	Contact   string // a line of the commune's own; may be ""
}

// Telling is what may be told of a consultation with a least count, at the end
// of the week and at the end of the week before.
type Telling func(consultation string, least int64) (now, before civic.Published)

// Source is what is known of a week.
type Source struct {
	Series      []civic.Sheet // of every consultation: of the week, and, without Told, from its opening on
	Told        Telling       // nil: worked out from Series
	Report      *civic.Report // nil: nothing besides the votes
	Counted     Counted
	Corrections []civic.Correction
	Leaves      iter.Seq2[Leaf, error] // of the log up to Report.LogSize; nil: none. Read as often as it is written.
	Gateway     Gateway
	Catalog     *locales.Catalog // nil: the languages built in
}

// covers says whether the options ask for a commune.
func (o *Options) covers(commune civic.Code) bool {
	if o.Commune != "" && commune != o.Commune {
		return false
	}
	return len(o.Territory) == 0 || slices.ContainsFunc(o.Territory, func(place civic.Code) bool {
		return place != "" && strings.HasPrefix(string(commune), string(place))
	})
}

// Render makes the files of a week. Nothing is written before a file's Write
// is called, and each may be written again.
func Render(src *Source, o Options) ([]File, error) {
	chosen, err := choose(o.Formats)
	if err != nil {
		return nil, err
	}
	b, err := bind(src, o)
	if err != nil {
		return nil, err
	}
	for _, f := range chosen {
		made, err := f.render(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		for _, one := range made {
			b.files = append(b.files, b.scale.weighed(one))
		}
	}
	b.files = append(b.files, b.scale.weighed(b.readme()))
	return append(b.files, b.sums()), nil
}

// Names are the names of the files that Render makes. Nothing of the votes is
// worked out for them, so that a page that lists the files comes at once.
func Names(src *Source, o Options) ([]string, error) {
	bare := *src
	bare.Told = func(string, int64) (now, before civic.Published) { return now, before }
	files, err := Render(&bare, o)
	names := make([]string, len(files))
	for i := range files {
		names[i] = files[i].Name
	}
	return names, err
}
