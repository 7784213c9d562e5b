package planfile

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/jamakan/jamakan/civic"
)

// population reads a row: code, inhabitants, over 15, source, year.
func (s *importing) population(t *table, r row) {
	list := append(values(r), "", "", "", "", "")
	code := s.placeCode(t, 2, r.n, list[0])
	people := civic.Residents{Total: count(list[1]), Over15: count(list[2]), Source: list[3], Year: figures(list[4])}
	known := s.plan.Population[code]
	switch {
	case code.Level() != civic.Commune:
		s.wrong(t, 2, r.n, "« %s » n'est pas le code d'une commune : 8 chiffres", cut(list[0]))
	case people.Total <= 0 || people.Year == 0 || harmful(people.Source) != "" && people.Source != known.Source || people.Source == "":
		s.wrong(t, 2, r.n, "écrivez, une cellule chacun : code, habitants, plus de 15 ans (ou rien), source, année")
	default:
		if s.plan.Population == nil {
			s.plan.Population = map[civic.Code]civic.Residents{}
		}
		s.plan.Population[code] = people
	}
}

func count(text string) int {
	n, err := strconv.Atoi(strings.ReplaceAll(text, " ", ""))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// place reads a row: code, name, other names. A place is added or changed.
func (s *importing) place(t *table, r row) {
	list := append(values(r), "", "")
	p := civic.Place{Code: s.placeCode(t, 2, r.n, list[0]), Name: list[1]}
	for _, alias := range list[2:] {
		if alias != "" {
			p.Aliases = append(p.Aliases, alias)
		}
	}
	for i, text := range append([]string{p.Name}, p.Aliases...) {
		if n := utf8.RuneCountInString(text); text == "" || n > maxPlace || harmful(text) != "" {
			s.wrong(t, 3+i, r.n, "« %s » n'est pas un nom ; écrivez-en un de %d lettres au plus", cut(text), maxPlace)
			return
		}
	}
	if p.Code.Level() == "" {
		s.wrong(t, 2, r.n, "« %s » n'est pas le code d'un lieu : 2, 4, 6, 8 ou 11 chiffres", cut(list[0]))
		return
	}
	i := slices.IndexFunc(s.plan.Places, func(o civic.Place) bool { return o.Code == p.Code })
	if i < 0 {
		s.plan.Places = append(s.plan.Places, p)
		return
	}
	s.plan.Places[i] = p
}
