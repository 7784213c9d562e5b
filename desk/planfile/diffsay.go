package planfile

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jamakan/jamakan/civic"
)

// Lines writes the diff for a terminal or a page: + added, ~ changed, - taken
// out, and each field before and after.
func (d Diff) Lines() []string {
	var say []string
	switch {
	case d.New:
		say = append(say, "Plan "+d.Plan+" : nouveau.")
	case d.Empty():
		say = append(say, "Plan "+d.Plan+" : rien à changer.")
	default:
		say = append(say, "Plan "+d.Plan+" : ce que l'import changerait.")
	}
	for _, f := range d.Fields {
		say = append(say, "  ~ "+f.String())
	}
	say = append(say, entries("projet", d.Projects)...)
	say = append(say, entries("consultation", d.Consultations)...)
	say = append(say, fmt.Sprintf("Projets : %d ajoutés, %d changés, %d retirés, %d inchangés.", d.Count(Added), d.Count(Changed), d.Count(Removed), d.Unchanged))
	if len(d.Remarks) > 0 {
		say = append(say, "Remarques :")
	}
	for _, r := range d.Remarks {
		say = append(say, "  "+r.String())
	}
	if d.Refused != "" {
		say = append(say, "REFUSÉ : "+d.Refused)
	}
	return say
}

func entries(what string, list []Entry) []string {
	var say []string
	for _, e := range list {
		line := "  " + map[Action]string{Added: "+", Changed: "~", Removed: "-"}[e.Action] + " " + what + " " + e.Code
		if e.Title != "" {
			line += " « " + e.Title + " »"
		}
		say = append(say, line)
		for _, f := range e.Fields {
			say = append(say, "      "+f.String())
		}
	}
	return say
}

// String is the change as a coordinator reads it.
func (f FieldChange) String() string {
	switch {
	case f.Old == "":
		return f.Field + " : " + f.New
	case f.New == "":
		return f.Field + " : " + f.Old + " → (rien)"
	default:
		return f.Field + " : " + f.Old + " → " + f.New
	}
}

func placesText(places []civic.Place) string {
	var list []string
	for _, p := range places {
		list = append(list, strings.Join(append([]string{string(p.Code) + " " + p.Name}, p.Aliases...), " ou "))
	}
	return strings.Join(list, ", ")
}

func populationText(p *civic.Plan) string {
	var list []string
	for _, c := range slices.Sorted(maps.Keys(p.Population)) {
		r := p.Population[c]
		list = append(list, fmt.Sprintf("%s %s habitants, %s de plus de 15 ans (%s, %d)", c, grouped(int64(r.Total)), grouped(int64(r.Over15)), r.Source, r.Year))
	}
	return strings.Join(list, ", ")
}
