package export

import (
	"encoding/hex"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

const (
	colimbine = civic.Code("01010103")
	gopela    = civic.Code("01010104")
	diamanou  = civic.Code("01010201")
)

func week(t testing.TB, s string) civic.Week {
	t.Helper()
	w, err := civic.ParseWeek(s)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// labels are names of thirty letters, as long as plans have them.
func labels() []civic.Text {
	return []civic.Text{
		{"fr": "Forage équipé de Dinguira Nord", "bm": "Dingira Nɔri pɔnpekɔlɔn kura ɲɛ"},
		{"fr": "École de trois classes Kabaté", "bm": "Kabate lakɔli kalanso saba kura"},
		{"fr": "Maternité rurale de Gopéla Est", "bm": "Gopela Kɔrɔn jiginniso kura ni ji"},
		{"fr": "Route de Séro à Samé Diongoma", "bm": "Sero ni Same Jɔngɔma cɛ sira kura"},
		{"fr": "Jardin maraîcher des femmes", "bm": "Musow ka nakɔ ni a kɔlɔn kura"},
		{"fr": "Hangars du marché hebdomadaire", "bm": "Dɔgɔkun sugu gwaw ni ɲɛgɛnw"},
		{"fr": "Latrines du marché de Kabaté", "bm": "Kabate sugu ɲɛgɛnw ni ŋɔmi yɔrɔ"},
		{"fr": "Lampes solaires du CSCOM rural", "bm": "Dɔgɔtɔrɔso tile kuran ni yeelen"},
	}
}

func aPlan() civic.Plan {
	plan := civic.Plan{
		Code: "KAY-2026", Title: civic.Text{"fr": "PDESC intercommunal de Kayes", "bm": "Kayi yiriwali baara"}, From: 2026, To: 2030,
		Scope: []civic.Code{colimbine, gopela, diamanou}, Authority: civic.Council, Phase: civic.Priorisation,
		Population: map[civic.Code]civic.Residents{
			colimbine: {Total: 12101, Over15: 6413, Women: 6190, Young: 3302, Source: "INSTAT, RGPH provisoire", Year: 2009},
			gopela:    {Total: 7712, Over15: 4087, Women: 3911, Young: 2104, Source: "INSTAT, RGPH provisoire", Year: 2009},
			diamanou:  {Total: 23281, Over15: 12338, Women: 11790, Young: 6355, Source: "INSTAT, RGPH provisoire", Year: 2009},
		},
	}
	for i, l := range labels() {
		plan.Projects = append(plan.Projects, civic.Project{
			Code: fmt.Sprintf("PRJ-%02d", i+1), Title: l, Sector: "hydraulique", Village: "Dinguira", Cost: civic.FCFA(12_500_000 + i), Funders: []string{"commune", "État"}, Status: civic.Proposed,
		})
	}
	due := time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC)
	for i, s := range []civic.Status{civic.Late, civic.Broken, civic.Underway, civic.Done} {
		plan.Projects = append(plan.Projects, civic.Project{
			Code: fmt.Sprintf("OLD-%02d", i+1), Title: labels()[i], Sector: "pistes", Village: "Kabaté", Status: s, Due: due,
			History: []civic.StatusChange{{On: due.AddDate(-1, 0, 0), Status: civic.Underway}, {On: due.AddDate(-1, 1, 0), Status: s, Proof: "PV du 30/04/2026"}},
		})
	}
	return plan
}

// aSheet is a week of the consultation: n numbers in each commune choose each
// option, twice as many the first.
func aSheet(w civic.Week, opens, closes time.Time, v civic.Visibility, n map[civic.Code]int64) civic.Sheet {
	plan := aPlan()
	c := civic.Consultation{
		Code: "KAY-2026-1", Plan: plan.Code, Rule: civic.Choose, Scope: plan.Scope, Visibility: v, Opens: opens, Closes: closes,
		Question: civic.Text{"fr": "Quel projet faire en premier ?", "bm": "Baara jumɛn ka kan ka kɛ fɔlɔ?"},
	}
	for i, l := range labels() {
		c.Options = append(c.Options, civic.Option{Number: i + 1, Project: fmt.Sprintf("PRJ-%02d", i+1), Label: l})
	}
	s := civic.Sheet{
		Week: w, PlanCode: plan.Code, PlanTitle: plan.Title, Phase: plan.Phase, Consultation: c, AsOf: w.End(), Population: plan.Population,
		Places: placesOf(plan.Scope),
	}
	s.State = c.State(s.AsOf)
	groups := []civic.Group{
		{Channel: civic.ChannelUSSD, Lang: "bm", Sex: civic.Female, Age: civic.From15To35},
		{Channel: civic.ChannelUSSD, Lang: "fr", Sex: civic.Male, Age: civic.From36To59},
		{Channel: civic.ChannelSMS, Lang: "bm"},
	}
	for _, commune := range plan.Scope {
		for _, g := range groups {
			sum := int64(0)
			for i := range c.Options {
				votes := n[commune]
				if i == 0 {
					votes *= 2
				}
				sum += votes
				s.Rows = append(s.Rows, civic.SheetRow{Place: commune, Option: uint16(i + 1), Group: g, Total: votes})
			}
			s.Rows = append(s.Rows, civic.SheetRow{Place: commune, Group: g, Total: sum})
		}
	}
	return s
}

func placesOf(scope []civic.Code) []civic.Place {
	content := civic.Content{Territory: civic.Kayes()}
	return content.Around(scope)
}

// counts of the three communes.
func counts(a, b, c int64) map[civic.Code]int64 {
	return map[civic.Code]int64{colimbine: a, gopela: b, diamanou: c}
}

// series are two weeks, the second after closing or not.
func series(t testing.TB, v civic.Visibility, closed bool) []civic.Sheet {
	first := week(t, "2026-W47")
	closes := first.End().AddDate(0, 0, 21)
	if closed {
		closes = first.End().AddDate(0, 0, 6)
	}
	return []civic.Sheet{
		aSheet(first, first.Start(), closes, v, counts(11, 12, 13)),
		aSheet(first.Next(), first.Start(), closes, v, counts(31, 24, 45)),
	}
}

func aReport(w civic.Week) *civic.Report {
	at := func(hours int) time.Time { return w.Start().Add(time.Duration(hours) * time.Hour) }
	r := &civic.Report{Week: w, AsOf: w.End(), Plans: []civic.Plan{aPlan()}, Places: placesOf(aPlan().Scope)}
	for i, commune := range aPlan().Scope {
		n := int64(i)
		r.Traffic = append(r.Traffic,
			cell(civic.Dials, commune, "Orange", "bm", 120+n), cell(civic.Dials, commune, "Moov", "fr", 40+n), cell(civic.Completed, commune, "Orange", "bm", 90),
			cell(civic.Completed, commune, "Moov", "fr", 30), cell(civic.Repeats, commune, "Orange", "bm", 14))
		drop := cell(civic.Dropped, commune, "Orange", "bm", 22)
		drop.Detail = "vote_confirm"
		r.Traffic = append(r.Traffic, drop)
		r.Ballots = append(r.Ballots, civic.BallotFlow{Consultation: "KAY-2026-1", Commune: commune, Cast: 300, Replaced: 17})
		for j := range 12 {
			f := civic.FeedbackRow{Reference: fmt.Sprintf("R%d%02d", i, j), At: at(j), Commune: commune, Topic: "eau", Kind: civic.Question, Lang: "bm", Channel: civic.ChannelSMS, Status: civic.Received}
			if j%2 == 0 {
				f.Summary = "Quand le forage de Dinguira sera-t-il réparé, et qui paiera la pompe cette fois-ci après la panne ?"
			}
			r.Feedback = append(r.Feedback, f)
		}
	}
	late := cell(civic.Latency, "", "", "", 900)
	late.Detail = "20"
	slow := cell(civic.Latency, "", "", "", 100)
	slow.Detail = "200"
	r.Traffic = append(r.Traffic, late, slow)
	r.Messages = []civic.MessageRow{{Provider: "africastalking", Purpose: "receipt", Sent: 210, Delivered: 190, Segments: 220, Cost: "XOF 3300.5000"}}
	return r
}

func cell(m civic.Measure, c civic.Code, operator, lang string, n int64) civic.TrafficCount {
	return civic.TrafficCount{TrafficCell: civic.TrafficCell{Measure: m, Commune: c, Channel: civic.ChannelUSSD, Operator: operator, Lang: lang}, N: n}
}

func everything() Counted {
	return Counted{Traffic: true, Ballots: true, Feedback: true, Messages: true}
}

// leaves are n lines of a log, made as they are read, and the root they make.
func leaves(n uint64) (iter.Seq2[Leaf, error], string) {
	hash := func(i uint64) tlog.Hash { return tlog.RecordHash(fmt.Append(nil, i)) }
	var tree store.Tree
	for i := range n {
		tree.Append(hash(i))
	}
	root := tree.Head().Root
	return func(yield func(Leaf, error) bool) {
		for i := range n {
			h := hash(i)
			if !yield(Leaf{Index: i, Receipt: civic.FormatReceipt(uint32(i)), Hash: hex.EncodeToString(h[:])}, nil) {
				return
			}
		}
	}, hex.EncodeToString(root[:])
}

// aSource is a whole week: votes, traffic, opinions, works and the log.
func aSource(t testing.TB, v civic.Visibility, closed bool) *Source {
	s := series(t, v, closed)
	r := aReport(s[1].Week)
	all, root := leaves(40)
	r.LogSize, r.LogRoot = 40, root
	return &Source{
		Series: s, Report: r, Counted: everything(), Leaves: all,
		Gateway: Gateway{Ussd: "*384*55#", ShortCode: "36055", Contact: "Bureau de la mairie, le lundi matin."},
	}
}

// profiles are those that a long test goes through: in a short run, the one
// that shows most.
func profiles() []Profile {
	if testing.Short() {
		return []Profile{Coordination}
	}
	return []Profile{Public, Coordination}
}

// made are the files of a week by name.
func made(t testing.TB, src *Source, o Options) map[string][]byte {
	t.Helper()
	files, err := Render(src, o)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, f := range files {
		b, err := f.Bytes()
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		if _, twice := all[f.Name]; twice {
			t.Fatalf("%s: twice", f.Name)
		}
		all[f.Name] = b
	}
	return all
}

func like(t testing.TB, all map[string][]byte, begins, ends string) []byte {
	t.Helper()
	for name, b := range all {
		if strings.HasPrefix(name, begins) && strings.HasSuffix(name, ends) {
			return b
		}
	}
	t.Fatalf("no %s...%s", begins, ends)
	return nil
}
