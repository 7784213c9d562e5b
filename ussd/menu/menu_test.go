package menu

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/gsm"
	"github.com/jamakan/jamakan/locales"
)

// fixed is a view whose answers are set by the test.
type fixed struct {
	content  *Content
	citizen  civic.Citizen
	now      time.Time
	voted    bool
	standing civic.Standing
}

func (f fixed) Now() time.Time         { return f.now }
func (f fixed) Content() *Content      { return f.content }
func (f fixed) Citizen() civic.Citizen { return f.citizen }
func (f fixed) Voted(string) (time.Time, civic.Code, bool) {
	return f.now, "01010102", f.voted
}
func (f fixed) Standing(string, civic.Code) civic.Standing { return f.standing }

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func bound(t testing.TB, p gsm.Profile, l gsm.Limit) *Menu {
	t.Helper()
	catalog, err := locales.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	m, err := New(Config{Catalog: catalog, Profile: p, Limit: l, DefaultLang: "fr", Ussd: "*384*55*123#", ReplyDays: 30, ShortCode: "37321", Apart: civic.ApartQuestions()})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// long is a plan with the longest data that a plan file may hold, and more.
func long(fictional bool) civic.Plan {
	p := civic.Plan{Code: "P", Scope: civic.Kayes().Communes(), Phase: civic.Priorisation, Fictional: fictional, Title: civic.Text{"fr": strings.Repeat("Plan ", 12), "bm": strings.Repeat("Bolodalen ", 6)}}
	statuses := civic.Statuses()
	c := civic.Consultation{
		Code: "C", Plan: "P", Rule: civic.Choose, Scope: p.Scope, Opens: noon.AddDate(0, 0, -3), Closes: noon.AddDate(0, 1, 0), Visibility: civic.Live,
		Question: civic.Text{"fr": strings.Repeat("Question ", 6), "bm": strings.Repeat("\u0272ininkali ", 5)},
	}
	for i, number := range civic.OptionNumbers(24) {
		code := string(rune('A' + i))
		title := civic.Text{"fr": "R\u00e9habilitation \u00e9cole n\u00ba 123" + code, "bm": "D\u0254g\u0254t\u0254r\u0254so k\u025bn\u025bya \u0272\u025bg\u025bnw" + code}
		p.Projects = append(p.Projects, civic.Project{Code: code, Title: title, Village: "Guidimakan K\u00e9ri Kafo B", Cost: 999_999_999_999, Status: statuses[i%len(statuses)], Due: noon})
		c.Options = append(c.Options, civic.Option{Number: number, Project: code, Label: title})
	}
	p.Consultations = []civic.Consultation{c}
	return p
}

func view(m *Menu, fictional bool) fixed {
	standing := civic.Standing{Numbers: 1_000_000, Votes: map[uint16]int{}}
	for i, n := range civic.OptionNumbers(24) {
		standing.Votes[uint16(n)] = 1000 * i
	}
	return fixed{content: m.Prepare(Source{Revision: 1, Plans: []civic.Plan{long(fictional)}, Territory: civic.Kayes()}), now: noon, standing: standing}
}

// TestEveryScreenFits: every screen, in every language and profile, with the
// longest data, with and without an error and the mark: fits, and keeps each
// option with its number on some page.
func TestEveryScreenFits(t *testing.T) {
	for _, channel := range []struct {
		profile gsm.Profile
		limit   gsm.Limit
	}{{gsm.GSM7, gsm.DefaultLimit}, {gsm.GSM7, gsm.Limit{Septets: 182, UCS2: 80}}, {gsm.ASCII, gsm.DefaultLimit}, {gsm.UCS2, gsm.DefaultLimit}} {
		m := bound(t, channel.profile, channel.limit)
		for _, fictional := range []bool{false, true} {
			v := view(m, fictional)
			for name, r := range m.rows {
				for _, lang := range m.offered {
					st := State{Screen: name, Lang: lang, Commune: "01010107", Pending: "01010107", Near: "01010101,01010107", Consultation: "C", Option: 3, Project: 4, Revision: 1, said: civic.Outcome{Code: "K7P4XY", At: noon, Place: "01010401"}}
					everyPage(t, m, v, r, st)
				}
			}
		}
	}
}

func everyPage(t *testing.T, m *Menu, v fixed, r *row, st State) {
	t.Helper()
	s := m.scene(st, v)
	pages := s.lay(r)
	var options []string
	for page, p := range pages {
		st.Page = uint8(page)
		for _, invalid := range []bool{false, true} {
			s := m.scene(st, v)
			s.invalid = invalid
			step := s.page(st.Screen)
			if !m.cfg.Limit.Fits(step.Screen.Text) || step.Screen.Text == "" {
				_, n := gsm.Measure(step.Screen.Text)
				t.Fatalf("%s %s page %d: %d units: %q", st.Screen, st.Lang, page, n, step.Screen.Text)
			}
			for _, o := range p.Options {
				if !strings.Contains(step.Screen.Text, o) {
					t.Fatalf("%s %s page %d: option %q is not on %q", st.Screen, st.Lang, page, o, step.Screen.Text)
				}
			}
			if strings.Contains(step.Screen.Text, "?") && strings.Contains(step.Screen.Text, " ? ?") {
				t.Fatalf("%s: a placeholder is not filled: %q", st.Screen, step.Screen.Text)
			}
		}
		options = append(options, p.Options...)
	}
	if r.list != nil {
		want := r.list(m.scene(st, v)) // one longer than a page goes on on the next: its words are all there
		if strings.Join(options, " ") != strings.Join(want, " ") {
			t.Fatalf("%s %s: pages hold %q, want %q", st.Screen, st.Lang, options, want)
		}
	}
}

// TestEveryScreenHasAWayOut: each screen that does not end the call leads
// somewhere by a key, and each is reached from another or by an outcome.
func TestEveryScreenHasAWayOut(t *testing.T) {
	m := bound(t, gsm.GSM7, gsm.DefaultLimit)
	v := view(m, false)
	for name, r := range m.rows {
		if r.end {
			continue
		}
		st := State{Screen: name, Lang: "fr", Commune: "01010107", Pending: "01010107", Near: "01010101", Consultation: "C", Option: 3, Project: 4, Revision: 1, said: civic.Outcome{Code: "K7P4XY"}}
		out := false
		for _, key := range []string{"1", "2", "0"} {
			step := m.Next(st, key, v)
			out = out || !step.Invalid && (step.State.Screen != name || step.Act.Deed != civic.NoDeed)
		}
		if !out {
			t.Errorf("%s: no key leads anywhere", name)
		}
		if r.back != "" && m.rows[r.back] == nil {
			t.Errorf("%s: 0 leads to %s, which is no screen", name, r.back)
		}
		if r.resume != "" && (m.rows[r.resume] == nil || r.resume == scrVoteConfirm || r.resume == scrVoteDetail) {
			t.Errorf("%s: a dropped call goes on at %s", name, r.resume)
		}
	}
}

// TestWalk presses anything: never a panic, always a text that fits, the same
// step twice is the same bytes, and a ballot is asked only from the screen
// that names what is chosen.
func TestWalk(t *testing.T) {
	m := bound(t, gsm.GSM7, gsm.DefaultLimit)
	v := view(m, true)
	v.standing.Numbers = 12
	rapid.Check(t, func(t *rapid.T) {
		v := v
		v.voted = rapid.Bool().Draw(t, "voted")
		v.citizen.Known = rapid.Bool().Draw(t, "known")
		step := m.Start(v)
		for range rapid.IntRange(1, 40).Draw(t, "turns") {
			input := rapid.OneOf(rapid.SampledFrom([]string{"1", "2", "3", "4", "9", "0", "1#", "Kayes", "", "\u07c1"}), rapid.StringN(0, 12, -1)).Draw(t, "input")
			before := step
			step = m.Next(before.State, input, v)
			if again := m.Next(before.State, input, v); again.Screen != step.Screen || again.State != step.State {
				t.Fatalf("%q on %s: two answers", input, before.State.Screen)
			}
			if step.Act.Deed == civic.CastBallot {
				label := m.Prepare(Source{Revision: 1, Plans: []civic.Plan{long(true)}, Territory: civic.Kayes()}).tongues[before.State.Lang].labels["C"][int(step.Act.Marks[0].Option)]
				if !strings.Contains(before.Screen.Text, label) {
					t.Fatalf("a ballot for %q from a screen that says %q", label, before.Screen.Text)
				}
			}
			if step.Act.Deed != civic.NoDeed {
				step = m.After(step.State, civic.Outcome{Verdict: civic.Verdict(rapid.IntRange(0, 12).Draw(t, "verdict")), Code: "K7P4XY", At: noon, First: rapid.Bool().Draw(t, "first")}, v)
			}
			if !m.cfg.Limit.Fits(step.Screen.Text) || step.Screen.Text == "" {
				t.Fatalf("%s: %q", step.State.Screen, step.Screen.Text)
			}
			back, err := ParseState(step.State.Append(nil))
			said := step.State
			said.said = civic.Outcome{}
			if err != nil || back != said {
				t.Fatalf("state came back as %+v, %v", back, err)
			}
			if step.Screen.End {
				return
			}
			if offered, ok := m.Offer(step.State, v); ok && strings.Contains(offered.Screen.Text, "cole n") {
				t.Fatalf("a dropped call is offered with a choice: %q", offered.Screen.Text)
			}
		}
	})
}

func FuzzParseState(f *testing.F) {
	f.Add(State{Screen: scrMain, Lang: "bm", Revision: 3}.Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := ParseState(b); err == nil {
			if again, err := ParseState(s.Append(nil)); err != nil || again != s {
				t.Fatalf("%+v came back as %+v", s, again)
			}
		}
	})
}

// BenchmarkNext is the step of a first voting call, one after the other.
func BenchmarkNext(b *testing.B) {
	m := bound(b, gsm.GSM7, gsm.DefaultLimit)
	v := view(m, false)
	plan := long(false)
	plan.Scope = plan.Scope[:3]
	plan.Consultations[0].Options = plan.Consultations[0].Options[:8]
	v.content = m.Prepare(Source{Revision: 1, Plans: []civic.Plan{plan}, Territory: civic.Kayes()})
	keys := []string{"2", "1", "1", "1", "3", "1", "1"}
	b.ReportAllocs()
	step := m.Start(v)
	i := 0
	for b.Loop() {
		if i == len(keys) {
			step, i = m.Start(v), 0
		}
		step = m.Next(step.State, keys[i], v)
		i++
	}
}
