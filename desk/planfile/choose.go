package planfile

import "strings"

// choose finds the sheet of projects and the sheet of the plan's own fields.
func (s *sheetErrors) choose(tables []table) (projects, fields *table) {
	var lists, others []*table
	for i := range tables {
		t := &tables[i]
		_, list := findHeader(t)
		switch name := plain(t.name); {
		case name == "plan":
			fields = t
		case name == "aide" || len(t.rows) == 0:
		case list && name == plain("Projets"):
			projects = t
		case list:
			lists = append(lists, t)
		default:
			others = append(others, t)
		}
	}
	switch {
	case projects != nil:
		others = append(others, lists...)
	case len(lists) == 1:
		projects = lists[0]
	case len(lists) > 1:
		s.errors = wholeFile("plusieurs feuilles tiennent des projets (" + names(lists) + ") ; nommez « Projets » celle à lire")
		return nil, nil
	default:
		s.errors = wholeFile(noHeader(tables))
		return nil, nil
	}
	if len(others) > 0 {
		s.remarks = append(s.remarks, Remark{Message: "feuilles non lues : " + names(others)})
	}
	return projects, fields
}

func names(tables []*table) string {
	list := make([]string, len(tables))
	for i, t := range tables {
		list[i] = cut(t.name)
	}
	return strings.Join(list, ", ")
}

// noHeader says what a list needs, and what was found where headings were
// looked for.
func noHeader(tables []table) string {
	said := "pas de ligne d'en-têtes dans les 20 premières lignes ; il faut au moins « Code » ou « Intitulé », et « Secteur », « Village », « Coût »"
	for i := range tables {
		if rows := tables[i].rows; len(rows) > 0 && plain(tables[i].name) != "plan" {
			var first []string
			for _, col := range rows[0].filled()[:min(8, len(rows[0].filled()))] {
				first = append(first, "« "+cut(tidy(rows[0].at(col).shown))+" »")
			}
			return said + " (première ligne remplie : " + strings.Join(first, ", ") + ")"
		}
	}
	return said
}
