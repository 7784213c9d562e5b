package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// later moves the clock and lets the sweeps run that fall into that time.
func (l *ledger) later(months, days int) {
	l.t.Helper()
	l.now = l.now.AddDate(0, months, days)
	l.must(l.FlushTraffic(context.Background()))
	l.must(l.Sweep(context.Background()))
}

// keeps says which of profile and number are kept.
func (l *ledger) keeps(number string) (profile, contact bool) {
	l.t.Helper()
	l.must(l.engine.View(context.Background(), func(s store.Snapshot) (err error) {
		if _, profile, err = s.Get(store.CitizenKey(l.keys.Citizen(number))); err == nil {
			_, contact, err = s.Get(store.ContactKey(l.keys.Citizen(number)))
		}
		return err
	}))
	return profile, contact
}

// TestSilentProfilesAreForgotten: twelve months without a call or a text, and
// profile and number are gone; the ballot still counts, and can't be cast
// twice.
func TestSilentProfilesAreForgotten(t *testing.T) {
	l := newLedger(t)
	for _, n := range []string{one, two} {
		l.vote(l.person(n), "v"+n, "A", 1, "01010103")
		l.profile(n, civic.Citizen{Lang: "bm", Commune: "01010103", News: civic.NewsYes})
	}
	for range 11 {
		l.later(1, 0)
		l.person(two).Seen() // she calls, and records nothing
	}
	was := l.Standing("A", "01010103")
	l.later(1, 0)
	if profile, contact := l.keeps(one); !profile || !contact {
		t.Error("forgotten before its time")
	}
	l.later(1, 0)
	if profile, contact := l.keeps(one); profile || contact {
		t.Errorf("silent for 13 months: profile %v, number %v", profile, contact)
	}
	if profile, contact := l.keeps(two); !profile || !contact {
		t.Errorf("she called each month: profile %v, number %v", profile, contact)
	}
	if now := l.Standing("A", "01010103"); now.Numbers != was.Numbers || now.Numbers != 2 {
		t.Errorf("the tally is %+v, was %+v", now, was)
	}
	if _, _, voted := l.person(one).Voted("A"); !voted {
		t.Error("who was forgotten could vote twice")
	}
}

// TestSeenWritesOnceAMonth: a hundred calls in a month are one write, and the
// profile says the month only.
func TestSeenWritesOnceAMonth(t *testing.T) {
	l := newLedger(t)
	l.profile(one, civic.Citizen{Lang: "bm", Commune: "01010103"})
	l.must(l.FlushTraffic(context.Background()))
	read := func() string {
		var v []byte
		l.must(l.engine.View(context.Background(), func(s store.Snapshot) (err error) {
			v, _, err = s.Get(store.CitizenKey(l.keys.Citizen(one)))
			return err
		}))
		return string(v)
	}
	before := read()
	for range 100 {
		l.now = l.now.Add(time.Hour)
		l.person(one).Seen()
		l.must(l.FlushTraffic(context.Background()))
	}
	if got := read(); got != before {
		t.Errorf("within the month %s became %s", before, got)
	}
	l.now = l.now.AddDate(0, 1, 0)
	for range 100 {
		l.person(one).Seen()
	}
	l.must(l.FlushTraffic(context.Background()))
	if want := fmt.Sprintf(`"m":%d}`, l.now.Year()*12+int(l.now.Month())-1); read() == before || !strings.Contains(read(), want) {
		t.Errorf("in the next month: %s, want %s", read(), want)
	}
}

// TestNumbersAreForgotten: a number is kept while a text of hers waits, for 30
// days after its answer, and while she wants news.
func TestNumbersAreForgotten(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	waits := some(1)
	asked := l.say(waits, "a", "01010103", "eau", "et la pompe ?")
	answered := l.say(some(2), "b", "01010103", "eau", "le puits")
	l.must(l.AnswerText(ctx, "awa", answered, store.Answer{Form: "f", Text: "Oui", Lang: "fr"}, spell))
	l.profile(some(3), civic.Citizen{Lang: "bm", Commune: "01010103", News: civic.NewsYes})
	closed := l.say(some(4), "d", "01010103", "eau", "rien")
	l.must(l.CloseText(ctx, "awa", closed, "pas une question"))
	l.later(0, 29)
	for n := 1; n <= 4; n++ {
		if _, contact := l.keeps(some(n)); !contact {
			t.Errorf("after 29 days number %d is forgotten", n)
		}
	}
	l.later(0, 2)
	for n, want := range map[int]bool{1: true, 2: false, 3: true, 4: false} {
		if profile, contact := l.keeps(some(n)); contact != want || !profile {
			t.Errorf("after 31 days number %d: profile %v, number %v, want %v", n, profile, contact, want)
		}
	}
	if got, err := l.LookAtNumber(ctx, "awa", asked); err != nil || got != waits {
		t.Errorf("who waits can't be answered: %v", err)
	}
	stop := l.person(some(3)).Citizen()
	stop.News = civic.NewsStopped
	l.profile(some(3), stop)
	l.later(0, 1)
	if _, contact := l.keeps(some(3)); contact {
		t.Error("she said STOP, and her number is kept")
	}
}

