package workbook

import (
	"github.com/xuri/excelize/v2"

	"github.com/jamakan/jamakan/desk/export/table"
)

// One green, ink, and white: what a mairie's printer can do.
const (
	green = "14634B"
	ink   = "1B1F1D"
	grey  = "8A8F8C"
	rule  = "C9D3CE"
	wash  = "EAF2EE"
)

// styles are the numbers excelize gives to what cells look like.
type styles struct {
	header int
	kinds  map[kind]int
	lines  map[LineStyle]int
	figure map[LineStyle]int
}

// kind is what a cell of a table looks like by.
type kind struct {
	t      table.Type
	hidden bool
	strong bool
}

func newStyles(f *excelize.File) (*styles, error) {
	s := &styles{kinds: map[kind]int{}, lines: map[LineStyle]int{}, figure: map[LineStyle]int{}}
	var err error
	add := func(style excelize.Style) int {
		if err != nil {
			return 0
		}
		var id int
		id, err = f.NewStyle(&style)
		return id
	}
	s.header = add(excelize.Style{
		Font: &excelize.Font{Bold: true, Color: "FFFFFF", Size: 10}, Fill: solid(green),
		Alignment: &excelize.Alignment{Vertical: "center", WrapText: true},
	})
	for _, t := range []table.Type{table.Code, table.Words, table.Integer, table.Year, table.Number, table.Percent, table.Date, table.Week, table.Bool} {
		for _, hidden := range []bool{false, true} {
			for _, strong := range []bool{false, true} {
				s.kinds[kind{t, hidden, strong}] = add(cellStyle(kind{t, hidden, strong}))
			}
		}
	}
	thousands := "#,##0.###"
	for _, style := range []LineStyle{Plain, Title, Heading, Warning} {
		font := lineFont(style)
		s.lines[style] = add(excelize.Style{Font: &font, Alignment: &excelize.Alignment{Vertical: "center"}})
		s.figure[style] = add(excelize.Style{Font: &font, CustomNumFmt: &thousands, Alignment: &excelize.Alignment{Vertical: "center", Horizontal: "right"}})
	}
	return s, err
}

func lineFont(s LineStyle) excelize.Font {
	switch s {
	case Title:
		return excelize.Font{Bold: true, Color: green, Size: 20}
	case Heading:
		return excelize.Font{Bold: true, Color: green, Size: 13}
	case Warning:
		return excelize.Font{Bold: true, Color: ink, Size: 11}
	}
	return excelize.Font{Color: ink, Size: 11}
}

func solid(color string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
}

func cellStyle(k kind) excelize.Style {
	style := excelize.Style{
		Font:      &excelize.Font{Color: ink, Size: 10, Bold: k.strong},
		Border:    []excelize.Border{{Type: "bottom", Color: rule, Style: 1}},
		Alignment: &excelize.Alignment{Vertical: "top"},
	}
	if k.strong {
		style.Fill = solid(wash)
	}
	if k.hidden {
		style.Font.Color, style.Font.Italic = grey, true
		style.Alignment.Horizontal = "center"
		return style
	}
	format := ""
	switch k.t {
	case table.Integer:
		format = "#,##0"
	case table.Year:
		format = "0"
	case table.Number, table.Percent:
		format = "#,##0.0#"
	case table.Date:
		format = "dd/mm/yyyy"
	case table.Words:
		format, style.Alignment.WrapText = "@", true
	case table.Code, table.Week:
		format = "@"
	}
	if format != "" {
		style.CustomNumFmt = &format
	}
	return style
}

func (s *styles) line(l LineStyle, v any) int {
	if _, words := v.(string); words {
		return s.lines[l]
	}
	return s.figure[l]
}
