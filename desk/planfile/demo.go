package planfile

import (
	_ "embed" // the demonstration's plan
	"strings"
	"time"

	"github.com/jamakan/jamakan/civic"
)

//go:embed demo.yaml
var demo string

// DemoFile is the demonstration's plan file, with its dates as written: an
// example to start a real one from.
func DemoFile() []byte { return []byte(demo) }

// demoMonday is the Monday that the file's dates are written around.
const demoMonday = "2026-11-23"

// Demo is the demonstration's plan, its dates moved so that its consultation
// opened a week before the present Monday and closes four weeks after.
func Demo(now time.Time) civic.Plan {
	p, err := Read([]byte(demo))
	if err != nil {
		panic(err) // the embedded file is wrong: a test says so first
	}
	written, err := time.ParseInLocation(time.DateOnly, demoMonday, civic.Bamako)
	if err != nil {
		panic(err)
	}
	shift := civic.WeekOf(now).Start().Sub(written)
	move := func(t *time.Time) {
		if !t.IsZero() {
			*t = t.Add(shift)
		}
	}
	for i := range p.Projects {
		move(&p.Projects[i].Due)
		for j := range p.Projects[i].History {
			move(&p.Projects[i].History[j].On)
		}
	}
	for i := range p.Consultations {
		move(&p.Consultations[i].Opens)
		move(&p.Consultations[i].Closes)
	}
	p.Code = strings.ToUpper(p.Code)
	return p
}
