package wall

// title is the heading over the choices, and what their figures are.
func (d *drawing) title(g page) {
	if g.Results == "" {
		return
	}
	d.rule(d.y, 0.5)
	d.y += 2.6
	d.font("", body)
	note := d.pdf.GetStringWidth(g.ResultsNote)
	size := d.fit(g.Results, "B", width-note-6, 18, 14)
	if used := d.at(margin, d.y+5, "B", size, g.Results); used+note+6 <= width {
		d.right(margin+width, d.y+5, "", body, g.ResultsNote)
		d.y += 7
		return
	}
	d.y = d.paragraph(margin, d.y+6.6, "", body, lineHigh, d.wrap(g.ResultsNote, "", body, width, 2)) + 0.6
}

// results fill what is left between the head and the panels.
func (d *drawing) results(g page, low float64) {
	d.title(g)
	room := low - d.y
	if g.More != "" {
		room -= lineHigh
	}
	if len(g.Rows) == 0 {
		return
	}
	high := min(13, room/float64(len(g.Rows)))
	letters := 16.0 // one size for all, so that none looks the more important
	for _, r := range g.Rows {
		letters = min(letters, d.fit(r.Label, "", r.room(), 16, body))
	}
	for _, r := range g.Rows {
		d.choice(r, high, letters)
	}
	if g.More != "" {
		d.paragraph(margin, d.y, "", body, lineHigh, []string{g.More})
	}
}

// Places in the line of a choice.
const (
	labelAt  = margin + 11
	labelFor = 90.0
	barAt    = labelAt + labelFor + 2
	barFor   = 42.0
)

// room is how wide a label may be.
func (r row) room() float64 {
	if r.Hidden {
		return width - 11
	}
	return labelFor
}

func (d *drawing) choice(r row, high, letters float64) {
	base := d.y + high/2 + 2
	d.right(labelAt-3.4, base, "B", 17, r.Number)
	if lines := d.wrap(r.Label, "", letters, r.room(), 1); len(lines) > 0 {
		d.at(labelAt, base, "", letters, lines[0])
	}
	if !r.Hidden {
		thick := min(6, high*0.56)
		d.bar(barAt, d.y+(high-thick)/2, barFor, thick, r.Fill)
		d.right(barAt+barFor+25, base, "B", d.fit(r.Votes, "B", 23, 16, body), r.Votes)
		d.right(margin+width, base, "", 13, r.Percent)
	}
	d.y += high
}

// foot is drawn from the bottom: signatures, how to check, how to vote. It says
// where it begins.
func (d *drawing) foot(g page) float64 {
	third := (width - 2*gutter) / 3
	top := bottom - 17
	for i, who := range g.Sign {
		x := margin + float64(i)*(third+gutter)
		d.at(x, top+3.6, "B", d.fit(who, "B", third, 13, body), who)
		d.at(x, top+8.8, "", body, g.SignHow)
		d.box(x, bottom-0.3, third, 0.3)
	}
	low := top - 1.6
	if g.Root != "" {
		low -= lineHigh
		d.paragraph(margin, low, "", d.fit(g.Root, "", width, body, body), lineHigh, d.wrap(g.Root, "", body, width, 1))
	}
	check, contact := d.item(g.Check, g.Limits.way), d.item(g.Contact, g.Limits.way)
	low -= float64(max(len(check), len(contact)))*lineHigh + 0.8
	d.strong(margin, low, g.Check.Strong, check)
	d.strong(margin+column+gutter, low, g.Contact.Strong, contact)
	return d.call(g, low-2)
}

// call is the black band: what to dial, as large as the head.
func (d *drawing) call(g page, low float64) float64 {
	high := 21.5
	if !g.How.Open() {
		high = 11
	}
	top, x := low-high, margin+5
	d.box(margin, top, width, high)
	d.ink(true)
	if !g.How.Open() {
		d.at(x, top+7.2, "B", d.fit(g.How.Title, "B", width-10, 15, body), g.How.Title)
		d.ink(false)
		return top - 2.2
	}
	d.font("B", 15)
	said := g.How.Title + " : " + g.How.Verb
	d.at(x, top+7, "B", 14, said)
	size := d.fit(g.How.Code, "B", 92, 38, 20)
	d.at(x, top+18.6, "B", size, g.How.Code)
	d.right(margin+width-5, top+7, "B", 14, g.How.Until)
	lines := d.wrap(g.How.Sms, "", 13, 76, 2)
	y := top + 20.4 - float64(len(lines))*5.6
	for _, line := range lines {
		d.right(margin+width-5, y+13*point*0.86, "", 13, line)
		y += 5.6
	}
	d.ink(false)
	return top - 2.2
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
		y := top + 7.4
		for j, lines := range p.lines {
			d.strong(x, y, p.items[j].Strong, lines)
			y += float64(len(lines))*lineHigh + 1
		}
	}
	return top - 3.4
}

func (d *drawing) lines(p panel) [][]string {
	var all [][]string
	for _, it := range p.Items {
		all = append(all, d.item(it, itemLines))
	}
	return all
}

// item cuts an item into lines; its bold words are wider than they are
// measured, by so much.
func (d *drawing) item(it item, most int) []string {
	d.font("B", body)
	more := d.pdf.GetStringWidth(it.Strong)
	d.font("", body)
	more -= d.pdf.GetStringWidth(it.Strong)
	return d.wrap(it.Strong+it.Rest, "", body, column-more, most)
}

func panelHigh(all [][]string) float64 {
	high := 7.4
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
