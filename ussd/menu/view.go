package menu

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jamakan/jamakan/civic"
)

// View is a snapshot of what the dialogue may read.
type View interface {
	Now() time.Time
	Content() *Content
	Citizen() civic.Citizen
	// Voted says when, and for which commune, this number's ballot in a
	// consultation was cast.
	Voted(consultation string) (at time.Time, place civic.Code, ok bool)
	Standing(consultation string, commune civic.Code) civic.Standing
}

// Source is what a content is prepared from.
type Source struct {
	Revision  uint64
	Plans     []civic.Plan
	Territory *civic.Territory
}

// Content is what citizens see numbered, spelled and laid out once per
// revision and language. It never changes.
type Content struct {
	revision  uint64
	territory *civic.Territory
	communes  []civic.Code // in some plan's scope, in order of the plans
	names     map[civic.Code]string
	fictional map[civic.Code]bool
	anyFictif bool
	asked     map[civic.Code][]*asked // consultations of a commune
	byCode    map[string]*asked
	works     map[civic.Code][]*civic.Project
	tongues   map[string]*spoken
}

// asked is a consultation with the plan that asks it.
type asked struct {
	*civic.Consultation
	plan *civic.Plan
}

// spoken is a content in one language.
type spoken struct {
	communes []string            // "1 Kayes"
	options  map[string][]string // by consultation: "1 Forage"
	labels   map[string]map[int]string
	works    map[civic.Code][]string // "1 Forage"
	titles   map[civic.Code][]string
	villages map[civic.Code][]string
}

// Revision is the revision of the content.
func (c *Content) Revision() uint64 { return c.revision }

// Prepare spells and numbers a content for this menu's channel.
func (m *Menu) Prepare(src Source) *Content {
	c := &Content{
		revision: src.Revision, territory: src.Territory, names: map[civic.Code]string{}, fictional: map[civic.Code]bool{},
		asked: map[civic.Code][]*asked{}, byCode: map[string]*asked{}, works: map[civic.Code][]*civic.Project{}, tongues: map[string]*spoken{},
	}
	for i := range src.Plans {
		p := &src.Plans[i]
		c.anyFictif = c.anyFictif || p.Fictional
		for _, commune := range p.Scope {
			if !slices.Contains(c.communes, commune) {
				c.communes = append(c.communes, commune)
				c.names[commune] = m.spell("", src.Territory.Name(commune))
			}
			c.fictional[commune] = c.fictional[commune] || p.Fictional
			c.works[commune] = append(c.works[commune], p.ProjectsIn(commune)...)
		}
		for j := range p.Consultations {
			if p.Consultations[j].Draft {
				continue // nobody is told of what may never open
			}
			a := &asked{&p.Consultations[j], p}
			c.byCode[a.Code] = a
			for _, commune := range a.Scope {
				c.asked[commune] = append(c.asked[commune], a)
			}
		}
	}
	for tag := range m.tongues {
		c.tongues[tag] = m.speak(c, tag)
	}
	return c
}

// speak prepares a content in one language.
func (m *Menu) speak(c *Content, tag string) *spoken {
	s := &spoken{
		options: map[string][]string{}, labels: map[string]map[int]string{},
		works: map[civic.Code][]string{}, titles: map[civic.Code][]string{}, villages: map[civic.Code][]string{},
	}
	l := m.tongues[tag].locale
	tags := append([]string{tag}, l.Fallback()...)
	names := make([]string, 0, len(c.communes)+1)
	for _, code := range c.communes {
		names = append(names, c.names[code])
	}
	s.communes = civic.Numbered(append(names, l.Text("commune.write")))
	for code, a := range c.byCode {
		s.labels[code] = map[int]string{}
		for _, o := range a.Options {
			label := o.Label.In(tags...)
			if p := a.plan.Project(o.Project); label == "" && p != nil {
				label = p.Title.In(tags...)
			}
			label = m.spell(tag, label)
			s.labels[code][o.Number] = label
			s.options[code] = append(s.options[code], strconv.Itoa(o.Number)+" "+label)
		}
	}
	for commune, works := range c.works {
		for _, p := range works {
			s.titles[commune] = append(s.titles[commune], m.spell(tag, p.Title.In(tags...)))
			s.villages[commune] = append(s.villages[commune], m.spell(tag, p.Village))
		}
		s.works[commune] = civic.Numbered(s.titles[commune])
	}
	return s
}

// spell writes data, which may hold anything, as one line the channel takes.
func (m *Menu) spell(tag, text string) string {
	t := m.tongues[tag]
	if t == nil {
		t = m.tongues[m.cfg.DefaultLang]
	}
	return strings.Join(strings.Fields(t.spell(text)), " ")
}
