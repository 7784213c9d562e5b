package command

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/gsm"
	"github.com/jamakan/jamakan/locales"
)

// fixed is a snapshot of a world.
type fixed struct {
	now     time.Time
	content *civic.Content
	me      civic.Citizen
	voted   bool
	votes   civic.Standing
}

func (f fixed) Now() time.Time          { return f.now }
func (f fixed) Content() *civic.Content { return f.content }
func (f fixed) Citizen() civic.Citizen  { return f.me }
func (f fixed) Voted(string) (time.Time, civic.Code, bool) {
	return f.now, "01019902", f.voted
}
func (f fixed) Standing(string, civic.Code) civic.Standing { return f.votes }

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// longest is a commune with as many and as long things as people write.
func longest(t testing.TB, options, consultations int, rule civic.Rule, state civic.State) *civic.Content {
	t.Helper()
	plan := civic.Plan{Code: "LNG", Phase: civic.Priorisation, Fictional: true, Scope: []civic.Code{"01019901", "01019902"}}
	plan.Places = []civic.Place{
		{Code: "010199", Name: "Guidimakan Keri Kaffo é"},
		{Code: "01019901", Name: "Guidimakan Kéri Kaffo Nord"},
		{Code: "01019902", Name: "Guidimakan Kéri Kaffo Sud"},
	}
	title := civic.Text{"fr": "Réhabilitation de l'école fondamentale ŵ%d", "bm": "Lakɔliso kɔrɔw labɛnni ni u ɲɛnabɔli ŋ%d"}
	for i := range options {
		n := civic.OptionNumbers(options)[i]
		text := civic.Text{}
		for tag, s := range title {
			text[tag] = fmt.Sprintf(s, n)
		}
		plan.Projects = append(plan.Projects, civic.Project{Code: fmt.Sprintf("LNG-%03d", n), Title: text, Commune: "", Status: civic.Statuses()[i%10], Due: noon})
	}
	for j := range consultations {
		c := civic.Consultation{
			Code: fmt.Sprintf("LNG-C%d", j), Plan: "LNG", Rule: rule, Max: 3, Budget: 10, Scope: plan.Scope,
			Opens: noon.Add(-time.Hour), Closes: noon.Add(time.Hour), Visibility: civic.Live,
		}
		switch state {
		case civic.NotOpen:
			c.Opens = noon.Add(time.Minute)
		case civic.Closed:
			c.Closes = noon.Add(-time.Minute)
		case civic.Annulled:
			c.Annulled = &civic.Annulment{At: noon, Reason: civic.Text{"fr": strings.Repeat("les urnes ont été emportées par le fleuve et ", 5)}}
		}
		for i, n := range civic.OptionNumbers(options) {
			c.Options = append(c.Options, civic.Option{Number: n, Project: plan.Projects[i].Code, Label: plan.Projects[i].Title, Cost: 20})
		}
		plan.Consultations = append(plan.Consultations, c)
	}
	territory, err := civic.Kayes().With(plan.Places)
	if err != nil {
		t.Fatal(err)
	}
	return &civic.Content{Revision: 1, Plans: []civic.Plan{plan}, Territory: territory}
}

func dialogue(t testing.TB, profile gsm.Profile, change func(*Config)) *Dialogue {
	t.Helper()
	catalog, err := locales.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Catalog: catalog, Profile: profile, DefaultLang: "fr", Ussd: "*384*36055#", ShortCode: "36055"}
	if change != nil {
		change(&cfg)
	}
	d, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestEveryAnswerIsOneSegment answers every kind of text, in every language,
