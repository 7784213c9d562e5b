package civic

import (
	"reflect"
	"testing"
)

// ballots are numbers of one kind in one commune.
type ballots struct {
	place  Code
	option uint16
	group  Group
	n      int64
}

const (
	colimbine = Code("01010103")
	gory      = Code("01010104")
	medine    = Code("01010301")
)

func ussd(sex Sex) Group { return Group{Channel: ChannelUSSD, Lang: "bm", Sex: sex, Age: From15To35} }

func sms(sex Sex) Group { return Group{Channel: ChannelSMS, Lang: "bm", Sex: sex, Age: From15To35} }

// weekly makes the sheets of weeks in a row from what stands at the end of
// each; the last is of that state.
func weekly(c Consultation, last State, weeks ...[]ballots) []*Sheet {
	var sheets []*Sheet
	week := Week{2026, 48}
	if c.Options == nil {
		c.Options = []Option{{Number: 1}, {Number: 2}, {Number: 3}}
	}
	for i, all := range weeks {
		s := &Sheet{Week: week, Consultation: c, State: Open}
		if i == len(weeks)-1 {
			s.State = last
		}
		for _, b := range all {
			s.Rows = append(s.Rows, SheetRow{Place: b.place, Group: b.group, Total: b.n},
				SheetRow{Place: b.place, Option: b.option, Group: b.group, Total: b.n})
		}
		sheets, week = append(sheets, s), week.Next()
	}
	return sheets
}

func live(scope ...Code) Consultation {
	return Consultation{Code: "JAM-1", Rule: Choose, Visibility: Live, Scope: scope}
}

// shows writes a table short: the count, or "-" where it is hidden.
func shows[K comparable](cells map[K]Figure) map[K]any {
	all := map[K]any{}
	for k, f := range cells {
		if all[k] = any(f.N); f.Hidden {
			all[k] = "-"
		}
	}
	return all
}

func expect(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: %v, expected %v", what, got, want)
	}
}

type byColumn = map[string]any

type byOption = map[uint16]any

// Three SMS among 63 numbers: the channels hide one another, and the sexes
// and the options are shown all the same.
func TestSmallCountHidesItsTableOnly(t *testing.T) {
	p := Publish(weekly(live(colimbine), Open, []ballots{
		{colimbine, 1, ussd(Female), 30},
		{colimbine, 2, ussd(Male), 30},
		{colimbine, 2, sms(Male), 3},
	}), 10)
	f := p.Communes[colimbine]
	expect(t, "numbers", f.Numbers, Figure{N: 63})
	expect(t, "channels", shows(f.By[ByChannel].Cells), byColumn{"ussd": "-", "sms": "-"})
	expect(t, "sexes", shows(f.By[BySex].Cells), byColumn{"femme": int64(30), "homme": int64(33), NotGiven: int64(0)})
	expect(t, "votes", shows(f.Votes.Cells), byOption{1: int64(30), 2: int64(33), 3: int64(0)})
	expect(t, "why", f.By[ByChannel].Cells["sms"].Why, Secret)
}

// Option 3 has 4 votes. Alone it is 96 less 80 less 12; hidden with the next
// smallest, the two make 16, and either may be 0 to 16.
func TestCheapestComplement(t *testing.T) {
	p := Publish(weekly(live(colimbine), Open, []ballots{
		{colimbine, 1, ussd(Female), 80},
		{colimbine, 2, ussd(Female), 12},
		{colimbine, 3, ussd(Female), 4},
	}), 10)
	expect(t, "votes", shows(p.Communes[colimbine].Votes.Cells), byOption{1: int64(80), 2: "-", 3: "-"})
	// 4 and 3 make 7: not enough. A third must hide with them.
	p = Publish(weekly(live(colimbine), Open, []ballots{
		{colimbine, 1, ussd(Female), 80},
		{colimbine, 2, ussd(Female), 3},
		{colimbine, 3, ussd(Female), 4},
	}), 10)
	expect(t, "votes", shows(p.Communes[colimbine].Votes.Cells), byOption{1: "-", 2: "-", 3: "-"})
}

func TestNumbersStand(t *testing.T) {
	of := func(n int64) []ballots { return []ballots{{colimbine, 1, ussd(Female), n}} }
	for _, c := range []struct {
		name  string
		weeks [][]ballots
		asOf  int // week of the series, from 1; 0: never
		want  Figure
	}{
		{"nobody is a figure", [][]ballots{of(0)}, 1, Figure{}},
		{"nine are too few", [][]ballots{of(9)}, 0, Figure{Hidden: true, Why: TooFew}},
		{"ten are told", [][]ballots{of(9), of(10)}, 2, Figure{N: 10}},
		{"nine more are not", [][]ballots{of(30), of(39)}, 1, Figure{N: 30}},
		{"in two weeks they are", [][]ballots{of(30), of(35), of(41)}, 3, Figure{N: 41, Change: 11, Moved: true}},
		{"nothing new moves", [][]ballots{of(30), of(30)}, 2, Figure{N: 30, Moved: true}},
	} {
		sheets := weekly(live(colimbine), Open, c.weeks...)
		f := Publish(sheets, 10).Communes[colimbine]
		want := Week{}
		if c.asOf > 0 {
			want = sheets[c.asOf-1].Week
		}
		expect(t, c.name, f.AsOf, want)
		expect(t, c.name, f.Numbers, c.want)
	}
}

