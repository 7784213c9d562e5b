package export

import (
	"fmt"
	"strings"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export/table"
	"github.com/jamakan/jamakan/store"
)

// readme says what the files are, what is hidden in them, what was corrected,
// and what each column means.
func (b *book) readme() File {
	return text(b.fileName("LISEZMOI", ".txt"), func() (string, error) {
		var s strings.Builder
		say := func(format string, args ...any) { fmt.Fprintf(&s, format+"\r\n", args...) }
		for _, line := range b.cover() {
			say("%s", line)
		}
		say("")
		for _, line := range b.cautions() {
			say("- %s", line)
		}
		say("")
		say("Fichiers :")
		for _, f := range b.files {
			say("  %s", f.Name)
		}
		for _, t := range b.tables {
			say("")
			say("%s : %s", t.Name, t.Means)
			for _, c := range t.Columns {
				say("  %-28s %s", c.Name, explain(c))
			}
		}
		return s.String(), nil
	})
}

// explain is what a column means, with its unit and what its share is of.
func explain(c table.Column) string {
	said := c.Means
	if c.Unit != "" {
		said += " Unité : " + c.Unit + "."
	}
	if c.Base != "" {
		said += " Base : " + c.Base + "."
	}
	return said
}

// cover are the lines that name the week.
func (b *book) cover() []string {
	end := b.o.Week.End().Add(-time.Second)
	lines := []string{fmt.Sprintf("Semaine %s, du %s au %s (heure de Bamako), %s.", b.o.Week, frenchDay(b.o.Week.Start()), frenchDay(end), map[bool]string{true: "provisoire", false: "définitif"}[b.provisional()])}
	if b.fictional() {
		lines = append(lines, mention+" : une démonstration ; rien de ceci n'a eu lieu.")
	}
	for _, p := range b.polls {
		line := "Plan " + p.planCode() + " : " + table.Clean(p.planTitle().In("fr"))
		if p.sheet != nil {
			line += " ; consultation " + p.sheet.Consultation.Code + ", " + votingState(p.sheet)
		}
		lines = append(lines, line+".")
	}
	for _, c := range b.corrections() {
		line := "RECTIFICATIF du " + frenchDay(c.At)
		if c.Commune != "" {
			line += " (" + b.placeName(c.Commune) + ")"
		}
		lines = append(lines, line+" : "+table.Clean(c.Text))
	}
	return lines
}

// cautions are what a reader must know before she quotes a figure.
func (b *book) cautions() []string {
	lines := []string{
		"Une consultation, ce n'est pas une élection.",
		"On compte des numéros de téléphone, pas des personnes : une personne peut avoir plusieurs numéros, et un téléphone servir à plusieurs.",
		"Chacun répond s'il le veut : ces chiffres disent ce qu'ont dit ceux qui ont répondu, pas ce que pense toute la commune.",
		fmt.Sprintf("Profil %s : rien n'est montré de moins de %d, ni par différence avec une autre semaine ou un total. Une case cachée porte la lettre %s ; la colonne motif dit pourquoi.", b.o.Profile, b.k, table.HiddenMark),
		"Quand un chiffre ne peut pas changer sans trahir quelqu'un, le dernier publié reste, et sa semaine est dite.",
		"Une part est toujours à côté de sa base. Non renseigné est une ligne comme les autres.",
		"L'affiche est faite pour un mur : elle suit toujours la règle du profil public.",
		"Les fichiers CSV du dossier principal sont pour Excel (point-virgule, virgule décimale, codes derrière " + placeGuard + ") ; ceux de " + dataFolder + " sont pour les programmes, avec les mêmes lignes.",
	}
	if b.o.DemoSmallCells {
		lines = append(lines, "Petits nombres montrés pour les consultations FICTIVES seulement (--demo-small-cells).")
	}
	if n := b.lost(); n > 0 {
		lines = append(lines, fmt.Sprintf("La passerelle s'est arrêtée %d fois sans prévenir : à chaque fois, jusqu'à une minute de comptes d'appels et de SMS manque. Aucun vote ne manque.", n))
	}
	if len(b.apart()) > 0 {
		lines = append(lines, fmt.Sprintf("Réponses à part : elles attendent en mémoire et sont écrites par dix et plus ; jusqu'à %d par commune et question peuvent manquer pour chaque arrêt de la passerelle. Elles ne disent rien de ceux qu'on n'a pas interrogés.", store.ApartWaits))
	}
	if b.provisional() {
		lines = append(lines, "La semaine n'est pas finie : ces fichiers sont provisoires.")
	}
	return lines
}

// lost is how often counts of calls were lost.
func (b *book) lost() (n int64) {
	if b.src.Report == nil {
		return 0
	}
	for _, r := range b.src.Report.Traffic {
		if r.Measure == civic.Lost {
			n += r.N
		}
	}
	return n
}
