package menu

import (
	"strconv"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/gsm"
)

// Shot is one screen as a phone will show it.
type Shot struct {
	Keys     string // what was pressed since the menu, like "1 3 1"
	Text     string
	Units    int // septets, or UCS-2 units
	Limit    int // the most the channel takes
	Alphabet gsm.Alphabet
	End      bool // the call is over
}

// maxShots bounds a preview.
const maxShots = 200

// Preview is every screen of a consultation that a caller of a commune can
// reach in a language, from the menu to the receipt and back, in the order a
// person would try them. It asks the same table as a call does. src holds the
// plan as it would be; at is a time at which the consultation would be open.
func (m *Menu) Preview(src Source, consultation, lang string, commune civic.Code, at time.Time) []Shot {
	content := m.Prepare(src)
	v := rehearsal{content: content, at: at, citizen: civic.Citizen{Known: true, Lang: lang, Commune: commune, Asked: true}, of: consultation}
	if content.byCode[consultation] == nil {
		return nil
	}
	p := preview{m: m, v: v, seen: map[string]bool{}}
	first := m.Start(v)
	p.keep(first, "")
	for _, start := range []string{"1", "4"} { // vote, and results
		p.walk(first.State, start, start)
	}
	return p.shots
}

type preview struct {
	m     *Menu
	v     rehearsal
	shots []Shot
	seen  map[string]bool
}

// keep adds a screen that was not there yet, and says whether it was new.
func (p *preview) keep(step Step, keys string) bool {
	text := step.Screen.Text
	if text == "" || p.seen[text] || len(p.shots) == maxShots {
		return false
	}
	p.seen[text] = true
	a, units := gsm.Measure(text)
	limit := p.m.cfg.Limit.Septets
	if a == gsm.UCS2Alphabet {
		limit = p.m.cfg.Limit.UCS2
	}
	p.shots = append(p.shots, Shot{Keys: keys, Text: text, Units: units, Limit: limit, Alphabet: a, End: step.Screen.End})
	return true
}

// walk presses a key, keeps what it shows, and goes on from there.
func (p *preview) walk(st State, key, keys string) {
	step := p.m.Next(st, key, p.v)
	if step.Act.Deed != civic.NoDeed {
		step = p.m.After(step.State, civic.Outcome{Verdict: civic.Noted, Code: "K7P4XY", At: p.v.content.byCode[p.v.of].LastDay(), First: true}, p.v)
	}
	if step.Invalid || step.State.Consultation != "" && step.State.Consultation != p.v.of {
		return
	}
	if !p.keep(step, keys) || step.Screen.End || step.State.Screen == scrMain {
		return
	}
	for _, n := range p.next(step.State) {
		p.walk(step.State, n, keys+" "+n)
	}
}

// next are the keys worth pressing on a screen: its options, in order, then
// "more". A screen that takes text is left.
func (p *preview) next(st State) []string {
	r := p.m.rows[st.Screen]
	var keys []string
	switch {
	case r == nil || r.text != nil && r.list == nil:
		return nil
	case r.list != nil:
		for n := range 9 * 4 {
			keys = append(keys, strconv.Itoa(n+1))
		}
	default:
		for n := 1; n <= 8; n++ {
			if _, ok := r.keys[n]; ok {
				keys = append(keys, strconv.Itoa(n))
			}
		}
	}
	return append(keys, "9")
}

// rehearsal is a view of a day that has not come: nobody has voted.
type rehearsal struct {
	content *Content
	at      time.Time
	citizen civic.Citizen
	of      string
}

// Now is the day.
func (r rehearsal) Now() time.Time { return r.at }

// Content is what would be shown.
func (r rehearsal) Content() *Content { return r.content }

// Citizen is a caller known already.
func (r rehearsal) Citizen() civic.Citizen { return r.citizen }

// Voted: nobody has.
func (r rehearsal) Voted(string) (time.Time, civic.Code, bool) { return time.Time{}, "", false }

// Standing: nobody has.
func (r rehearsal) Standing(string, civic.Code) civic.Standing { return civic.Standing{} }