// with every outcome and the longest data, and measures it.
func TestEveryAnswerIsOneSegment(t *testing.T) {
	texts := []string{
		"AIDE", "STOP", "START", "OUI", "NON", "VOTE", "VOTE 2", "VOTE 99", "vote 1 2", "vote 1 2 3 4 5", "VOTE LNG-001", "VOTE ZZ-99", "2", "99", "1 et 3", "je vote 2",
		"AVIS le puits est sec", "la pompe", "RUMEUR x", "tiɲɛ", "COMMUNE", "COMMUNE Guidimakan", "COMMUNE Guidimakan Kéri Kaffo Nord", "COMMUNE Xyzxyzxyzxyz",
		"LANGUE", "BM", "FR", "RESULTAT", "TRAVAUX", "TRAVAUX 1", "TRAVAUX LNG-008", "CODE", "CODE K7P4XY", "CODE K7P4X0", "EFFACER", "SEGIN", "bonjour", "", "avis",
		"baraou", "?", "COMMUNE " + strings.Repeat("W", 60), "CODE 1234567",
	}
	outcomes := []civic.Outcome{
		{Verdict: civic.Noted, Code: "WWWWWW", At: noon, Place: "01019902"},
		{Verdict: civic.Changed, Code: "WWWWWW", At: noon, Place: "01019902"},
		{Verdict: civic.NotNoted},
		{Verdict: civic.Unsure},
		{Verdict: civic.TooEarly},
		{Verdict: civic.TooLate},
		{Verdict: civic.Cancelled},
		{Verdict: civic.NotAllowed},
		{Verdict: civic.Found, Code: "WWWWWW", At: noon},
		{Verdict: civic.Superseded, Code: "WWWWWW", At: noon},
		{Verdict: civic.NotFound, Code: "WWWWWWWW"},
		{Verdict: civic.Heard, Code: "WWWWWW", At: noon},
		{Verdict: civic.Answered, Code: "WWWWWW", At: noon},
	}
	many := civic.Standing{Numbers: 123456, Votes: map[uint16]int{1: 99999, 2: 20000}}
	said := map[string]bool{}
	for _, profile := range []gsm.Profile{gsm.GSM7, gsm.ASCII} {
		for _, free := range []bool{false, true} {
			d := dialogue(t, profile, func(c *Config) {
				c.Free = free
				if free {
					c.ReplyDays = 15
				}
			})
			for _, shape := range []struct {
				options, consultations int
				rule                   civic.Rule
				state                  civic.State
			}{
				{8, 1, civic.Choose, civic.Open},
				{30, 1, civic.Approve, civic.Open},
				{3, 2, civic.Choose, civic.Open},
				{8, 1, civic.Budget, civic.Open},
				{5, 1, civic.Rank, civic.Open},
				{4, 1, civic.Scale, civic.Open},
				{2, 1, civic.YesNo, civic.Closed},
				{2, 1, civic.Choose, civic.NotOpen},
				{2, 1, civic.Choose, civic.Annulled},
				{1, 0, civic.Choose, civic.Open},
			} {
				content := longest(t, shape.options, shape.consultations, shape.rule, shape.state)
				for _, lang := range []string{"fr", "bm"} {
					for _, commune := range []civic.Code{"", "01019901"} {
						v := fixed{noon, content, civic.Citizen{Known: true, Lang: lang, Commune: commune}, true, many}
						for _, talk := range []Talk{
							{},
							{Asked: AskVote, AskedAt: noon, Consultation: "LNG-C0", Numbers: []int{1}},
							{Asked: AskCommune, AskedAt: noon, Near: []civic.Code{"01019901", "01019902"}},
							{Asked: AskLanguage, AskedAt: noon},
							{Asked: VoteWaits, AskedAt: noon, Numbers: []int{2}},
						} {
							for _, text := range texts {
								step := d.Next(text, talk, v)
								for _, out := range outcomes {
									a := d.After(step, out, v)
									if a.Text == "" || strings.Contains(a.Text, "[") || strings.Contains(a.Text, "{{") || strings.Contains(a.Text, "<no value>") || strings.Contains(a.Text, "\x00") {
										t.Fatalf("%s %s %q: %q", lang, commune, text, a.Text)
									}
									if alphabet, units, segments := gsm.Count(a.Text); segments != 1 || alphabet != gsm.Default7 {
										t.Errorf("%s %s %q: %d %s, %d segments: %q", lang, profile, text, units, alphabet, segments, a.Text)
									}
									said[a.Text] = true
								}
							}
						}
					}
				}
			}
		}
	}
	if len(said) < 200 {
		t.Errorf("only %d different answers", len(said))
	}
}

