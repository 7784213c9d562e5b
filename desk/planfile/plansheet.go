package planfile

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jamakan/jamakan/civic"
)

// planSheet is the sheet « Plan »: a field a row, its values in the cells
// after it.
type planSheet struct {
	code string
	rows map[string][]row // by folded field, in order
}

// The fields of the sheet as the template writes them.
const (
	planCode       = "Code du plan"
	planTitle      = "Titre (français)"
	planBambara    = "Titre (bambara)"
	planYears      = "Années"
	planScope      = "Périmètre (codes des communes)"
	planAuthority  = "Autorité"
	planPhase      = "Phase"
	planFictional  = "Fictif"
	planPopulation = "Population"
	planPlace      = "Lieu"
)

// planFields are the fields and the shorter words that people write for them.
func planFields() map[string]string {
	fields := map[string]string{}
	for name, others := range map[string][]string{
		planCode:       {"code"},
		planTitle:      {"titre", "intitulé"},
		planBambara:    {"titre bm", "bambara"},
		planYears:      {"année", "période"},
		planScope:      {"périmètre", "commune"},
		planAuthority:  {},
		planPhase:      {},
		planFictional:  {},
		planPopulation: {},
		planPlace:      {},
	} {
		for _, word := range append(others, name) {
			fields[plain(word)] = name
		}
	}
	return fields
}

func (s *importing) readPlanSheet(t *table) planSheet {
	sheet, known := planSheet{rows: map[string][]row{}}, planFields()
	for _, r := range t.rows {
		word := tidy(r.at(1).shown)
		name, ok := known[plain(word)]
		switch {
		case ok && len(values(r)) > 0:
			if len(sheet.rows[name]) > 0 && name != planPopulation && name != planPlace {
				s.wrong(t, 1, r.n, "« %s » est écrit deux fois ; gardez-en un", cut(word))
			}
			sheet.rows[name] = append(sheet.rows[name], r)
		case ok, plain(word) == "champ", word == "", len(r.filled()) == 1:
		default:
			s.remark(t, 1, r.n, "champ « %s » non lu", cut(word))
		}
	}
	for _, r := range sheet.rows[planCode] {
		sheet.code = tidy(r.at(2).shown)
		if len(sheet.code) > 32 || strings.ContainsAny(sheet.code, "/ ;") || harmful(sheet.code) != "" {
			s.wrong(t, 2, r.n, "« %s » n'est pas un code ; 32 caractères au plus, sans espace ni barre", cut(sheet.code))
			sheet.code = ""
		}
	}
	if len(sheet.rows[planCode]) == 0 {
		s.wrong(t, 1, 1, "il manque « %s »", planCode)
	}
	return sheet
}

// values are the texts after the field's name, without the empty cells at the
// end.
func values(r row) []string {
	var list []string
	for col := 2; col <= len(r.cells); col++ {
		list = append(list, tidy(r.at(col).shown))
	}
	for len(list) > 0 && list[len(list)-1] == "" {
		list = list[:len(list)-1]
	}
	return list
}

// apply writes the sheet's fields into the plan. A new plan needs them all.
func (s *importing) apply(t *table, sheet planSheet, fresh bool) {
	readers := []struct {
		name   string
		needed bool
		read   func(r row)
	}{
		{planPlace, false, func(r row) { s.place(t, r) }},
		{planTitle, true, func(r row) { s.planTitle(t, r, "fr") }},
		{planBambara, false, func(r row) { s.planTitle(t, r, "bm") }},
		{planYears, true, func(r row) { s.years(t, r) }},
		{planScope, true, func(r row) { s.scopeOf(t, r) }},
		{planAuthority, true, func(r row) {
			sheetWord(s, t, r, &s.plan.Authority, []civic.Authority{civic.Council, civic.Delegation, civic.Interim})
		}},
		{planPhase, true, func(r row) { sheetWord(s, t, r, &s.plan.Phase, civic.Phases()) }},
		{planFictional, false, func(r row) { s.fictional(t, r) }},
		{planPopulation, false, func(r row) { s.population(t, r) }},
	}
	for _, f := range readers {
		for _, r := range sheet.rows[f.name] {
			f.read(r)
		}
		if fresh && f.needed && len(sheet.rows[f.name]) == 0 {
			s.wrong(t, 2, 1, "il manque « %s », nécessaire à un plan nouveau", f.name)
		}
	}
	if s.plan.Title["bm"] == "" && s.plan.Title["fr"] != "" {
		s.plan.Title["bm"] = s.plan.Title["fr"]
		s.remarks = append(s.remarks, Remark{Message: "titre bambara du plan absent : son titre français le remplace"})
	}
}

