package wall

// head is who, when, and what was asked.
func (d *drawing) head(g page) {
	d.rule(d.y, 2)
	d.y += 5
	d.at(margin, d.y+3.9, "", body, g.Week)
	if g.Mark != "" {
		d.mark(g.Mark)
	}
	d.y += 8
	size := d.fit(g.Commune, "B", width, 42, 22)
	d.at(margin, d.y+size*point*0.78, "B", size, g.Commune)
	d.y += size*point*0.86 + 2
	if g.Around != "" {
		d.at(margin, d.y+3.6, "", body, g.Around)
		d.y += 6.4
	}
	size = d.fit(g.Question, "B", width, 20, 17)
	lines := d.wrap(g.Question, "B", size, width, 2)
	d.y = d.paragraph(margin, d.y+1, "B", size, size*point*1.16, lines)
	d.y += 0.8
	d.y = d.paragraph(margin, d.y, "", 13, 5.6, []string{g.Creed})
	for _, note := range g.Notes {
		d.y = d.paragraph(margin, d.y+0.4, "B", body, lineHigh, d.wrap(note, "B", body, width, 2))
	}
	d.y += 2.6
}

// mark is white on black, in the corner.
func (d *drawing) mark(s string) {
	d.font("B", body)
	wide := d.pdf.GetStringWidth(s) + 5
	d.box(margin+width-wide, d.y-0.9, wide, 7)
	d.ink(true)
	d.at(margin+width-wide+2.5, d.y+4.1, "B", body, s)
	d.ink(false)
}

// turnout is how many took part, large, and the groups they told beside it.
func (d *drawing) turnout(g page) {
	d.rule(d.y, 0.5)
	d.y += 3
	left := d.y
	wide := column + 4
	if len(g.Groups) == 0 {
		wide = width
	}
	if g.Figure != "" {
		size := d.fit(g.Figure, "B", wide, 62, 40)
		d.at(margin, left+size*point*0.78, "B", size, g.Figure)
		left += size*point*0.78 + 2.6
	}
	left = d.paragraph(margin, left, "B", 14, 5.9, d.wrap(g.FigureMeans, "B", 14, wide, 4))
	for _, note := range g.FigureNotes {
		left = d.paragraph(margin, left+0.3, "", body, lineHigh, d.wrap(note, "", body, wide, 2))
	}
	right, x := d.y, margin+column+gutter+4
	for _, one := range g.Groups {
		right = d.group(one, x, right, margin+width-x)
	}
	d.y = max(left, right) + 2.4
}

func (d *drawing) group(g group, x, y, wide float64) float64 {
	d.at(x, y+4.2, "B", 14, g.Name)
	d.right(x+wide, y+4.2, "B", 14, g.Percent)
	y += 6
	if g.Known {
		d.bar(x, y, wide, 4.4, g.Fill)
		y += 5.6
	}
	return d.paragraph(x, y, "", body, lineHigh, d.wrap(g.Said, "", body, wide, 2)) + 2
}
