package civic

import "testing"

// Two communes. Colimbiné hides its channels; Gory's are shown, so the pooled
// ones would be Colimbiné's plus a known count: they hide too.
func TestPooledDoesNotUndo(t *testing.T) {
	two := []ballots{
		{colimbine, 1, ussd(Female), 40},
		{colimbine, 2, sms(Female), 3},
		{gory, 1, ussd(Female), 50},
		{gory, 2, sms(Female), 20},
	}
	p := Publish(weekly(live(colimbine, gory), Open, two), 10)
	expect(t, "Gory", shows(p.Communes[gory].By[ByChannel].Cells), byColumn{"ussd": int64(50), "sms": int64(20)})
	expect(t, "pooled numbers", p.Pooled.Numbers, Figure{N: 113})
	expect(t, "pooled channels", shows(p.Pooled.By[ByChannel].Cells), byColumn{"ussd": "-", "sms": "-"})
	expect(t, "pooled sexes", shows(p.Pooled.By[BySex].Cells), byColumn{"femme": int64(113), NotGiven: int64(0)})
	// With a third that hides 8 SMS, each of the two small ones may be 0 to
	// 11: the pooled channels can be told.
	three := append(two, ballots{medine, 1, ussd(Female), 40}, ballots{medine, 2, sms(Female), 8})
	p = Publish(weekly(live(colimbine, gory, medine), Open, three), 10)
	expect(t, "pooled channels of three", shows(p.Pooled.By[ByChannel].Cells), byColumn{"ussd": int64(130), "sms": int64(31)})
}

// One commune of 4 numbers would be told by the sum; two of 4 and 7 hide one
// another.
func TestPooledWaitsForOneSmallCommune(t *testing.T) {
	one := []ballots{{colimbine, 1, ussd(Female), 40}, {gory, 1, ussd(Female), 4}}
	p := Publish(weekly(live(colimbine, gory), Open, one), 10)
	expect(t, "pooled", p.Pooled.Numbers, Figure{Hidden: true, Why: NotAll})
	expect(t, "Gory", p.Communes[gory].Numbers, Figure{Hidden: true, Why: TooFew})
	expect(t, "arrondissement", p.Rollups["010101"], Figure{Hidden: true, Why: NotAll})
	p = Publish(weekly(live(colimbine, gory, medine), Open, append(one, ballots{medine, 1, ussd(Female), 7})), 10)
	expect(t, "pooled", p.Pooled.Numbers, Figure{N: 51})
	expect(t, "pooled votes", shows(p.Pooled.Votes.Cells), byOption{1: int64(51), 2: int64(0), 3: int64(0)})
	expect(t, "sum of the arrondissement", p.Rollups["010101"].Why, NotAll)
}

func TestRollupsAddUp(t *testing.T) {
	sheets := weekly(live(colimbine, gory, medine), Open,
		[]ballots{{colimbine, 1, ussd(Female), 40}, {gory, 1, ussd(Female), 20}, {medine, 1, ussd(Male), 30}},
		[]ballots{{colimbine, 1, ussd(Female), 60}, {gory, 1, ussd(Female), 20}, {medine, 1, ussd(Male), 33}})
	p := Publish(sheets[:1], 10)
	for place, n := range map[Code]int64{"010101": 60, "010103": 30, "0101": 90, "01": 90} {
		expect(t, string(place), p.Rollups[place], Figure{N: n})
	}
	p = Publish(sheets, 10)
	expect(t, "010101", p.Rollups["010101"], Figure{N: 80})
	for _, place := range []Code{"010103", "0101", "01"} {
		expect(t, string(place), p.Rollups[place], Figure{Hidden: true, Why: NotAll})
	}
	expect(t, "pooled stands", p.Pooled.AsOf, sheets[0].Week)
}

// The result is exact: three more numbers since last week are in it. The
// breakdowns stand.
func TestClosingIsExact(t *testing.T) {
	before := []ballots{{colimbine, 1, ussd(Female), 40}, {colimbine, 2, ussd(Male), 30}}
	after := []ballots{{colimbine, 1, ussd(Female), 42}, {colimbine, 2, ussd(Male), 31}}
	sheets := weekly(live(colimbine), Closed, before, after)
	p := Publish(sheets, 10)
	f := p.Communes[colimbine]
	expect(t, "numbers", f.Numbers, Figure{N: 73, Change: 3, Moved: true})
	expect(t, "votes", shows(f.Votes.Cells), byOption{1: int64(42), 2: int64(31), 3: int64(0)})
	expect(t, "votes as of", f.Votes.AsOf, sheets[1].Week)
	expect(t, "sexes as of", f.By[BySex].AsOf, sheets[0].Week)
	expect(t, "pooled votes", shows(p.Pooled.Votes.Cells), shows(f.Votes.Cells))

	later := *sheets[1]
	later.Week, later.Rows = later.Week.Next(), nil // whatever it says
	q := Publish(append(sheets, &later), 10)
	expect(t, "a week later", q.Week, later.Week)
	q.Week = p.Week
	expect(t, "a week later", q, p)
}

