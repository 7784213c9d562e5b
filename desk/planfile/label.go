package planfile

import (
	"strings"
	"time"

	"github.com/jamakan/jamakan/civic"
)

// label is a status as French people write it.
func label(s civic.Status) string {
	switch s {
	case civic.Proposed:
		return "proposé"
	case civic.Retained:
		return "retenu"
	case civic.Programmed:
		return "programmé"
	case civic.Funded:
		return "financé"
	case civic.NotStarted:
		return "pas commencé"
	case civic.Underway:
		return "en cours"
	case civic.Late:
		return "en retard"
	case civic.Done:
		return "achevé"
	case civic.Broken:
		return "en panne"
	case civic.Abandoned:
		return "abandonné"
	default:
		return string(s)
	}
}

func labels() []string {
	var all []string
	for _, s := range civic.Statuses() {
		all = append(all, label(s))
	}
	return all
}

// statusOf reads a status: its word in a plan file, its label, or what a
// follow-up table says for it.
func statusOf(text string) (civic.Status, bool) {
	word := strings.TrimRight(plain(text), "e") // achevée, achevées
	for _, s := range civic.Statuses() {
		for _, known := range append([]string{string(s), label(s)}, otherWords(s)...) {
			if strings.TrimRight(plain(known), "e") == word && word != "" {
				return s, true
			}
		}
	}
	return "", false
}

func otherWords(s civic.Status) []string {
	switch s {
	case civic.Proposed:
		return []string{"proposition", "prévu", "planifié"}
	case civic.Funded:
		return []string{"financement acquis"}
	case civic.NotStarted:
		return []string{"non commencé", "non démarré", "pas démarré"}
	case civic.Underway:
		return []string{"en cours d'exécution", "en cours de réalisation", "encours", "démarré", "commencé"}
	case civic.Late:
		return []string{"retard"}
	case civic.Done:
		return []string{"terminé", "réalisé", "exécuté", "fini", "réceptionné"}
	case civic.Broken:
		return []string{"panne"}
	case civic.Abandoned:
		return []string{"annulé", "supprimé"}
	default:
		return nil
	}
}

// funderSeparator parts funders in a cell.
const funderSeparator = " ; "

// fundersOf reads "commune ; État", or with commas or plus signs where there
// is no semicolon.
func fundersOf(text string) []string {
	cuts := ",+"
	if strings.ContainsAny(text, ";\n") {
		cuts = ";\n"
	}
	var list []string
	for one := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(cuts, r) }) {
		if one = tidy(one); one != "" {
			list = append(list, one)
		}
	}
	return list
}

// dueText writes a date as the template's cells hold it.
func dueText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(civic.Bamako)
	if t.Hour() != 0 || t.Minute() != 0 {
		return t.Format("02/01/2006 15:04")
	}
	return t.Format("02/01/2006")
}

// projectText is a field of a project as the template's cells show it.
func projectText(p *civic.Project, f field) string {
	switch f {
	case fieldCode:
		return p.Code
	case fieldTitle:
		return p.Title["fr"]
	case fieldBambara:
		return p.Title["bm"]
	case fieldSector:
		return p.Sector
	case fieldVillage:
		return p.Village
	case fieldCommune:
		return string(p.Commune)
	case fieldCost:
		return amount(p.Cost)
	case fieldFunders:
		return strings.Join(p.Funders, funderSeparator)
	case fieldStatus:
		return label(p.Status)
	case fieldDue:
		return dueText(p.Due)
	default:
		return ""
	}
}
