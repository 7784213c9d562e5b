package wall

// results fill what is left between the head and the panels.
func (d *drawing) results(g page, low float64) {
	if g.Results == "" {
		return
	}
	d.rule(d.y, 0.5)
	d.y += 2.4
	d.at(margin, d.y+5.2, "B", 18, g.Results)
	d.y += 7.4
	if g.ResultsNote != "" {
		size := d.fit(g.ResultsNote, "", width, body, body)
		d.y = d.paragraph(margin, d.y, "", size, lineHigh, d.wrap(g.ResultsNote, "", size, width, 1))
	}
	d.y += 1.2
	room := low - d.y
	if g.More != "" {
		room -= lineHigh
	}
	if len(g.Rows) == 0 {
		return
	}
	high := min(11.5, room/float64(len(g.Rows)))
	for _, r := range g.Rows {
		d.choice(r, high)
	}
	if g.More != "" {
		d.paragraph(margin, d.y, "", body, lineHigh, []string{g.More})
	}
}

// Places in the line of a choice.
const (
	labelAt  = margin + 12
	labelFor = 80.0
	barAt    = labelAt + labelFor + 2
	barFor   = 50.0
)

func (d *drawing) choice(r row, high float64) {
	base := d.y + high/2 + 2
	wide := labelFor
	if r.Hidden {
		wide = width - 12
	}
	d.right(labelAt-3, base, "B", min(18, high*1.9), r.Number)
	size := d.fit(r.Label, "", wide, 15, body)
	d.at(labelAt, base, "", size, d.wrap(r.Label, "", size, wide, 1)[0])
	if !r.Hidden {
		d.bar(barAt, d.y+high/2-min(2.6, high*0.3), barFor, min(5.2, high*0.6), r.Fill)
		d.right(barAt+barFor+20, base, "B", 15, r.Votes)
		d.right(margin+width, base, "", 13, r.Percent)
	}
	d.y += high
}

// foot is drawn from the bottom: signatures, how to vote and to check. It says
// where it begins.
func (d *drawing) foot(g page) float64 {
	third := (width - 2*gutter) / 3
	top := bottom - 17
	for i, who := range g.Sign {
		x := margin + float64(i)*(third+gutter)
		d.at(x, top+4, "B", body, d.wrap(who, "B", body, third, 1)[0])
		d.box(x, bottom-0.3, third, 0.3)
	}
	d.right(margin+width, top-1.6, "", body, "")
	return d.call(g, top-2)
}

// call is the black band: what to dial, and beside it how to check.
func (d *drawing) call(g page, low float64) float64 {
	const high, left = 30.0, 92.0
	top := low - high
	d.box(margin, top, left, high)
	d.ink(true)
	y := top + 3
	head := g.How.Title
	if g.How.Until != "" {
		d.right(margin+left-4, y+4, "", body, g.How.Until)
	}
	d.at(margin+4, y+4, "B", 14, d.wrap(head, "B", 14, left-8, 1)[0])
	y += 7
	if g.How.Open() {
		size := d.fit(g.How.Code, "B", left-8, 34, 18)
		d.at(margin+4, y+9, "B", size, g.How.Code)
		d.paragraph(margin+4, y+11, "", body, lineHigh-0.3, d.wrap(g.How.Sms, "", body, left-8, 2))
	}
	d.ink(false)
	x := margin + left + 6
	wide := margin + width - x
	y = d.paragraph(x, top, "B", 14, 6, g.Check[:1])
	y = d.paragraph(x, y, "", body, lineHigh, d.wrap(g.Check[1], "", body, wide, 3))
	if g.Root != "" {
		y = d.paragraph(x, y, "", body, lineHigh, d.wrap(g.Root, "", body, wide, 2))
	}
	d.paragraph(x, y, "", body, lineHigh, d.wrap(g.Contact, "", body, wide, 2))
	return top - 3
}

// panels stand side by side above the band.
func (d *drawing) panels(g page, low float64) float64 {
	left, right := d.lines(g.Works), d.lines(g.Questions)
	high := max(panelHigh(left), panelHigh(right))
	top := low - high
	d.rule(top-2.4, 0.5)
	for i, p := range []struct {
		title string
		lines [][]string
		items []item
	}{{g.Works.Title, left, g.Works.Items}, {g.Questions.Title, right, g.Questions.Items}} {
		x := margin + float64(i)*(column+gutter)
		d.at(x, top+4.4, "B", d.fit(p.title, "B", column, 15, body), p.title)
		y := top + 7.6
		for j, lines := range p.lines {
			d.strong(x, y, p.items[j].Strong, lines)
			y += float64(len(lines))*lineHigh + 1
		}
	}
	return top - 4
}

func (d *drawing) lines(p panel) [][]string {
	var all [][]string
	for _, it := range p.Items {
		style := ""
		if it.Strong != "" {
			style = "B" // the wider of the two: what fits in bold fits
		}
		all = append(all, d.wrap(it.Strong+it.Rest, style, body, column, 2))
	}
	return all
}

func panelHigh(all [][]string) float64 {
	high := 8.6
	for _, lines := range all {
		high += float64(len(lines))*lineHigh + 1
	}
	return high
}

// strong writes lines whose first words are bold.
func (d *drawing) strong(x, y float64, first string, lines []string) {
	left := len([]rune(first))
	for _, line := range lines {
		letters := []rune(line)
		n := min(left, len(letters))
		w := d.at(x, y+body*point*0.86, "B", body, string(letters[:n]))
		d.at(x+w, y+body*point*0.86, "", body, string(letters[n:]))
		left = max(0, left-len(letters)-1)
		y += lineHigh
	}
}
