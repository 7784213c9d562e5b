package desk_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/outbox"
)

// weekInput is a week with two communes asked, one silent, and a third that
// is not hers.
func weekInput(change ...func(*desk.WeekInput)) desk.WeekInput {
	week := civic.WeekOf(noon)
	plan := civic.Plan{
		Code: "P", Scope: []civic.Code{"01019901", "01019902", "01020301"},
		Population: map[civic.Code]civic.Residents{"01019901": {Total: 10_000, Over15: 5_000, Women: 5_100, Young: 3_000, Source: "RGPH", Year: 2022}},
		Consultations: []civic.Consultation{
			{Code: "LIVE", Scope: []civic.Code{"01019901", "01019902", "01020301"}, Opens: noon.AddDate(0, 0, -20), Closes: noon.AddDate(0, 0, 20), Visibility: civic.Live},
			{Code: "HELD", Scope: []civic.Code{"01019902"}, Opens: noon.AddDate(0, 0, -20), Closes: noon.AddDate(0, 0, 20), Visibility: civic.AfterClose},
		},
	}
	cell := func(m civic.Measure, commune civic.Code, detail string, n int64) civic.TrafficCount {
		return civic.TrafficCount{TrafficCell: civic.TrafficCell{Measure: m, Commune: commune, Channel: civic.ChannelUSSD, Detail: detail}, N: n}
	}
	in := desk.WeekInput{
		Now: noon, Me: civic.Coordinator{Role: civic.Administrator}, Free: -1,
		This: civic.Report{
			Week: week, AsOf: noon, Provisional: true, Plans: []civic.Plan{plan},
			Traffic: []civic.TrafficCount{
				cell(civic.Dials, "01019901", "", 40), cell(civic.Completed, "01019901", "", 30), cell(civic.Dropped, "01019901", "vote.list", 6),
				cell(civic.Dropped, "01019901", "lang", 3), cell(civic.Dials, "01020301", "", 7), cell(civic.Dials, "", "", 5), cell(civic.TextsIn, "01019901", "", 9),
			},
			Ballots: []civic.BallotFlow{{Consultation: "LIVE", Commune: "01019901", Cast: 20, Replaced: 5}, {Consultation: "LIVE", Commune: "01020301", Cast: 3, Replaced: 0}, {Consultation: "HELD", Commune: "01019902", Cast: 50, Replaced: 0}},
			Feedback: []civic.FeedbackRow{
				{Reference: "B", At: noon.Add(-time.Hour), Commune: "01019901", Kind: civic.Question, Status: civic.Seen},
				{Reference: "A", At: noon.AddDate(0, 0, -9), Commune: "01020301", Kind: civic.Rumour, Status: civic.Received},
				{Reference: "C", At: noon.Add(-2 * time.Hour), Kind: civic.OpinionKind, Status: civic.Received},
				{Reference: "D", At: noon, Commune: "01019901", Status: civic.Replied},
			},
		},
		Last: civic.Report{Week: week.Prev(), Traffic: []civic.TrafficCount{cell(civic.Dials, "01019901", "", 11), cell(civic.Dials, "01019902", "", 2)}},
		Past: [][]civic.BallotFlow{{{Consultation: "LIVE", Commune: "01019901", Cast: 30, Replaced: 0}}, {{Consultation: "LIVE", Commune: "01019901", Cast: 2, Replaced: 0}}, {{Consultation: "LIVE", Commune: "01019901", Cast: 20, Replaced: 5}}},
		Published: []desk.WeekPublished{
			{Code: "LIVE", Figures: published(week.Prev())},
			{Code: "HELD", Figures: civic.Published{Communes: map[civic.Code]civic.Figures{"01019902": {AsOf: week.Prev(), Numbers: civic.Figure{N: 99}}}}},
		},
	}
	for _, f := range change {
		f(&in)
	}
	return in
}

// published are 200 numbers in one commune, with sex told and one age hidden.
func published(w civic.Week) civic.Published {
	sex := civic.Table[string]{AsOf: w, Numbers: 200, Cells: map[string]civic.Figure{"femme": {N: 60}, "homme": {N: 90}, "non_renseigne": {N: 50}}}
	age := civic.Table[string]{AsOf: w, Numbers: 200, Cells: map[string]civic.Figure{"15_35": {N: 60}, "36_59": {Hidden: true, Why: civic.Secret}, "non_renseigne": {Hidden: true, Why: civic.Secret}}}
	f := civic.Figures{AsOf: w, Numbers: civic.Figure{N: 200}, By: map[civic.Dimension]civic.Table[string]{civic.BySex: sex, civic.ByAge: age}}
	return civic.Published{Week: w, Communes: map[civic.Code]civic.Figures{"01019901": f}, Pooled: f}
}

