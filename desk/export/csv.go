package export

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/jamakan/jamakan/civic"
)

// column is one column of the file: its name, what it means, its value.
type column struct {
	name, means string
	value       func(*row) string
}

func columns() []column {
	return []column{
		{"semaine", "semaine ISO, du lundi au dimanche, heure de Bamako", func(r *row) string { return r.sheet.Week.String() }},
		{"date_debut", "lundi de la semaine", func(r *row) string { return day(r.sheet.Week.Start()) }},
		{"date_fin", "dimanche de la semaine", func(r *row) string { return day(r.sheet.Week.End().Add(-time.Second)) }},
		{"etat", "provisoire tant que la semaine n'est pas finie, puis definitif pour toujours", state},
		{"fictif", "FICTIF pour une démonstration, vide pour de vrai", fictional},
		{"code_plan", "code du plan (PDESC)", func(r *row) string { return r.sheet.PlanCode }},
		{"code_scrutin", "code de la consultation", func(r *row) string { return r.sheet.Consultation.Code }},
		{"question", "la question posée, en français", func(r *row) string { return r.sheet.Consultation.Question.In("fr") }},
		{"region", "région", func(r *row) string { return around(r, civic.Region).Name }},
		{"cercle", "cercle", func(r *row) string { return around(r, civic.Cercle).Name }},
		{"arrondissement", "arrondissement", func(r *row) string { return around(r, civic.Arrondissement).Name }},
		{"code_commune", "code officiel à 8 chiffres ; un tableur peut en perdre le zéro", func(r *row) string { return string(r.commune) }},
		{"commune_cle", "le même code derrière ML-, qu'aucun tableur n'abîme", func(r *row) string { return "ML-" + string(r.commune) }},
		{"commune", "commune", func(r *row) string { return around(r, civic.Commune).Name }},
		{"option", "numéro de l'option sur le téléphone ; vide : tous les numéros qui ont voté", number},
		{"code_projet", "code du projet", func(r *row) string { return optional(r, func(o *civic.Option) string { return o.Project }) }},
		{"projet_fr", "intitulé en français", func(r *row) string { return optional(r, func(o *civic.Option) string { return o.Label.In("fr") }) }},
		{"projet_bm", "intitulé en bambara", func(r *row) string { return optional(r, func(o *civic.Option) string { return o.Label.In("bm") }) }},
		{"dimension", "total, canal, langue, sexe ou age", func(r *row) string { return string(r.dimension) }},
		{"modalite", "valeur de la dimension ; non_renseigne est une valeur", func(r *row) string { return r.modality }},
		{"voix_semaine", "changement depuis la publication d'avant ; un vote changé compte -1 et +1", func(r *row) string { return shown(r, r.change) }},
		{"voix_cumul", "total depuis l'ouverture", func(r *row) string { return shown(r, r.total) }},
		{"base", "numéros dont le vote compte dans la commune", func(r *row) string { return shown(r, r.base) }},
		{"part", "voix_cumul pour cent de base", share},
		{"supprime", "1 : caché (petit nombre, ou résultats à la clôture)", func(r *row) string { return strconv.Itoa(map[bool]int{true: 1}[r.hidden]) }},
		{"motif", "pourquoi c'est caché, ou à quelle semaine c'est arrêté", func(r *row) string { return r.why }},
	}
}

func day(t time.Time) string { return t.In(civic.Bamako).Format("02/01/2006") }

func state(r *row) string {
	if r.sheet.Provisional {
		return "provisoire"
	}
	return "definitif"
}

func fictional(r *row) string {
	if r.sheet.Fictional {
		return "FICTIF"
	}
	return ""
}

func around(r *row, l civic.Level) civic.Place {
	for _, p := range r.sheet.Places {
		if p.Code.Level() == l && strings.HasPrefix(string(r.commune), string(p.Code)) {
			return p
		}
	}
	return civic.Place{}
}

func optional(r *row, f func(*civic.Option) string) string {
	if r.option == nil {
		return ""
	}
	return f(r.option)
}

func number(r *row) string {
	return optional(r, func(o *civic.Option) string { return strconv.Itoa(o.Number) })
}

func shown(r *row, n int64) string {
	if r.hidden {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func share(r *row) string {
	if r.hidden || r.base == 0 {
		return ""
	}
	return strings.Replace(strconv.FormatFloat(float64(r.total)*100/float64(r.base), 'f', 1, 64), ".", ",", 1)
}

// bom lets Excel read UTF-8.
const bom = "\ufeff"

// renderCSV writes what a French Excel opens by a double click: UTF-8 with a
// BOM, semicolons, CRLF (RFC 4180), decimal commas.
func renderCSV(rows []row, o Options) File {
	var out bytes.Buffer
	out.WriteString(bom)
	w := csv.NewWriter(&out)
	w.Comma, w.UseCRLF = ';', true
	all := columns()
	line := make([]string, len(all))
	for i, c := range all {
		line[i] = neutral(c.name)
	}
	_ = w.Write(line) // a bytes.Buffer takes everything
	for i := range rows {
		for j, c := range all {
			line[j] = c.value(&rows[i])
			if !numeric(c.name) {
				line[j] = neutral(line[j])
			}
		}
		_ = w.Write(line)
	}
	w.Flush()
	return File{Name: name("hebdo_votes", o) + ".csv", Data: out.Bytes()}
}

// numeric columns hold real numbers, which may be negative.
func numeric(column string) bool {
	return column == "voix_semaine" || column == "voix_cumul" || column == "base" || column == "part"
}

// neutral keeps a spreadsheet from reading a text as a formula (OWASP ASVS
// 5.0, 1.2.10): an apostrophe before what begins like one.
func neutral(s string) string {
	first := strings.TrimLeftFunc(s, func(r rune) bool {
		return r == ' ' || r == '\ufeff' || unicode.Is(unicode.Zs, r) || unicode.Is(unicode.Cf, r)
	})
	if first == "" {
		return s
	}
	if strings.ContainsRune("=+-@\t\r\n\x00|%＝＋－＠", []rune(first)[0]) {
		return "'" + s
	}
	return s
}

func name(kind string, o Options) string {
	n := kind + "_" + o.Week.String()
	if o.Commune != "" {
		n += "_" + string(o.Commune)
	}
	return n + "_" + string(o.Profile)
}

// readme says what each column means, and what is hidden.
func readme(o Options) File {
	var b strings.Builder
	k, _ := o.Profile.smallest() // Render has checked the profile
	fmt.Fprintf(&b, "Semaine %s, du %s au %s (heure de Bamako).\r\n", o.Week, day(o.Week.Start()), day(o.Week.End().Add(-time.Second)))
	b.WriteString("Une consultation, ce n'est pas une élection. On compte des numéros de téléphone, pas des personnes.\r\n\r\n")
	fmt.Fprintf(&b, "Profil %s : rien n'est montré de moins de %d numéros, ni par différence avec une autre semaine ou un total ;\r\n", o.Profile, k)
	b.WriteString("dans ce cas le dernier état publié reste, et la colonne motif dit de quelle semaine il est.\r\n")
	if o.DemoSmallCells {
		b.WriteString("Petits nombres montrés pour les consultations FICTIVES seulement (--demo-small-cells).\r\n")
	}
	b.WriteString("\r\nColonnes :\r\n")
	for _, c := range columns() {
		fmt.Fprintf(&b, "  %-15s %s\r\n", c.name, c.means)
	}
	return File{Name: name("LISEZMOI", o) + ".txt", Data: []byte(b.String())}
}
