package planfile

import (
	"slices"
	"strings"
)

// field is what a column holds.
type field int

// The columns of a list of projects, in the template's order.
const (
	fieldCode field = iota
	fieldTitle
	fieldBambara
	fieldSector
	fieldVillage
	fieldCommune
	fieldCost
	fieldFunders
	fieldStatus
	fieldDue
	fieldNote
	fieldOrder // "N°": a code, unless it only counts the lines
	fieldCount
)

// name is the column as errors name it and as the template writes it.
func (f field) name() string {
	return [fieldCount]string{
		"Code", "Intitulé (français)", "Intitulé (bambara)", "Secteur", "Village", "Commune", "Coût (FCFA)",
		"Financement", "Statut", "Échéance", "Observations", "N°",
	}[f]
}

// synonyms are the headings of each column in the plans of communes we read
// (MALI.md section 2a: PIP and PIA tables), the surest first: where two columns
// of a sheet may be the same field, the surer is read.
func synonyms(f field) []string {
	return [fieldCount][]string{
		{"code", "code projet", "ref", "reference", "identifiant"},
		{
			"titre court", "intitulé court", "titre téléphone", "intitulé", "titre", "intitulé projet", "titre projet", "nom projet", "libellé",
			"désignation", "projet", "projet activité", "activité projet", "activité", "intitulé activité", "action", "intitulé action",
			"intitulé français", "titre français", "français", "fr", "titre fr", "intitulé fr",
		},
		{"bambara", "bamanankan", "bm", "bamanan"},
		{"secteur", "secteur activité", "sous secteur", "secteur sous secteur", "domaine", "axe", "axe stratégique"},
		{"village", "localité", "site", "vfq", "village fraction quartier", "village quartier", "quartier", "localisation", "lieu", "lieu implantation", "village site"},
		{"commune", "code commune", "nom commune"},
		{"coût", "montant", "budget", "coût projet", "montant projet", "devis"},
		{"financement", "source financement", "source", "bailleur", "bailleur fond", "partenaire", "financeur", "partenaire financier"},
		{"statut", "état", "avancement", "état avancement", "niveau avancement", "niveau exécution", "état exécution"},
		{"échéance", "date échéance", "date", "date fin", "date prévue", "délai", "délai exécution", "année", "année réalisation", "année exécution", "année programmation", "période", "période exécution"},
		{"observation", "note", "remarque", "commentaire"},
		{"n", "no", "num", "numéro", "n ordre", "numéro ordre", "n projet", "numéro projet"},
	}[f]
}

// heading is what a header cell was recognised as.
type heading struct {
	field field
	rank  int   // place among the synonyms, 0 the surest
	scale int64 // of a cost: 1, 1 000 or 1 000 000
}

// smallWords say nothing of what a column holds.
func smallWords() []string {
	return []string{"de", "du", "des", "d", "la", "le", "les", "l", "en", "et", "ou", "a", "au", "aux", "par", "un"}
}

// costWords say how a cost was got and counted.
func costWords() []string {
	return []string{"fcfa", "cfa", "f", "xof", "franc", "millier", "million", "estimatif", "estimative", "estime", "estimation", "total", "totau", "prevu", "previsionnel", "prevision", "initial", "global", "m", "mille", "x", "1", "000", "1000", "1000000"}
}

// headings answers for every heading that is known, folded.
func headings() map[string]heading {
	known := map[string]heading{}
	for f := range fieldCount {
		for rank, words := range synonyms(f) {
			known[without(plain(words), smallWords()...)] = heading{field: f, rank: rank, scale: 1}
		}
	}
	return known
}

// recognise reads a header cell; known is made by headings.
func recognise(text string, known map[string]heading) (heading, bool) {
	text = strings.ReplaceAll(text, "\u00ba", " ") // nº, which would read "no"
	whole := without(plain(text), smallWords()...)
	if whole == "" || len(whole) > 60 {
		return heading{}, false
	}
	for word := range strings.FieldsSeq(whole) {
		if slices.Contains(synonyms(fieldBambara), word) {
			return heading{field: fieldBambara, scale: 1}, true
		}
	}
	for _, part := range headerParts(text) {
		if h, ok := known[part]; ok && h.field != fieldCost {
			return h, true
		}
		if h, ok := known[without(part, costWords()...)]; ok && h.field == fieldCost {
			h.scale = scaleOf(whole)
			return h, true
		}
	}
	return heading{}, false
}

// headerParts are the readings of a header: all of it, then without what is
// between brackets, then each side of a bar.
func headerParts(text string) []string {
	open, _, _ := strings.Cut(text, "(")
	parts := []string{text, open}
	parts = append(parts, strings.Split(open, "/")...)
	for i, p := range parts {
		parts[i] = without(plain(p), smallWords()...)
	}
	return slices.DeleteFunc(parts, func(p string) bool { return p == "" })
}

// scaleOf reads "en milliers", "en millions" or "x 1 000" in a folded header.
func scaleOf(header string) int64 {
	switch joined := strings.ReplaceAll(header, " ", ""); {
	case strings.Contains(joined, "1000000"):
		return 1_000_000
	case strings.Contains(joined, "1000"):
		return 1_000
	}
	for word := range strings.FieldsSeq(header) {
		switch word {
		case "millier", "mille":
			return 1_000
		case "million", "m":
			return 1_000_000
		}
	}
	return 1
}

// headerRows is how many filled rows may stand over the header row, itself
// among them.
const headerRows = 20

// header is the row of headings of a sheet.
type header struct {
	row, last int // the rows it takes; data start after the last
	columns   map[field]int
	scale     int64
	twice     []twin         // two columns for one field
	ignored   map[int]string // columns whose heading means nothing here
}

// twin are two columns that may be the same field; the first is read unless
// they are equally sure.
type twin struct {
	field      field
	read, left int
	sure       bool
}

// findHeader finds the row where most headings are recognised. Titles and the
// commune's name may stand above it.
func findHeader(t *table) (header, bool) {
	known := headings()
	var best header
	for _, r := range t.rows[:min(len(t.rows), headerRows)] {
		if h := readHeader(r, known); len(h.columns) > len(best.columns) && h.enough() {
			best = h
		}
	}
	if len(best.columns) == 0 {
		return best, false
	}
	for col := range maxColumns {
		// A header over two rows is merged downwards somewhere.
		if a, ok := t.mergeAt(col+1, best.row); ok && a.bottom <= best.row+3 {
			best.last = max(best.last, a.bottom)
		}
	}
	return best, true
}

// enough: two columns, one of them saying which project a line is.
func (h header) enough() bool {
	_, code := h.columns[fieldCode]
	_, title := h.columns[fieldTitle]
	_, order := h.columns[fieldOrder]
	return len(h.columns) >= 2 && (code || title || order)
}

func readHeader(r row, known map[string]heading) header {
	h := header{row: r.n, last: r.n, columns: map[field]int{}, scale: 1, ignored: map[int]string{}}
	ranks := map[field]int{}
	for _, col := range r.filled() {
		text := tidy(r.at(col).shown)
		is, ok := recognise(text, known)
		before, twice := h.columns[is.field]
		switch {
		case !ok:
			h.ignored[col] = text
			continue
		case twice && ranks[is.field] <= is.rank:
			h.twice = append(h.twice, twin{is.field, before, col, ranks[is.field] < is.rank})
			continue
		case twice:
			h.twice = append(h.twice, twin{is.field, col, before, true})
		}
		h.columns[is.field], ranks[is.field] = col, is.rank
		if is.field == fieldCost {
			h.scale = is.scale
		}
	}
	return h
}