func (s *importing) planTitle(t *table, r row, lang string) {
	text := values(r)[0]
	why := harmful(text)
	switch n := utf8.RuneCountInString(text); {
	case why != "":
		s.wrong(t, 2, r.n, "« %s » %s", cut(text), why)
	case n > maxPlanTitle:
		s.wrong(t, 2, r.n, "« %s » a %d lettres, %d au plus ; raccourcissez", cut(text), n, maxPlanTitle)
	default:
		if s.plan.Title == nil {
			s.plan.Title = civic.Text{}
		}
		s.plan.Title[lang] = text
	}
}

// years reads two cells, or one: 2026-2030.
func (s *importing) years(t *table, r row) {
	list := values(r)
	if len(list) == 1 {
		list = strings.FieldsFunc(list[0], func(r rune) bool { return r == '-' || r == '–' || r == '/' || r == ' ' })
	}
	if len(list) != 2 || figures(list[0]) < firstYear || figures(list[1]) > lastYear || figures(list[0]) > figures(list[1]) {
		s.wrong(t, 2, r.n, "écrivez la première et la dernière année, comme 2026 et 2030")
		return
	}
	s.plan.From, s.plan.To = figures(list[0]), figures(list[1])
}

// placeCode reads a place's code, and gives back the zero that a spreadsheet
// ate: the codes of the first nine regions have an odd number of digits
// without it, and no official code has.
func (s *importing) placeCode(t *table, col, n int, text string) civic.Code {
	if plainDigits.MatchString(text) && slices.Contains([]int{1, 3, 5, 7, 10}, len(text)) {
		s.remark(t, col, n, "le code %s a perdu son zéro : lu 0%s", text, text)
		return civic.Code("0" + text)
	}
	return civic.Code(text)
}

// scopeOf reads the communes, in one cell or several.
func (s *importing) scopeOf(t *table, r row) {
	territory, err := civic.Kayes().With(s.plan.Places)
	if err != nil {
		return // said when the plan's places are settled
	}
	s.plan.Scope = nil
	for i, text := range values(r) {
		for one := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(",; ", r) }) {
			code := s.placeCode(t, 2+i, r.n, one)
			if _, ok := territory.Place(code); !ok || code.Level() != civic.Commune {
				s.wrong(t, 2+i, r.n, "pas de commune de code « %s » ; prenez un code de 8 chiffres de la liste officielle, ou ajoutez-la par une ligne « %s »", cut(one), planPlace)
				continue
			}
			if s.plan.Covers(code) {
				s.wrong(t, 2+i, r.n, "la commune %s est écrite deux fois ; gardez-en une", code)
				continue
			}
			s.plan.Scope = append(s.plan.Scope, code)
		}
	}
}

func sheetWord[T ~string](s *importing, t *table, r row, into *T, allowed []T) {
	text := values(r)[0]
	var known []string
	for _, a := range allowed {
		if plain(string(a)) == plain(text) {
			*into = a
			return
		}
		known = append(known, string(a))
	}
	s.wrong(t, 2, r.n, "« %s » n'existe pas ; écrivez l'un de : %s", cut(text), strings.Join(known, ", "))
}

func (s *importing) fictional(t *table, r row) {
	switch plain(values(r)[0]) {
	case "oui":
		s.plan.Fictional = true
	case "non":
		s.plan.Fictional = false
	default:
		s.wrong(t, 2, r.n, "écrivez oui ou non")
	}
}