// A result still hides 4 votes.
func TestClosingHidesSmall(t *testing.T) {
	c := live(colimbine)
	c.Visibility = ParticipationOnly
	p := Publish(weekly(c, Closed, []ballots{{colimbine, 1, ussd(Female), 80}, {colimbine, 2, ussd(Female), 12}, {colimbine, 3, ussd(Female), 4}}), 10)
	expect(t, "votes", shows(p.Communes[colimbine].Votes.Cells), byOption{1: int64(80), 2: "-", 3: "-"})
	expect(t, "for coordinators", shows(Publish(weekly(c, Closed, []ballots{{colimbine, 1, ussd(Female), 80}, {colimbine, 3, ussd(Female), 5}}), 5).Communes[colimbine].Votes.Cells),
		byOption{1: int64(80), 2: int64(0), 3: int64(5)})
}

func TestVisibility(t *testing.T) {
	week := []ballots{{colimbine, 1, ussd(Female), 40}, {colimbine, 2, ussd(Male), 30}}
	for _, c := range []struct {
		visibility Visibility
		state      State
		numbers    Figure
		votes      Reason // "": shown
	}{
		{Live, Open, Figure{N: 70}, ""},
		{ParticipationOnly, Open, Figure{N: 70}, UntilClosing},
		{AfterClose, Open, Figure{Hidden: true, Why: UntilClosing}, UntilClosing},
		{Live, Closed, Figure{N: 70}, ""},
		{ParticipationOnly, Closed, Figure{N: 70}, ""},
		{AfterClose, Closed, Figure{N: 70}, ""},
		{Live, NotOpen, Figure{Hidden: true, Why: TooFew}, UntilClosing},
		{AfterClose, Annulled, Figure{Hidden: true, Why: NoResult}, NoResult},
	} {
		con := live(colimbine)
		con.Visibility = c.visibility
		p := Publish(weekly(con, c.state, week), 10)
		for at, f := range map[Code]Figures{colimbine: p.Communes[colimbine], "01": {Numbers: p.Rollups["01"], Votes: p.Pooled.Votes, By: p.Pooled.By}} {
			if at == colimbine || !f.Numbers.Hidden {
				expect(t, string(c.visibility), f.Numbers, c.numbers)
			}
			expect(t, string(c.visibility)+" hidden", f.Numbers.Hidden, c.numbers.Hidden)
			expect(t, string(c.visibility), f.Votes.Why, c.votes)
			expect(t, string(c.visibility)+" has votes", f.Votes.Cells != nil, c.votes == "")
			expect(t, string(c.visibility)+" has sexes", f.By[BySex].Cells != nil, !c.numbers.Hidden)
		}
	}
}

// Annulled, there is no result, though one ran; participation stands.
func TestAnnulled(t *testing.T) {
	week := []ballots{{colimbine, 1, ussd(Female), 40}}
	sheets := weekly(live(colimbine), Annulled, week, []ballots{{colimbine, 1, ussd(Female), 90}})
	f := Publish(sheets, 10).Communes[colimbine]
	expect(t, "votes", f.Votes, Table[uint16]{Why: NoResult})
	expect(t, "numbers", f.Numbers, Figure{N: 40})
	expect(t, "as of", f.AsOf, sheets[0].Week)
}

// A week that is not over tells nothing new, but its result does come out;
// with k 1 everything is shown at once.
func TestProvisional(t *testing.T) {
	weeks := [][]ballots{{{colimbine, 1, ussd(Female), 40}}, {{colimbine, 1, ussd(Female), 60}, {colimbine, 2, sms(Male), 1}}}
	sheets := weekly(live(colimbine), Open, weeks...)
	sheets[1].Provisional = true
	expect(t, "numbers", Publish(sheets, 10).Communes[colimbine].Numbers, Figure{N: 40})
	f := Publish(sheets, 1).Communes[colimbine]
	expect(t, "demo", f.Numbers, Figure{N: 61, Change: 21, Moved: true})
	expect(t, "demo channels", shows(f.By[ByChannel].Cells), byColumn{"ussd": int64(60), "sms": int64(1)})
	expect(t, "demo votes", shows(f.Votes.Cells), byOption{1: int64(60), 2: int64(1), 3: int64(0)})
	sheets[1].State = Closed
	f = Publish(sheets, 10).Communes[colimbine]
	expect(t, "result", f.Numbers.N, int64(61))
	expect(t, "sexes as of", f.By[BySex].AsOf, sheets[0].Week)
}
