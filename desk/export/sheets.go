package export

import (
	"io"
	"slices"

	"github.com/jamakan/jamakan/desk/export/table"
	"github.com/jamakan/jamakan/desk/export/workbook"
)

// workbook is one Excel file of six sheets. A table without a source has its
// sheet all the same, with a sentence that says so.
func (b *book) workbook() ([]File, error) {
	book := workbook.Book{
		Title: "Semaine " + b.o.Week.String(), Header: "Semaine " + b.o.Week.String() + ", " + b.state() + ", profil " + string(b.o.Profile) + b.marked(),
		Legend: table.HiddenMark + " : chiffre caché. Des numéros, pas des personnes. Une consultation, pas une élection.", Created: b.asOf(),
		Sheets: []workbook.Sheet{
			{Name: "Synthèse", Lines: b.summary()},
			b.sheet("Communes", "hebdo_commune"), b.sheet("Projets", "hebdo_projet"),
			b.sheet("Retours", "hebdo_retours"), b.sheet("Qualité", "hebdo_qualite"),
			{Name: "Lexique", Table: b.lexicon()},
		},
	}
	return []File{{Name: b.fileName("tableau", ".xlsx"), Write: func(w io.Writer) error { return book.Write(w) }}}, nil
}

func (b *book) marked() string {
	if b.fictional() {
		return ", " + mention
	}
	return ""
}

func (b *book) sheet(name, of string) workbook.Sheet {
	i := slices.IndexFunc(b.tables, func(t table.Table) bool { return t.Name == of })
	if i < 0 {
		return workbook.Sheet{Name: name, Lines: []workbook.Line{
			{Style: workbook.Heading, Cells: []any{name}},
			{Cells: []any{"Rien n'est compté pour cette feuille cette semaine."}},
		}}
	}
	t := &b.tables[i]
	level := t.Index("niveau")
	return workbook.Sheet{Name: name, Table: t, Strong: func(cells []table.Cell) bool {
		return level >= 0 && cells[level].Text != levelCommune
	}}
}

// entry is a column of a table, explained.
type entry struct {
	table  *table.Table
	column table.Column
}

// lexicon explains every column of every file.
func (b *book) lexicon() *table.Table {
	var rows []entry
	for i := range b.tables {
		for _, c := range b.tables[i].Columns {
			rows = append(rows, entry{&b.tables[i], c})
		}
	}
	col := func(name, means string, value func(entry) string) table.Field[entry] {
		return table.Field[entry]{Column: table.Column{Name: name, Type: table.Words, Means: means}, Value: func(e entry) table.Cell { return table.Text(value(e)) }}
	}
	t := table.New(table.Table{Name: "lexique", Title: "Lexique", Means: "Une ligne par colonne."}, []table.Field[entry]{
		col("fichier", "Le fichier, ou la feuille, où est la colonne.", func(e entry) string { return e.table.Name }),
		col("colonne", "Son nom.", func(e entry) string { return e.column.Name }),
		col("sens", "Ce qu'elle veut dire.", func(e entry) string { return e.column.Means }),
		col("type", "code, text, integer, number, percent, date, week ou bool.", func(e entry) string { return string(e.column.Type) }),
		col("unite", "De quoi c'est un nombre.", func(e entry) string { return e.column.Unit }),
		col("base", "D'une part : la colonne dont c'est une part.", func(e entry) string { return e.column.Base }),
	}, table.Of(rows))
	return &t
}
