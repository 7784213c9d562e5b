package store_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/outbox"
)

// hamlet settles people who all want news, in one commune.
func (l *ledger) hamlet(many int) {
	l.t.Helper()
	l.settle(many, some, func(int) civic.Citizen {
		return civic.Citizen{Known: true, Lang: "fr", Commune: "01010103", News: civic.NewsYes}
	})
}

// Paused, nothing is made and nothing leaves; resumed, it goes on where it was;
// cancelled, what waits never leaves, and nothing of it is kept.
func TestPauseResumeCancel(t *testing.T) {
	const many = 1200
	l, ctx := newLedger(t), context.Background()
	l.hamlet(many)
	c := l.confirmed(civic.Audience{Communes: []civic.Code{"01010103"}})
	p := l.postman()
	step := func(s civic.CampaignStep) {
		t.Helper()
		if err := l.StepCampaign(ctx, "awa", c.ID, s); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := l.Feed(ctx, c.ID); err != nil {
		t.Fatal(err)
	}
	step(civic.PauseCampaign)
	for range 3 {
		made, done, err := l.Feed(ctx, c.ID)
		if left := p.round(); made != 0 || done || err != nil || left != 0 {
			t.Fatalf("paused: made %d, %d left, %v %v", made, left, done, err)
		}
	}
	for _, m := range l.letters() {
		if m.Attempts != 0 || m.State != outbox.Queued {
			t.Fatalf("a pause cost an attempt: %+v", m)
		}
	}
	if err := l.StepCampaign(ctx, "awa", c.ID, civic.PauseCampaign); !errors.Is(err, civic.ErrCampaignStep) {
		t.Errorf("paused twice: %v", err)
	}
	l.now = l.now.Add(20 * time.Hour)
	step(civic.ResumeCampaign)
	p.round()
	if len(p.got) != store.FeedMost {
		t.Errorf("%d left after it was resumed", len(p.got))
	}
	if _, _, err := l.Feed(ctx, c.ID); err != nil {
		t.Fatal(err)
	}
	step(civic.CancelCampaign)
	if n := len(l.letters()); n != 0 {
		t.Errorf("%d letters wait of a cancelled message", n)
	}
	if made, done, err := l.Feed(ctx, c.ID); made != 0 || !done || err != nil {
		t.Errorf("cancelled: made %d, %v %v", made, done, err)
	}
	for _, s := range []civic.CampaignStep{civic.ResumeCampaign, civic.CancelCampaign, civic.ConfirmCampaign, civic.FinishCampaign} {
		if err := l.StepCampaign(ctx, "awa", c.ID, s); !errors.Is(err, civic.ErrCampaignStep) {
			t.Errorf("%s after the end: %v", s, err)
		}
	}
	ended := 0
	if err := l.Sent(ctx, time.Unix(0, 0), func(m outbox.Message) bool {
		if m.To != nil || m.Body != nil {
			t.Error("a number or text is kept of a message that ended")
		}
		if m.State == outbox.Expired {
			ended++
			if m.Reason != store.ReasonCancelled {
				t.Errorf("ended because of %q", m.Reason)
			}
		}
		return true
	}); err != nil {
		t.Fatal(err)
	}
	if c = l.campaign(c.ID); c.Tally.States[outbox.Expired] != ended || c.Tally.States[outbox.Refused] != store.FeedMost || c.Tally.Made != ended+store.FeedMost || c.Ended.IsZero() {
		t.Errorf("%d ended, %+v", ended, c.Tally)
	}
}

// A message whose time is over ends by itself, paused or not.
func TestLate(t *testing.T) {
	l, ctx := newLedger(t), context.Background()
	l.hamlet(20)
	c := l.confirmed(civic.Audience{})
	if _, _, err := l.Feed(ctx, c.ID); err != nil {
		t.Fatal(err)
	}
	if err := l.StepCampaign(ctx, "awa", c.ID, civic.PauseCampaign); err != nil {
		t.Fatal(err)
	}
	l.now = c.Until
	for range 2 {
		if _, err := l.FeedAll(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if c = l.campaign(c.ID); c.State != civic.CampaignCancelled || c.Why != store.Late || len(l.letters()) != 0 {
		t.Errorf("%s %q, %d wait", c.State, c.Why, len(l.letters()))
	}
}

// What is confirmed is what the dry run counted, within the hour, typed right.
func TestConfirm(t *testing.T) {
	l, ctx := newLedger(t), context.Background()
	l.hamlet(12)
	c, err := l.DraftCampaign(ctx, "awa", l.draftFor(civic.Audience{}))
	if err != nil {
		t.Fatal(err)
	}
	confirm := func(typed int, want error) {
		t.Helper()
		if err := l.ConfirmCampaign(ctx, "awa", c.ID, typed); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	confirm(12, store.ErrTrial)
	if _, err := l.TryCampaign(ctx, "awa", c.ID, outbox.Money{}); err != nil {
		t.Fatal(err)
	}
	confirm(11, store.ErrTyped)
	confirm(0, store.ErrTyped)
	d := c.Draft
	if err := l.RewriteCampaign(ctx, "awa", c.ID, d); err != nil {
		t.Fatal(err)
	}
	confirm(12, store.ErrTrial)
	if _, err := l.TryCampaign(ctx, "awa", c.ID, outbox.Money{}); err != nil {
		t.Fatal(err)
	}
	l.now = l.now.Add(store.TrialLife + time.Second)
	confirm(12, store.ErrTrial)
	l.now = l.now.Add(-time.Minute)
	confirm(12, nil)
	confirm(12, civic.ErrCampaignStep)
	if err := l.RewriteCampaign(ctx, "awa", c.ID, d); !errors.Is(err, civic.ErrCampaignStep) {
		t.Errorf("rewritten while it runs: %v", err)
	}
	if _, err := l.TryCampaign(ctx, "awa", c.ID, outbox.Money{}); !errors.Is(err, civic.ErrCampaignStep) {
		t.Errorf("tried while it runs: %v", err)
	}
	for _, id := range []string{"", "99", "x", "../1"} {
		if err := l.ConfirmCampaign(ctx, "awa", id, 12); !errors.Is(err, store.ErrCampaign) {
			t.Errorf("%q: %v", id, err)
		}
	}
	for name, spoil := range map[string]func(*store.Draft){
		"no French":   func(d *store.Draft) { d.Texts = map[string]string{"bm": "a"} },
		"not spelled": func(d *store.Draft) { d.Letters = nil },
		"over":        func(d *store.Draft) { d.Until = l.now },
		"too long":    func(d *store.Draft) { d.Until = l.now.Add(store.CampaignLife + time.Hour) },
		"a book":      func(d *store.Draft) { d.Texts = map[string]string{"fr": strings.Repeat("a", 3000)} },
	} {
		d := l.draftFor(civic.Audience{})
		spoil(&d)
		if _, err := l.DraftCampaign(ctx, "awa", d); !errors.Is(err, store.ErrBounds) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Who voted gets the message, or who did not; so few that it would tell on
// somebody are not even counted aloud.
func TestParticipation(t *testing.T) {
	const many, voters = 40, 12
	l, ctx := newLedger(t), context.Background()
	l.hamlet(many)
	for n := range voters {
		l.vote(l.person(some(n)), fmt.Sprint("v", n), "A", 1, "01010103")
	}
	for _, tc := range []struct {
		by   civic.Participation
		want func(n int) bool
	}{{civic.Participated, func(n int) bool { return n < voters }}, {civic.NotParticipated, func(n int) bool { return n >= voters }}} {
		c := l.confirmed(civic.Audience{Consultation: "A", Participation: tc.by})
		p := l.postman()
		p.deliver(c.ID)
		p.once(tc.want, many)
	}
	for name, a := range map[string]civic.Audience{
		"nobody voted": {Consultation: "B", Participation: civic.Participated},
		"all but none": {Consultation: "B", Participation: civic.NotParticipated},
		"one woman":    {Sexes: []civic.Sex{civic.Female}},
	} {
		c, err := l.DraftCampaign(ctx, "awa", l.draftFor(a))
		if err != nil {
			t.Fatal(err)
		}
		trial, err := l.TryCampaign(ctx, "awa", c.ID, outbox.Money{Amount: 1})
		if err != nil || !trial.Few || trial.Recipients != 0 || trial.Segments != 0 || trial.ByLang != nil || trial.InFrench != 0 || trial.Cost.Amount != 0 {
			t.Errorf("%s: %+v %v", name, trial, err)
		}
		if err := l.ConfirmCampaign(ctx, "awa", c.ID, 0); !errors.Is(err, store.ErrFewRecipients) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Who votes after her letter to those who have not was decided on gets none
	// after that.
	c := l.confirmed(civic.Audience{Consultation: "A", Participation: civic.NotParticipated})
	l.vote(l.person(some(30)), "late", "A", 1, "01010103")
	p := l.postman()
	p.deliver(c.ID)
	p.once(func(n int) bool { return n >= voters && n != 30 }, many)
}

// What is kept of a message to many leads to nobody, and the journal says who
// did what without a text.
func TestNothingOfManyLeadsToAnybody(t *testing.T) {
	l, ctx := newLedger(t), context.Background()
	l.hamlet(30)
	for n := range 10 {
		l.vote(l.person(some(n)), fmt.Sprint("v", n), "A", 1, "01010103")
	}
	c := l.confirmed(civic.Audience{Consultation: "A", Participation: civic.Participated})
	if _, _, err := l.Feed(ctx, c.ID); err != nil {
		t.Fatal(err)
	}
	kept, err := json.Marshal(l.campaign(c.ID))
	if err != nil {
		t.Fatal(err)
	}
	all := string(kept)
	for _, m := range l.letters() {
		m.To, m.Body = nil, nil
		encoded, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		all += string(encoded)
	}
	for n := range 30 {
		citizen := l.keys.Citizen(some(n))
		id := l.keys.Event("campaign", c.ID, string(citizen[:]))
		for _, secret := range []string{some(n)[4:], hex.EncodeToString(citizen[:]), hex.EncodeToString(id[:])} {
			if strings.Contains(all, secret) {
				t.Fatalf("a record of the message to many holds %s", secret)
			}
		}
	}
	var said []string
	if err := l.Journal(ctx, 0, func(e store.Entry) bool {
		if strings.HasPrefix(e.What, "campaign.") {
			said = append(said, fmt.Sprint(e.Who, " ", e.What, " ", e.About, " ", e.Changes))
		}
		return true
	}); err != nil {
		t.Fatal(err)
	}
	want := []string{"awa campaign.confirm 1 [recipients 10 segments 20]", "awa campaign.try 1 [recipients 10]", "awa campaign.draft 1 []"}
	if fmt.Sprint(said) != fmt.Sprint(want) {
		t.Errorf("journal %q, want %q", said, want)
	}
	p := l.postman()
	p.deliver(c.ID)
	p.once(func(n int) bool { return n < 10 }, 30)
	if all, err := l.Campaigns(ctx); err != nil || len(all) != 1 || all[0].State != civic.CampaignDone {
		t.Errorf("%+v %v", all, err)
	}
}

// Made on Wednesday, paused, handed over on Monday: it is counted in the week in
// which it left, however long it waited.
func TestHandedOverLongAfter(t *testing.T) {
	l, ctx := newLedger(t), context.Background()
	l.hamlet(20)
	monday := civic.WeekOf(l.now).Next().Start()
	l.now = monday.Add(-4 * 24 * time.Hour)
	draft := l.draftFor(civic.Audience{})
	draft.Until = l.now.Add(store.CampaignLife)
	c, err := l.DraftCampaign(ctx, "awa", draft)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.TryCampaign(ctx, "awa", c.ID, outbox.Money{}); err != nil {
		t.Fatal(err)
	}
	l.must(l.ConfirmCampaign(ctx, "awa", c.ID, 20))
	if _, _, err := l.Feed(ctx, c.ID); err != nil {
		t.Fatal(err)
	}
	l.must(l.StepCampaign(ctx, "awa", c.ID, civic.PauseCampaign))
	l.now = monday.Add(10 * time.Hour)
	l.must(l.StepCampaign(ctx, "awa", c.ID, civic.ResumeCampaign))
	if left := l.postman().round(); left != 20 {
		t.Fatalf("%d left", left)
	}
	l.now = l.now.Add(time.Hour)
	r, err := l.WeekReport(ctx, civic.WeekOf(monday))
	if err != nil || len(r.Messages) != 1 || r.Messages[0].Sent != 20 {
		t.Errorf("%+v, %v", r.Messages, err)
	}
}
