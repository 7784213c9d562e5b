package export

import (
	"errors"
	"slices"
	"testing"

	"github.com/jamakan/jamakan/civic"
)

// TestNames: files have the names that were said before any was made.
func TestNames(t *testing.T) {
	for _, v := range []civic.Visibility{civic.Live, civic.AfterClose, civic.ParticipationOnly} {
		for _, o := range []Options{
			{Profile: Public},
			{Profile: Coordination, HXL: true, DemoSmallCells: true},
			{Profile: Public, Formats: []string{"datapackage"}},
			{Profile: Coordination, Commune: "99999999"},
			{Profile: "nobody"},
			{Profile: Public, Formats: []string{"doc"}},
		} {
			src := aSource(t, v, true)
			o.Week = week(t, "2026-W48")
			for range 2 {
				files, wrong := Render(src, o)
				names, err := Names(src, o)
				if (wrong == nil) != (err == nil) || wrong != nil && !errors.Is(err, errors.Unwrap(wrong)) {
					t.Errorf("%+v: %v, want %v", o, err, wrong)
				}
				if !slices.EqualFunc(names, files, func(name string, f File) bool { return name == f.Name }) {
					t.Errorf("%+v: %q, want those of %d files", o, names, len(files))
				}
				src.Report, src.Counted = nil, Counted{} // closed before there were reports
			}
		}
	}
}
