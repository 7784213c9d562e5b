package wall

import (
	"io"

	"codeberg.org/go-pdf/fpdf"

	"github.com/jamakan/jamakan/desk/export/font"
	"github.com/jamakan/jamakan/locales"
)

// The page's measures, in millimetres, and sizes of letters, in points.
const (
	paperHigh = 297.0
	margin    = 11.0
	width     = 210 - 2*margin
	gutter    = 8.0
	column    = (width - gutter) / 2
	bottom    = paperHigh - margin
	body      = 12.0
	lineHigh  = 5.0 // of body
	point     = 25.4 / 72
)

// PDF writes the poster in a language as one A4 page.
func PDF(w io.Writer, p *Poster, l *locales.Locale) error {
	d := newDrawing(p, l)
	d.draw(lay(p, l))
	return d.pdf.Output(w)
}

// drawing is a page being drawn from the top.
type drawing struct {
	pdf *fpdf.Fpdf
	y   float64 // where the next thing begins
}

func newDrawing(p *Poster, l *locales.Locale) *drawing {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(p.Printed.UTC())
	pdf.SetModificationDate(p.Printed.UTC())
	pdf.SetProducer("Jamakan", true)
	pdf.SetTitle(p.Commune+", "+p.Week.String(), true)
	pdf.SetLang(l.Tag)
	pdf.SetMargins(margin, margin, margin)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetCellMargin(0)
	pdf.AddUTF8FontFromBytes(font.Family, "", font.Regular())
	pdf.AddUTF8FontFromBytes(font.Family, "B", font.Bold())
	pdf.AddPage()
	return &drawing{pdf: pdf, y: margin}
}

// draw lays the page out: what has a fixed height from the top and from the
// bottom, and between them the choices, as large as there is room.
func (d *drawing) draw(g page) {
	d.head(g)
	d.turnout(g)
	low := d.foot(g)
	low = d.panels(g, low)
	d.results(g, low)
}

func (d *drawing) font(style string, size float64) { d.pdf.SetFont(font.Family, style, size) }

// ink sets the colour of letters: black, or white on a black ground.
func (d *drawing) ink(white bool) {
	if white {
		d.pdf.SetTextColor(255, 255, 255)
		return
	}
	d.pdf.SetTextColor(0, 0, 0)
}

func (d *drawing) box(x, y, w, h float64) {
	d.pdf.SetFillColor(0, 0, 0)
	d.pdf.Rect(x, y, w, h, "F")
}

func (d *drawing) rule(y, thick float64) { d.box(margin, y, width, thick) }

// bar is a share: a black length over a line that is as long as the whole.
func (d *drawing) bar(x, y, w, h, filled float64) {
	d.box(x, y+h-0.3, w, 0.3)
	d.box(x+w-0.3, y+h-2, 0.3, 2)
	if filled > 0 {
		d.box(x, y, max(0.6, w*filled), h)
	}
}

// at writes one line whose letters stand on a height.
func (d *drawing) at(x, base float64, style string, size float64, s string) float64 {
	d.font(style, size)
	d.pdf.Text(x, base, s)
	return d.pdf.GetStringWidth(s)
}

func (d *drawing) right(x, base float64, style string, size float64, s string) {
	d.font(style, size)
	d.pdf.Text(x-d.pdf.GetStringWidth(s), base, s)
}

// fit is the largest size, down to a least, at which a text is no wider.
func (d *drawing) fit(s, style string, wide, size, least float64) float64 {
	d.font(style, size)
	if w := d.pdf.GetStringWidth(s); w > wide {
		size = max(least, size*wide/w*0.995)
	}
	return size
}

// wrap cuts a text into lines, the last one shortened when there is more.
func (d *drawing) wrap(s, style string, size, wide float64, most int) []string {
	d.font(style, size)
	lines := breakLines(s, wide, d.pdf.GetStringWidth)
	if len(lines) > most {
		lines = lines[:most]
		last := lines[most-1]
		for last != "" && d.pdf.GetStringWidth(last+"…") > wide {
			last = cut(last, len([]rune(last))-1)
			last = trimEllipsis(last)
		}
		lines[most-1] = last + "…"
	}
	return lines
}

// paragraph writes lines from the top and says where the next begins.
func (d *drawing) paragraph(x, y float64, style string, size, high float64, lines []string) float64 {
	for _, line := range lines {
		d.at(x, y+size*point*0.86, style, size, line)
		y += high
	}
	return y
}
