package civic

import (
	"errors"
	"testing"
)

// Every state with every step: what is not in the table is refused.
func TestCampaignSteps(t *testing.T) {
	to := map[CampaignState]map[CampaignStep]CampaignState{
		CampaignDraft:     {ConfirmCampaign: CampaignRunning, CancelCampaign: CampaignCancelled},
		CampaignRunning:   {PauseCampaign: CampaignPaused, CancelCampaign: CampaignCancelled, FinishCampaign: CampaignDone},
		CampaignPaused:    {ResumeCampaign: CampaignRunning, CancelCampaign: CampaignCancelled},
		CampaignCancelled: {},
		CampaignDone:      {},
	}
	for from, steps := range to {
		for _, step := range []CampaignStep{ConfirmCampaign, PauseCampaign, ResumeCampaign, CancelCampaign, FinishCampaign} {
			want, ok := steps[step]
			got, err := from.After(step)
			if ok != (err == nil) || ok && got != want || !ok && (got != from || !errors.Is(err, ErrCampaignStep)) || from.May(step) != ok {
				t.Errorf("%s from %s: %s %v, want %q", step, from, got, err, want)
			}
		}
		if from.Over() != (len(steps) == 0) {
			t.Errorf("%s over: %v", from, from.Over())
		}
	}
}

func TestAudience(t *testing.T) {
	awa := Citizen{Known: true, Lang: "bm", Commune: "01010103", Sex: Female, Age: From15To35}
	for name, tc := range map[string]struct {
		a    Audience
		want bool
	}{
		"everybody":       {Audience{}, true},
		"her commune":     {Audience{Communes: []Code{"01010104", "01010103"}}, true},
		"another commune": {Audience{Communes: []Code{"01010104"}}, false},
		"all of it":       {Audience{Communes: []Code{"01010103"}, Langs: []string{"bm"}, Sexes: []Sex{Female}, Ages: []Age{From15To35}}, true},
		"another age":     {Audience{Communes: []Code{"01010103"}, Sexes: []Sex{Female}, Ages: []Age{Over60}}, false},
		"not told":        {Audience{Sexes: []Sex{SexUnknown}}, false},
	} {
		if got := tc.a.Matches(awa); got != tc.want {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}

// A message to many never tells who voted: not by whom it reaches, not by whom
// it leaves out.
func TestTooFew(t *testing.T) {
	by := Audience{Consultation: "C", Participation: Participated}
	for _, tc := range []struct {
		a                  Audience
		recipients, others int
		want               bool
	}{
		{Audience{}, 4, 0, true},
		{Audience{}, 5, 0, false},
		{Audience{Consultation: "C"}, 5, 1, false},
		{by, 5, 5, false},
		{by, 4, 100, true},
		{by, 100, 4, true},
		{by, 100, 0, true},
	} {
		if got := tc.a.TooFew(tc.recipients, tc.others); got != tc.want {
			t.Errorf("%+v %d %d: %v", tc.a, tc.recipients, tc.others, got)
		}
	}
}

// A coordinator writes to communes of hers, named; nobody but an administrator
// writes to everybody.
func TestMayWriteTo(t *testing.T) {
	hers := Coordinator{Role: Coordinating, Territory: []Code{"0101"}}
	for _, tc := range []struct {
		c    Coordinator
		to   []Code
		want bool
	}{
		{hers, []Code{"01010103", "01010104"}, true},
		{hers, []Code{"01010103", "01020101"}, false},
		{hers, nil, false},
		{Coordinator{Role: Administrator}, nil, true},
		{Coordinator{Role: Administrator}, []Code{"01020101"}, true},
		{Coordinator{Role: Observer, Territory: []Code{"01"}}, []Code{"01010103"}, false},
		{Coordinator{Role: Coordinating, Territory: []Code{""}}, []Code{"01010103"}, false},
	} {
		if got := tc.c.MayWriteTo(&Audience{Communes: tc.to}); got != tc.want {
			t.Errorf("%s %v to %v: %v", tc.c.Role, tc.c.Territory, tc.to, got)
		}
	}
}