func TestTheWeek(t *testing.T) {
	v := desk.NewWeekView(weekInput())
	got := fmt.Sprintf("%d/%d %d %v/%v %d", v.Dials, v.DialsBefore, v.Completed, v.Ballots, v.BallotsBefore, v.Texts)
	if want := "52/13 30 {25 false true}/{0 false false} 9"; got != want {
		t.Errorf("totals %s, want %s", got, want)
	}
	if !v.Held || v.Lost || v.Nowhere != 5 || len(v.Communes) != 3 {
		t.Errorf("held %v, lost %v, nowhere %d, %d communes", v.Held, v.Lost, v.Nowhere, len(v.Communes))
	}
	one, two, far := v.Communes[0], v.Communes[1], v.Communes[2]
	if one.Ballots != (desk.Count{N: 25}) || one.Numbers.N != 200 || one.Rate != 400 || one.Bar != 100 || one.DialsBefore != 11 {
		t.Errorf("first commune %+v", one)
	}
	if one.Women != (desk.WeekShare{Part: 60, Base: 150, Census: 5100, CensusBase: 10_000}) || one.Young.Base != 0 {
		t.Errorf("women %+v, young %+v: a share with a hidden part is not shown", one.Women, one.Young)
	}
	if two.Ballots.N != 0 || two.AsOf != (civic.Week{}) || !two.Quiet {
		t.Errorf("second commune %+v: what is held back until closing is shown", two)
	}
	if far.Ballots != (desk.Count{Few: true}) {
		t.Errorf("3 ballots are shown as %+v", far.Ballots)
	}
	if len(v.Silent) != 1 || v.Silent[0] != (desk.WeekSilence{Code: "01019902"}) {
		t.Errorf("silent %+v", v.Silent)
	}
	if v.WaitingN != 3 || v.Waiting[0].Reference != "A" || v.Waiting[2].Reference != "B" {
		t.Errorf("%d wait: %+v", v.WaitingN, v.Waiting)
	}
	if len(v.Drops) != 2 || v.Drops[0] != (desk.WeekDrop{Screen: "vote.list", N: 6, Bar: 100}) || v.Drops[1].Bar != 50 {
		t.Errorf("drops %+v", v.Drops)
	}
	if fmt.Sprint(v.Spark) != "[{30 false false} {0 false true} {25 false false}]" {
		t.Errorf("spark %v", v.Spark)
	}
	if len(v.Groups) != 1 || v.Groups[0].Key != "women" || v.Groups[0].Share.CensusBase != 0 {
		t.Errorf("groups %+v: the census is of one commune of three", v.Groups)
	}
}

func TestTheWeekOfOneCommune(t *testing.T) {
	v := desk.NewWeekView(weekInput(func(in *desk.WeekInput) {
		in.Me = civic.Coordinator{Role: civic.Coordinating, Territory: []civic.Code{"01019901"}}
		in.This.Traffic = append(in.This.Traffic, civic.TrafficCount{TrafficCell: civic.TrafficCell{Measure: civic.Lost}, N: 1})
	}))
	if v.Dials != 40 || v.Ballots.N != 25 || len(v.Communes) != 1 || len(v.Silent) != 0 || v.Nowhere != 0 || !v.Lost {
		t.Errorf("%+v", v)
	}
	if v.WaitingN != 2 || v.Waiting[0].Reference != "C" {
		t.Errorf("waiting %+v: hers, and those whose commune is not known", v.Waiting)
	}
	if len(v.Groups) != 1 || v.Groups[0].Share.CensusBase != 10_000 {
		t.Errorf("groups %+v", v.Groups)
	}
}

func TestWhatIsBroken(t *testing.T) {
	money := func(n int64) outbox.Money { return outbox.Money{Amount: n * 10_000, Currency: "XOF"} }
	for name, tc := range map[string]struct {
		change func(*desk.WeekInput)
		want   []string
	}{
		"nothing": {func(in *desk.WeekInput) {
			in.Posts = []desk.Post{{Provider: "sim", Waiting: 2, Oldest: noon}}
			in.Free = 1 << 40
		}, nil},
		"the store":   {func(in *desk.WeekInput) { in.Health = store.Health{Err: errors.New("full")} }, []string{"store"}},
		"little disk": {func(in *desk.WeekInput) { in.Free = 100 << 20 }, []string{"disk"}},
		"paused":      {func(in *desk.WeekInput) { in.Posts = []desk.Post{{Paused: "405", Since: noon}} }, []string{"paused"}},
		"late":        {func(in *desk.WeekInput) { in.Posts = []desk.Post{{Waiting: 1, Oldest: noon.Add(-2 * time.Hour)}} }, []string{"late"}},
		"bulk may wait": {func(in *desk.WeekInput) {
			in.Posts = []desk.Post{{Waiting: 9, Bulk: 9, Oldest: noon.Add(-2 * time.Hour)}}
		}, nil},
		"budget is near": {func(in *desk.WeekInput) { in.Posts = []desk.Post{{Spent: money(80), Budget: money(100)}} }, []string{"budget.near"}},
		"budget is over": {func(in *desk.WeekInput) { in.Posts = []desk.Post{{Spent: money(100), Budget: money(100)}} }, []string{"budget"}},
	} {
		var got []string
		for _, f := range desk.NewWeekView(weekInput(tc.change)).Faults {
			got = append(got, f.Key[len("desk.week.fault."):])
		}
		if fmt.Sprint(got) != fmt.Sprint(tc.want) {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}

// TestNoSmallCountOfBallots: whatever the flows, no figure of ballots is 1 to
// 4, nor is a sum less what is shown of its parts.
func TestNoSmallCountOfBallots(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		v := desk.NewWeekView(weekInput(func(in *desk.WeekInput) {
			in.This.Ballots = nil
			for _, c := range in.This.Plans[0].Scope {
				in.This.Ballots = append(in.This.Ballots, civic.BallotFlow{Consultation: "LIVE", Commune: c, Cast: chance.Int64N(4), Replaced: chance.Int64N(4)})
			}
			in.Past = [][]civic.BallotFlow{in.This.Ballots}
		}))
		all := append([]desk.Count{v.Ballots, v.BallotsBefore}, v.Spark...)
		for _, c := range v.Communes {
			all = append(all, c.Ballots, c.BallotsBefore)
		}
		for _, c := range all {
			if c.N > 0 && c.N < 5 {
				t.Fatalf("%+v is shown", c)
			}
		}
		rest := v.Ballots.N
		for _, c := range v.Communes {
			rest -= c.Ballots.N
		}
		if rest != 0 {
			t.Fatalf("the sum is %d more than its parts", rest)
		}
	}
}