// The rules that take several numbers take them, in the order typed.
func TestSeveralNumbers(t *testing.T) {
	d := dialogue(t, gsm.GSM7, nil)
	for _, tc := range []struct {
		rule civic.Rule
		text string
		want []civic.Mark
	}{
		{civic.Choose, "VOTE 2", []civic.Mark{{Option: 2, Value: 1}}},
		{civic.Choose, "VOTE 1 2", nil},
		{civic.Approve, "VOTE 1 et 3", []civic.Mark{{Option: 1, Value: 1}, {Option: 3, Value: 1}}},
		{civic.Approve, "VOTE 1 2 3 4", nil},
		{civic.Approve, "VOTE 1 1", nil},
		{civic.Rank, "wote saba ani kelen", []civic.Mark{{Option: 3, Value: 1}, {Option: 1, Value: 2}}},
		{civic.Budget, "VOTE 1", nil}, // 20 of a budget of 10
		{civic.Scale, "VOTE 1 3 2 1", []civic.Mark{{Option: 1, Value: 3}, {Option: 2, Value: 1}}},
		{civic.Scale, "VOTE 1 4", nil},
		{civic.YesNo, "VOTE 1", []civic.Mark{{Option: 1, Value: 1}}},
	} {
		v := fixed{now: noon, content: longest(t, 5, 1, tc.rule, civic.Open), me: civic.Citizen{Known: true, Lang: "fr", Commune: "01019901"}}
		step := d.Next(tc.text, Talk{}, v)
		if got := fmt.Sprint(step.Act.Marks); got != fmt.Sprint(tc.want) {
			t.Errorf("%s %q: %s, want %v (%q)", tc.rule, tc.text, got, tc.want, step.said)
		}
	}
}

// A vote is only ever cast by the keyword with its argument, or by OUI to a
// question that named it.
func FuzzVotesAreMeant(f *testing.F) {
	for _, s := range []string{"VOTE 2", "2", "oui", "je vote 2", "wote fila", "vote eau-01"} {
		f.Add(s)
	}
	d := dialogue(f, gsm.GSM7, nil)
	v := fixed{now: noon, content: longest(f, 5, 1, civic.Choose, civic.Open), me: civic.Citizen{Known: true, Lang: "fr", Commune: "01019901"}}
	f.Fuzz(func(t *testing.T, text string) {
		step := d.Next(text, Talk{}, v)
		if step.Act.Deed == civic.CastBallot && !step.sure(d, text) {
			t.Errorf("%q voted", text)
		}
		if a := d.After(step, civic.Outcome{Verdict: civic.Noted, Code: "WWWWWW", At: noon}, v); !one(a.Text) {
			t.Errorf("%q: %q", text, a.Text)
		}
		if strings.Contains(string(step.Talk.Marshal()), text) && len(text) > 12 {
			t.Errorf("the text is in what is remembered: %q", text)
		}
	})
}

// sure says, by another way than Match, whether a text is a whole vote: its
// first letters are a vote's keyword, and the rest holds a number.
func (s Step) sure(d *Dialogue, text string) bool {
	c := d.lexicon.Match(text)
	return c.Kind == Vote && c.Sure && (len(c.Numbers) == 1 || c.Project != "")
}

// Neither remembers for ever: questions are good for 24 hours.
func TestQuestionsEnd(t *testing.T) {
	d := dialogue(t, gsm.GSM7, nil)
	v := fixed{now: noon, content: longest(t, 5, 1, civic.Choose, civic.Open), me: civic.Citizen{Known: true, Lang: "fr", Commune: "01019901"}}
	step := d.Next("2", Talk{}, v)
	if step.Act.Deed != civic.JustAnswer || step.Talk.Asked != AskVote {
		t.Fatalf("%+v", step)
	}
	talk := ParseTalk(step.Talk.Marshal())
	v.now = noon.Add(23 * time.Hour)
	v.content.Plans[0].Consultations[0].Closes = noon.Add(72 * time.Hour)
	if step := d.Next("oui", talk, v); step.Act.Deed != civic.CastBallot {
		t.Errorf("%+v", step.Act)
	}
	v.now = noon.Add(25 * time.Hour)
	if step := d.Next("oui", talk, v); step.Act.Deed == civic.CastBallot {
		t.Error("a question a day old was answered")
	}
	if ParseTalk([]byte("{broken")).Asked != NoQuestion || ParseTalk(nil).Asked != NoQuestion {
		t.Error("what can't be read is not a new conversation")
	}
}
