package store_test

import (
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/planfile"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/bolt"
	"github.com/jamakan/jamakan/store/secret"
)

// desk is a Book over a real file, with a clock of its own.
type ledger struct {
	t      testing.TB
	dir    string
	now    time.Time
	keys   *secret.Keys
	engine *bolt.Engine
	serial atomic.Int64
	*store.Book
}

func newLedger(t testing.TB) *ledger {
	t.Helper()
	keys, err := secret.FromText(strings.Repeat("5a", secret.Size))
	if err != nil {
		t.Fatal(err)
	}
	l := &ledger{t: t, dir: t.TempDir(), now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC), keys: keys}
	l.open()
	if _, err := l.Import(context.Background(), store.ByItself, plan(l.now)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if report, err := l.Check(context.Background(), nil); err != nil || len(report.Problems) > 0 {
			t.Errorf("check: %v %v", err, report.Problems)
		}
		if err := l.engine.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func (l *ledger) open() {
	l.t.Helper()
	clock := func() time.Time { return l.now }
	var err error
	if l.engine, err = bolt.Open(bolt.Options{Path: filepath.Join(l.dir, "jamakan.db"), Now: clock}); err != nil {
		l.t.Fatal(err)
	}
	if l.Book, err = store.NewBook(l.engine, l.keys, store.BookOptions{Now: clock}); err != nil {
		l.t.Fatal(err)
	}
}

// plan has two consultations in two communes of Kayes.
func plan(now time.Time) civic.Plan {
	p := civic.Plan{Code: "P", Title: civic.Text{"fr": "Plan"}, Scope: []civic.Code{"01010103", "01010104"}, Phase: civic.Priorisation, Authority: civic.Council}
	for i := range 4 {
		p.Projects = append(p.Projects, civic.Project{Code: fmt.Sprint("T", i), Title: civic.Text{"fr": fmt.Sprint("Travail ", i)}, Village: "V", Cost: 1000})
	}
	for _, code := range []string{"A", "B"} {
		c := civic.Consultation{Code: code, Plan: "P", Rule: civic.Choose, Scope: p.Scope, Opens: now.AddDate(0, 0, -1), Closes: now.AddDate(0, 0, 20), Visibility: civic.Live}
		for i, n := range civic.OptionNumbers(4) {
			c.Options = append(c.Options, civic.Option{Number: n, Project: fmt.Sprint("T", i), Label: p.Projects[i].Title})
		}
		p.Consultations = append(p.Consultations, c)
	}
	return p
}

func (l *ledger) person(number string) *store.Person {
	l.t.Helper()
	p, err := l.Person(context.Background(), number)
	if err != nil {
		l.t.Fatal(err)
	}
	return p
}

func (l *ledger) vote(p *store.Person, message, consultation string, option uint16, commune civic.Code) civic.Outcome {
	l.t.Helper()
	c := p.Citizen()
	c.Lang, c.Commune = "bm", commune
	out, err := l.Commit(context.Background(), store.Deed{
		ID: store.ID(l.keys.Event(message)), Person: p, Channel: civic.ChannelUSSD, SessionKey: store.SessionKey(l.keys.Session("t", message)),
		Session: func(civic.Outcome) []byte { return []byte("position") },
		Act:     civic.Act{Deed: civic.CastBallot, Citizen: c, Consultation: consultation, Marks: []civic.Mark{{Option: option, Value: 1}}},
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return out
}

const (
	one = "+22376000001"
	two = "+22376000002"
)

func TestABallotReplacesTheEarlier(t *testing.T) {
	l := newLedger(t)
	first := l.vote(l.person(one), "m1", "A", 1, "01010103")
	if first.Verdict != civic.Noted || !first.First || len(first.Code) != 6 {
		t.Fatalf("first: %+v", first)
	}
	if again := l.vote(l.person(one), "m1", "A", 2, "01010103"); again != first {
		t.Errorf("the same message again: %+v, want %+v", again, first)
	}
	changed := l.vote(l.person(one), "m2", "A", 3, "01010104")
	if changed.Verdict != civic.Changed || changed.Place != "01010103" || changed.Code == first.Code {
		t.Errorf("changed: %+v; it stays in its first commune", changed)
	}
	if s := l.engine.Standing("A", "01010103"); s.Numbers != 1 || s.Votes[3] != 1 || s.Votes[1] != 0 {
		t.Errorf("standing %+v", s)
	}
	if other := l.vote(l.person(one), "m3", "B", 1, "01010104"); other.Verdict != civic.Noted || other.Place != "01010103" {
		t.Errorf("another consultation of the plan: %+v; a number votes in one commune", other)
	}
	for code, want := range map[string]civic.Verdict{first.Code: civic.Superseded, changed.Code: civic.Found, "K7P4XY": civic.NotFound, "odd": civic.NotFound} {
		if got, err := l.Receipt(context.Background(), strings.ToLower(code)); err != nil || got.Verdict != want {
			t.Errorf("receipt %s: %d %v, want %d", code, got.Verdict, err, want)
		}
	}
}

func TestWhatTheRulesForbidWritesNothing(t *testing.T) {
	l := newLedger(t)
	p := l.person(one)
	for name, tc := range map[string]struct {
		option  uint16
		commune civic.Code
		want    civic.Verdict
	}{"no such option": {7, "01010103", civic.NotAllowed}, "another commune": {1, "01010101", civic.NotAllowed}} {
		if out := l.vote(p, name, "A", tc.option, tc.commune); out.Verdict != tc.want {
			t.Errorf("%s: %+v", name, out)
		}
	}
	l.now = l.now.AddDate(0, 0, 20)
	if out := l.vote(p, "late", "A", 1, "01010103"); out.Verdict != civic.TooLate {
		t.Errorf("after closing: %+v", out)
	}
	if h := l.Health(); h.Records != 0 {
		t.Errorf("%d records", h.Records)
	}
	if l.person(one).Citizen().Known {
		t.Error("a profile is kept of somebody for whom nothing was recorded")
	}
}

func TestAnImportThatTouchesWhatIsFrozen(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	if changes, err := l.Import(ctx, store.ByItself, plan(l.now)); err != nil || len(changes) != 0 {
		t.Errorf("the same plan again: %v %v", changes, err)
	}
	before := l.Content().Revision
	p := plan(l.now)
	p.Consultations[0].Visibility = civic.AfterClose
	var frozen *civic.FrozenError
	if _, err := l.Import(ctx, store.ByItself, p); !errors.As(err, &frozen) {
		t.Errorf("%v, want a FrozenError", err)
	}
	if l.Content().Revision != before {
		t.Error("a refused import changed the content")
	}
}

func TestAnotherKeyIsRefused(t *testing.T) {
	l := newLedger(t)
	other, err := secret.New()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.NewBook(l.engine, other, store.BookOptions{Now: time.Now}); !errors.Is(err, store.ErrKey) {
		t.Errorf("%v, want ErrKey", err)
	}
}

// TestClosedWeeks: a week's sheet is frozen when it ends, and stays through
// re-votes and renamed projects.
func TestClosedWeeks(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	l.vote(l.person(one), "m1", "A", 1, "01010103")
	w := civic.WeekOf(l.now)
	l.now = w.End().Add(time.Minute)
	if err := l.CloseWeeks(ctx); err != nil {
		t.Fatal(err)
	}
	sheets := func() string {
		s, err := l.Series(ctx, w)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%+v", s)
	}
	closed := sheets()
	l.vote(l.person(one), "m2", "A", 2, "01010103")
	l.vote(l.person(two), "m3", "A", 2, "01010103")
	if sheets() != closed {
		t.Error("a closed week changed")
	}
	s, err := l.Series(ctx, w.Next())
	if err != nil {
		t.Fatal(err)
	}
	got := map[uint16]civic.SheetRow{}
	for _, r := range s[len(s)-2].Rows {
		got[r.Option] = r
	}
	if got[1].InWeek != -1 || got[1].Total != 0 || got[2].InWeek != 2 || got[0].Total != 2 {
		t.Errorf("the week after: %+v", got)
	}
}

// TestNothingLeadsToANumber lets many numbers act, then looks for them in
// every byte of the file.
func TestNothingLeadsToANumber(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	chance := rand.New(rand.NewPCG(3, 4))
	var numbers []string
	told := map[string]bool{}
	for i := range 120 {
		number := fmt.Sprintf("+2237600%04d", i)
		numbers = append(numbers, number)
		p := l.person(number)
		for range 1 + chance.IntN(3) {
			message := fmt.Sprint(number, chance.IntN(4))
			if out := l.vote(p, message, "A", uint16(1+chance.IntN(4)), "01010103"); out.Verdict == civic.Noted || out.Verdict == civic.Changed {
				told[number] = true
			}
		}
		c := p.Citizen()
		c.Sex, c.Age, c.Asked = civic.Female, civic.From15To35, true
		for _, act := range []civic.Act{{Deed: civic.DeclareGroup, Citizen: c}, {Deed: civic.GiveFeedback, Citizen: c, Topic: "eau", Text: "L'eau ; 50 %"}} {
			if _, err := l.Commit(ctx, store.Deed{ID: store.ID(l.keys.Event(number, fmt.Sprint(act.Deed))), Person: p, Channel: civic.ChannelUSSD, Act: act}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if s := l.engine.Standing("A", "01010103"); s.Numbers != len(told) {
		t.Errorf("%d numbers count, %d were told so", s.Numbers, len(told))
	}
	raw, err := os.ReadFile(filepath.Join(l.dir, "jamakan.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, number := range numbers {
		sum1, sum256 := sha1.Sum([]byte(number)), sha256.Sum256([]byte(number))
		for form, trace := range map[string][]byte{
			"plain": []byte(number), "without +": []byte(number[1:]), "local": []byte(number[4:]), "base64": []byte(base64.StdEncoding.EncodeToString([]byte(number))),
			"SHA-1": sum1[:], "SHA-256": sum256[:], "SHA-1 hex": []byte(hex.EncodeToString(sum1[:])), "SHA-256 hex": []byte(hex.EncodeToString(sum256[:])),
		} {
			if bytes.Contains(raw, trace) {
				t.Fatalf("%s of a number is in the file", form)
			}
		}
	}
	for _, said := range []string{fmt.Sprint(l.person(one)), fmt.Sprintf("%+v", l.person(one)), fmt.Sprintf("%#v", l.person(one))} {
		if strings.Contains(said, "7600") {
			t.Errorf("printed, a person shows her number: %s", said)
		}
	}
}

// TestWhatIsNotWritten: a refusal and an unknown outcome are told apart.
func TestWhatIsNotWritten(t *testing.T) {
	l := newLedger(t)
	for _, tc := range []struct {
		err  error
		want civic.Verdict
	}{{store.ErrRefused, civic.NotNoted}, {store.ErrUnknown, civic.Unsure}, {store.ErrStopped, civic.NotNoted}} {
		b, err := store.NewBook(failing{l.engine, tc.err}, l.keys, store.BookOptions{Now: func() time.Time { return l.now }})
		if err != nil {
			t.Fatal(err)
		}
		p, err := b.Person(context.Background(), one)
		if err != nil {
			t.Fatal(err)
		}
		out, err := b.Commit(context.Background(), store.Deed{ID: store.ID{1}, Person: p, Channel: civic.ChannelUSSD, Act: civic.Act{
			Deed: civic.CastBallot, Citizen: civic.Citizen{Lang: "fr", Commune: "01010103"}, Consultation: "A", Marks: []civic.Mark{{Option: 1, Value: 1}},
		}})
		if !errors.Is(err, tc.err) || out.Verdict != tc.want {
			t.Errorf("%v: verdict %d, error %v", tc.err, out.Verdict, err)
		}
	}
}

// failing is an engine whose disk fails: the one thing a test can't have for
// real here.
type failing struct {
	store.Engine
	err error
}

func (f failing) Do(context.Context, store.Command) (store.Result, error) {
	return store.Result{}, fmt.Errorf("%w: as the test wants", f.err)
}

// TestTheDemonstrationAgain: importing the file the demonstration was made
// from changes nothing.
func TestTheDemonstrationAgain(t *testing.T) {
	l := newLedger(t)
	p := planfile.Demo(l.now)
	for i, want := range []bool{true, false} {
		changes, err := l.Import(context.Background(), store.ByItself, p)
		if err != nil || (len(changes) > 0) != want {
			t.Errorf("time %d: %v %v", i+1, changes, err)
		}
		p = planfile.Demo(l.now)
	}
}