// TestTextsLapse: twelve months after the answer what she said is gone, and it
// stays counted as it was; frozen weeks keep their bytes.
func TestTextsLapse(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	waits := l.say(one, "a", "01010103", "eau", "et la pompe ?")
	done := l.say(two, "b", "01010103", "eau", "le puits est sec")
	l.must(l.AnswerText(ctx, "awa", done, store.Answer{Form: "f", Text: "Il sera creusé", Lang: "fr"}, spell))
	l.later(0, 14)
	l.must(l.CloseWeeks(ctx))
	frozen := l.frozenBytes()
	l.later(11, 10)
	if got := l.shown(done); got.Text == "" {
		t.Error("lapsed before its time")
	}
	was := l.figures()
	l.later(1, 0)
	got := l.shown(done)
	if got.Text != "" || got.Answerable || got.LapsedAt.IsZero() || got.Replies[0].Text != "" || got.Status != civic.Replied {
		t.Errorf("%+v", got)
	}
	if got := l.shown(waits); got.Text == "" {
		t.Error("a text that waits is gone")
	}
	if now := l.figures(); now != was {
		t.Errorf("figures are %s, were %s", now, was)
	}
	if l.frozenBytes() != frozen || frozen == "" {
		t.Error("a frozen week changed")
	}
}

// frozenBytes are those of all closed weeks.
func (l *ledger) frozenBytes() (all string) {
	l.t.Helper()
	l.must(l.engine.View(context.Background(), func(s store.Snapshot) error {
		for _, kind := range []string{store.KindWeek, store.KindReport} {
			if err := s.Scan(store.Key(kind+"/2026-W4"), "", func(k store.Key, v []byte) bool { all += string(k) + string(v); return true }); err != nil {
				return err
			}
		}
		return nil
	}))
	return all
}

// TestClosedAccountsKeepNoNumber: a coordinator's telephone and address go with
// her account.
func TestClosedAccountsKeepNoNumber(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	for _, login := range []string{"awa", "binta"} {
		l.must(l.AddAccount(ctx, "root", store.Account{Coordinator: civic.Coordinator{Login: login, Role: civic.Administrator}, Phone: one, Email: "x@commune.example", Digest: true}))
	}
	l.must(l.DisableAccount(ctx, "root", "awa"))
	a, err := l.Account(ctx, "awa")
	if err != nil || a.Phone+a.Email != "" || a.Digest {
		t.Errorf("%+v %v", a, err)
	}
	b, err := l.Account(ctx, "binta")
	if err != nil || b.Phone != one {
		t.Errorf("another's account: %+v %v", b, err)
	}
}

// TestSweepsAreBounded: what one sweep leaves of thousands, the next ones do.
func TestSweepsAreBounded(t *testing.T) {
	l := newLedger(t)
	const many = 4100
	l.settle(many, func(n int) string { return fmt.Sprintf("+2237610%04d", n) }, func(int) civic.Citizen {
		return civic.Citizen{Lang: "fr", Commune: "01010103", News: civic.NewsYes}
	})
	left := func() (n int) {
		for i := range many {
			if profile, _ := l.keeps(fmt.Sprintf("+2237610%04d", i)); profile {
				n++
			}
		}
		return n
	}
	for _, want := range []int{many - 2000, many - 4000, 0} {
		l.now = l.now.AddDate(0, 13, 0)
		if want != many-2000 {
			l.now = l.now.AddDate(0, -13, 0).Add(10 * time.Minute)
		}
		l.must(l.Sweep(context.Background()))
		if got := left(); got != want {
			t.Errorf("%d profiles are left, want %d", got, want)
		}
	}
}
