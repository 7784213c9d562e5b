package export

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/jamakan/jamakan/civic"
)

func TestLook(t *testing.T) {
	dir := os.Getenv("LOOK")
	if dir == "" {
		t.Skip()
	}
	for sub, src := range map[string]*Source{"live": aSource(t, civic.Live, false), "hidden": aSource(t, civic.ParticipationOnly, false), "closed": aSource(t, civic.AfterClose, true)} {
		for name, b := range made(t, src, Options{Week: week(t, "2026-W48"), Profile: Public}) {
			p := filepath.Join(dir, sub, name)
			os.MkdirAll(filepath.Dir(p), 0o755)
			if err := os.WriteFile(p, b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