// A count that changed by few is hidden, and the table that would show less
// than the one before stands.
func TestTableStandsWhileItShowsMore(t *testing.T) {
	sheets := weekly(live(colimbine), Open,
		[]ballots{{colimbine, 1, ussd(Female), 40}, {colimbine, 2, ussd(Male), 30}},
		[]ballots{{colimbine, 1, ussd(Female), 46}, {colimbine, 2, ussd(Male), 35}},
		[]ballots{{colimbine, 1, ussd(Female), 52}, {colimbine, 2, ussd(Male), 40}})
	f := Publish(sheets[:2], 10).Communes[colimbine]
	expect(t, "numbers", f.Numbers, Figure{N: 81, Change: 11, Moved: true})
	expect(t, "votes as of", f.Votes.AsOf, sheets[0].Week)
	expect(t, "of", f.Votes.Numbers, int64(70))
	expect(t, "votes", shows(f.Votes.Cells), byOption{1: int64(40), 2: int64(30), 3: int64(0)})
	f = Publish(sheets, 10).Communes[colimbine]
	expect(t, "votes as of", f.Votes.AsOf, sheets[2].Week)
	expect(t, "women", f.By[BySex].Cells["femme"], Figure{N: 52, Change: 12, Moved: true})
}

// A commune where nothing happened hides the same counts again: two
// complements in turn would tell.
func TestUnchangedHidesTheSame(t *testing.T) {
	same := []ballots{{colimbine, 1, ussd(Female), 80}, {colimbine, 2, ussd(Female), 12}, {colimbine, 3, ussd(Female), 4}}
	sheets := weekly(live(colimbine), Open, same, same, same)
	first := Publish(sheets[:1], 10).Communes[colimbine].Votes
	last := Publish(sheets, 10).Communes[colimbine].Votes
	expect(t, "votes", shows(last.Cells), shows(first.Cells))
	expect(t, "as of", last.AsOf, sheets[2].Week)
}

// Option 2 has the fewest votes to hide beside option 3's 4, but its 12 were
// told the week before, and who presumes that nobody left it would subtract
// them. Option 1 has 15 more that were not told.
func TestComplementWasNotToldBefore(t *testing.T) {
	c := live(colimbine)
	c.Options = []Option{{Number: 1}, {Number: 2}, {Number: 3}, {Number: 4}}
	sheets := weekly(c, Open,
		[]ballots{{colimbine, 1, ussd(Female), 20}, {colimbine, 2, ussd(Female), 12}, {colimbine, 4, ussd(Female), 80}},
		[]ballots{{colimbine, 1, ussd(Female), 35}, {colimbine, 2, ussd(Female), 12}, {colimbine, 3, ussd(Female), 4}, {colimbine, 4, ussd(Female), 200}})
	f := Publish(sheets, 10).Communes[colimbine]
	expect(t, "votes", shows(f.Votes.Cells), byOption{1: "-", 2: int64(12), 3: "-", 4: int64(200)})
}

// Who did not choose an option is counted by subtraction: 4 of 60.
func TestApproveHidesWhoDidNot(t *testing.T) {
	c := live(colimbine)
	c.Rule, c.Max = Approve, 3
	sheets := weekly(c, Open, []ballots{{colimbine, 1, ussd(Female), 56}, {colimbine, 2, ussd(Female), 4}})
	sheets[0].Rows = append(sheets[0].Rows, SheetRow{Place: colimbine, Option: 3, Group: ussd(Female), Total: 25})
	expect(t, "votes", shows(Publish(sheets, 10).Communes[colimbine].Votes.Cells), byOption{1: "-", 2: "-", 3: int64(25)})
}

// The totals and most options of an ordinary commune are shown.
func TestOrdinaryCommuneIsShown(t *testing.T) {
	votes := []int64{92, 61, 48, 37, 26, 18, 12, 6}
	c := live(colimbine)
	var all []ballots
	for i, number := range OptionNumbers(len(votes)) {
		c.Options = append(c.Options, Option{Number: number})
		for g, part := range []int64{5, 3, 1} {
			group := Group{Channel: ChannelUSSD, Lang: []string{"bm", "bm", "fr"}[g], Sex: Sex(g), Age: Age(g + 1)}
			all = append(all, ballots{colimbine, uint16(number), group, votes[i] * part / 9})
		}
		all = append(all, ballots{colimbine, uint16(number), ussd(Male), votes[i] - votes[i]*5/9 - votes[i]*3/9 - votes[i]/9})
	}
	f := Publish(weekly(c, Open, all), 10).Communes[colimbine]
	expect(t, "numbers", f.Numbers.N, int64(300))
	hidden := 0
	for _, cell := range f.Votes.Cells {
		if cell.Hidden {
			hidden++
		}
	}
	if hidden > 2 {
		t.Errorf("%d options of 8 are hidden: %v", hidden, shows(f.Votes.Cells))
	}
	for _, d := range broken() {
		for modality, cell := range f.By[d].Cells {
			if cell.Hidden {
				t.Errorf("%s %s is hidden", d, modality)
			}
		}
	}
}
