package wall

// band is how high the black head is.
const band = 27.0

// head is where and when, white on black, then what was asked.
func (d *drawing) head(g page) {
	const inner = 5.0
	d.box(margin, d.y, width, band)
	d.ink(true)
	d.right(margin+width-inner, d.y+8, "B", body, g.Week)
	d.right(margin+width-inner, d.y+13.2, "", body, g.Dates)
	d.font("", body)
	aside := d.pdf.GetStringWidth(g.Dates) + 6
	size := d.fit(g.Commune, "B", width-2*inner-aside, 44, 20)
	d.at(margin+inner, d.y+15.6, "B", size, g.Commune)
	d.at(margin+inner, d.y+23, "", 13, g.Creed)
	if g.Mark == "" {
		d.around(g, inner)
	}
	d.ink(false)
	if g.Mark != "" {
		d.mark(g.Mark, inner)
	}
	d.y += band + 3.6
	size = d.fit(g.Question, "B", width, 23, 17)
	lines := d.wrap(g.Question, "B", size, width, 2)
	d.y = d.paragraph(margin, d.y, "B", size, size*point*1.18, lines)
	for _, note := range g.Notes {
		d.y = d.paragraph(margin, d.y+0.6, "B", body, lineHigh, d.wrap(note, "B", body, width, g.Limits.note))
	}
	d.y += 2.4
}

// around is where the commune is, if there is room beside the creed.
func (d *drawing) around(g page, inner float64) {
	d.font("", 13)
	room := width - 2*inner - d.pdf.GetStringWidth(g.Creed) - 6
	if d.font("", body); d.pdf.GetStringWidth(g.Around) <= room {
		d.right(margin+width-inner, d.y+23, "", body, g.Around)
	}
}

// mark is black on white, in the band: no one may take the page for a real one.
func (d *drawing) mark(s string, inner float64) {
	d.font("B", 15)
	wide := d.pdf.GetStringWidth(s) + 5
	x := margin + width - inner - wide
	d.pdf.SetFillColor(255, 255, 255)
	d.pdf.Rect(x, d.y+17, wide, 7.4, "F")
	d.at(x+2.5, d.y+22.6, "B", 15, s)
}

// turnout is how many took part, large, and the groups they told beside it.
func (d *drawing) turnout(g page) {
	d.rule(d.y, 0.5)
	d.y += 2.8
	left := d.y
	wide := column - 2
	if len(g.Groups) == 0 {
		wide = width
	}
	if g.Figure != "" {
		size := d.fit(g.Figure, "B", wide, 50, 36)
		d.at(margin, left+size*point*0.76, "B", size, g.Figure)
		left += size*point*0.76 + 2.4
	}
	means := d.fit(g.FigureMeans, "B", wide, 14, body)
	left = d.paragraph(margin, left, "B", means, 5.7, d.wrap(g.FigureMeans, "B", means, wide, 4))
	for _, note := range g.FigureNotes {
		left = d.paragraph(margin, left+0.3, "", body, lineHigh, d.wrap(note, "", body, wide, 2))
	}
	right, x := d.y, margin+column+gutter
	for _, one := range g.Groups {
		right = d.group(one, x, right, margin+width-x)
	}
	d.y = max(left, right) + 2
}

func (d *drawing) group(g group, x, y, wide float64) float64 {
	d.at(x, y+4.2, "B", 14, g.Name)
	d.right(x+wide, y+4.2, "B", 14, g.Percent)
	y += 6.2
	if g.Known {
		d.bar(x, y, wide, 4.6, g.Fill)
		if g.Census != "" { // where the bar would end if it were as the residents are
			d.box(x+wide*g.Tick-0.4, y-0.9, 0.8, 6.4)
		}
		y += 6
	}
	y = d.paragraph(x, y, "", body, lineHigh, d.wrap(g.Said, "", body, wide, 2))
	if g.Census != "" {
		y = d.paragraph(x, y, "", body, lineHigh, d.wrap(g.Census, "", body, wide, 2))
	}
	return y + 2.4
}
