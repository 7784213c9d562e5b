package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/meter"
	"github.com/jamakan/jamakan/store/outbox"
)

func (l *ledger) report(w civic.Week) civic.Report {
	l.t.Helper()
	r, err := l.WeekReport(context.Background(), w)
	if err != nil {
		l.t.Fatal(err)
	}
	return r
}

// bytes are a frozen report as it lies in the file.
func (l *ledger) frozen(w civic.Week) string {
	l.t.Helper()
	var all strings.Builder
	err := l.engine.View(context.Background(), func(s store.Snapshot) error {
		return s.Scan(store.Key("report/"+w.String()+"/"), "", func(k store.Key, v []byte) bool {
			fmt.Fprintf(&all, "%s %s\n", k, v)
			return true
		})
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return all.String()
}

func (l *ledger) closeWeeks() {
	l.t.Helper()
	if err := l.CloseWeeks(context.Background()); err != nil {
		l.t.Fatal(err)
	}
}

func (l *ledger) opine(message, text string, letters func(civic.Outcome) []store.Letter) civic.Outcome {
	l.t.Helper()
	p := l.person(one)
	c := p.Citizen()
	c.Lang, c.Commune = "bm", "01010103"
	out, err := l.Commit(context.Background(), store.Deed{
		ID: store.ID(l.keys.Event(message)), Person: p, Channel: civic.ChannelSMS, Letters: letters,
		Act: civic.Act{Deed: civic.GiveFeedback, Citizen: c, Text: text, Topic: "hydraulique"},
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return out
}

// put writes a record as a later version of the desk would.
func (l *ledger) put(key store.Key, value string) {
	l.t.Helper()
	serial := l.serial.Add(1)
	_, err := l.engine.Do(context.Background(), store.Command{ID: store.ID{1, byte(serial)}, Forget: true, Decide: func(store.View) (store.Change, error) {
		return store.Change{Put: []store.Put{{Key: key, Value: []byte(value)}}}, nil
	}})
	if err != nil {
		l.t.Fatal(err)
	}
}

func (l *ledger) dial() {
	h := l.Meter().Hand()
	h.Stand(l.now, meter.By{Commune: "01010103", Channel: civic.ChannelUSSD, Lang: "bm", Operator: "orange"})
	h.Dial()
}

// TestAWeekIsFrozen: what happens up to the last second of Sunday is in the
// week, what comes after is not, and its bytes never change.
func TestAWeekIsFrozen(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	begun := l.now
	w := civic.WeekOf(l.now)
	l.vote(l.person(one), "m1", "A", 1, "01010103")
	answer := func(out civic.Outcome) []store.Letter {
		return []store.Letter{{Provider: "sim", Purpose: outbox.Answer, Text: out.Code, Alphabet: "GSM-7", Segments: 1}}
	}
	sent := l.opine("o1", "ji tɛ an fɛ", answer)
	l.dial()
	l.handOver(outbox.Result{Class: outbox.Took, Handle: "h1", Cost: outbox.Money{Amount: 250_000, Currency: "XOF"}})
	if r := l.report(w); !r.Provisional || !r.AsOf.Equal(l.now) || r.LogSize != 1 || len(r.Traffic) != 1 || len(r.Feedback) != 1 {
		t.Errorf("the running week: %+v", r)
	}
	l.now = w.End().Add(-time.Second)
	l.vote(l.person(two), "m2", "A", 2, "01010103")
	l.vote(l.person(one), "m3", "A", 2, "01010103")
	head := l.head()
	l.now = w.End() // Monday 00:00 in Bamako
	l.vote(l.person(one), "m4", "A", 3, "01010103")
	l.dial()
	l.closeWeeks()
	r := l.report(w)
	if r.Provisional || !r.AsOf.Equal(w.End()) || r.LogSize != 3 || r.LogRoot != fmt.Sprintf("%x", head.Root) {
		t.Errorf("log of the week: %d %s, want 3 %x", r.LogSize, r.LogRoot, head.Root)
	}
	if want := (civic.BallotFlow{Consultation: "A", Commune: "01010103", Cast: 2, Replaced: 1}); len(r.Ballots) != 1 || r.Ballots[0] != want {
		t.Errorf("ballots %+v, want %+v", r.Ballots, want)
	}
	if len(r.Traffic) != 1 || r.Traffic[0].N != 1 {
		t.Errorf("traffic %+v", r.Traffic)
	}
	if want := (civic.MessageRow{Provider: "sim", Purpose: "answer", Sent: 1, Segments: 1, Cost: "XOF 25.0000"}); len(r.Messages) != 1 || r.Messages[0] != want {
		t.Errorf("messages %+v, want %+v", r.Messages, want)
	}
	if f := r.Feedback; len(f) != 1 || f[0].Reference != sent.Code || f[0].Status != civic.Received || f[0].Kind != civic.OpinionKind || f[0].Topic != "hydraulique" {
		t.Errorf("feedback %+v", f)
	}
	if len(r.Plans) != 1 || r.Plans[0].Projects[0].Status != "" || len(r.Places) == 0 {
		t.Errorf("plans %+v, places %v", r.Plans, r.Places)
	}
	before, asBefore := l.frozen(w), fmt.Sprintf("%+v", r)
	// Everything goes on: an answer, an arrival, a vote, a work, a correction.
	l.answer(sent.Code, l.now)
	if _, err := l.Book.Report(ctx, "sim", "h1", outbox.Report{State: outbox.Delivered, Raw: "Success"}); err != nil {
		t.Fatal(err)
	}
	p := plan(begun)
	p.Projects[0].Status = civic.Done
	if _, err := l.Import(ctx, store.ByItself, p); err != nil {
		t.Fatal(err)
	}
	if err := l.Correct(ctx, "awa", w, "01010103", "Un relais a été compté deux fois."); err != nil {
		t.Fatal(err)
	}
	l.now = w.End().AddDate(0, 0, 15)
	l.closeWeeks()
	if l.frozen(w) != before || fmt.Sprintf("%+v", l.report(w)) != asBefore {
		t.Error("a closed week's report changed")
	}
	next := l.report(w.Next())
	if f := next.Feedback; len(f) != 1 || f[0].Status != civic.Replied || f[0].Summary != "de l'eau" || f[0].Answered.IsZero() {
		t.Errorf("the week of the answer: %+v", f)
	}
	if next.Provisional || next.LogSize != 4 || len(next.Ballots) != 1 || next.Ballots[0].Replaced != 1 || len(next.Traffic) != 1 {
		t.Errorf("the week after: %+v", next)
	}
	if third := l.report(w.Next().Next()); third.Provisional || len(third.Feedback) != 0 || third.LogSize != 4 || third.LogRoot != next.LogRoot {
		t.Errorf("a quiet week: %+v", third)
	}
}

// answer marks an opinion as a later version of the desk does.
func (l *ledger) answer(code string, at time.Time) {
	l.t.Helper()
	shown, err := civic.ParseReceipt(code)
	if err != nil {
		l.t.Fatal(err)
	}
	key := store.Key(fmt.Sprintf("feedback/%010d", l.keys.ReceiptNumber(shown)))
	var o map[string]any
	err = l.engine.View(context.Background(), func(s store.Snapshot) error {
		v, _, err := s.Get(key)
		if err != nil {
			return err
		}
		return json.Unmarshal(v, &o)
	})
	if err != nil {
		l.t.Fatal(err)
	}
	o["status"], o["kind"], o["summary"], o["answered"] = "repondu", "plainte", "de l'eau", at
	encoded, err := json.Marshal(o)
	if err != nil {
		l.t.Fatal(err)
	}
	l.put(key, string(encoded))
}

// handOver lets the one message of the outbox leave.
func (l *ledger) handOver(r outbox.Result) {
	l.t.Helper()
	ctx := context.Background()
	var all []outbox.Message
	if err := l.Letters(ctx, func(m outbox.Message) bool { all = append(all, m); return true }); err != nil || len(all) != 1 {
		l.t.Fatalf("%d messages, %v", len(all), err)
	}
	m, err := l.Claim(ctx, all[0])
	if err == nil {
		_, err = l.Settle(ctx, m, r, 0)
	}
	if err != nil {
		l.t.Fatal(err)
	}
}

func (l *ledger) head() (h store.Head) {
	l.t.Helper()
	if err := l.engine.View(context.Background(), func(s store.Snapshot) error { h = s.Head(); return nil }); err != nil {
		l.t.Fatal(err)
	}
	return h
}

// An answer that came after the week, before the week was closed: the week is
// as it was at its end.
func TestClosedLate(t *testing.T) {
	l := newLedger(t)
	w := civic.WeekOf(l.now)
	sent := l.opine("o1", "ji tɛ an fɛ", nil)
	l.now = w.End().AddDate(0, 0, 24) // the machine was off for three weeks
	l.answer(sent.Code, w.End().Add(time.Hour))
	l.closeWeeks()
	for week, want := range map[civic.Week]civic.FeedbackStatus{w: civic.Received, w.Next(): civic.Replied, w.Next().Next(): "", civic.WeekOf(l.now).Prev(): ""} {
		r := l.report(week)
		if r.Provisional || (len(r.Feedback) > 0) != (want != "") || want != "" && r.Feedback[0].Status != want {
			t.Errorf("%s: %+v, want %q", week, r.Feedback, want)
		}
	}
	if _, err := l.WeekReport(context.Background(), civic.WeekOf(l.now).Next()); !errors.Is(err, store.ErrWeekAhead) {
		t.Errorf("next week: %v, want ErrWeekAhead", err)
	}
}

// spent is an engine that writes so many commands more, and then none.
type spent struct {
	store.Engine
	left *int
}

func (d spent) Do(ctx context.Context, cmd store.Command) (store.Result, error) {
	if *d.left--; *d.left < 0 {
		return store.Result{}, store.ErrStopped
	}
	return d.Engine.Do(ctx, cmd)
}

// TestDyingWhileAWeekCloses: wherever the process dies, the next one freezes
// the same bytes.
func TestDyingWhileAWeekCloses(t *testing.T) {
	l := newLedger(t)
	for _, code := range []string{"LARGE", "LARGER"} { // more than two parts
		p := plan(l.now)
		p.Code, p.Consultations = code, nil
		for i := range 30 {
			p.Projects = append(p.Projects, civic.Project{Code: fmt.Sprint("L", i), Title: civic.Text{"fr": strings.Repeat("é", 10_000)}, Village: "V", Cost: 1})
		}
		if _, err := l.Import(context.Background(), store.ByItself, p); err != nil {
			t.Fatal(err)
		}
	}
	l.vote(l.person(one), "m1", "A", 1, "01010103")
	l.dial()
	if err := l.StopTraffic(context.Background()); err != nil {
		t.Fatal(err)
	}
	w := civic.WeekOf(l.now)
	before := l.copied("before.db")
	l.now = w.End().Add(time.Hour)
	l.closeWeeks()
	want := l.frozen(w)
	if strings.Count(want, "report/"+w.String()) != 3 {
		t.Fatalf("%d parts, want 3", strings.Count(want, "report/"+w.String()))
	}
	for n := 0; ; n++ {
		l.restore(before)
		left := n
		b, err := store.NewBook(spent{l.engine, &left}, l.keys, store.BookOptions{Now: func() time.Time { return l.now }})
		if err != nil {
			t.Fatal(err)
		}
		err = b.CloseWeeks(context.Background())
		if r, failed := b.WeekReport(context.Background(), w); failed != nil || r.Provisional == (err == nil) || r.LogSize != 1 {
			t.Errorf("after %d commands: %v %v", n, r.Provisional, failed)
		}
		l.closeWeeks()
		if l.frozen(w) != want {
			t.Errorf("after %d commands and a death, other bytes are frozen", n)
		}
		if err == nil {
			break
		}
	}
}

// copied is a copy of the file as it is.
func (l *ledger) copied(name string) string {
	l.t.Helper()
	path := filepath.Join(l.dir, name)
	f, err := os.Create(path)
	if err != nil {
		l.t.Fatal(err)
	}
	if _, err := l.Backup(l.t.Context(), f); err != nil {
		l.t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		l.t.Fatal(err)
	}
	return path
}

// Backup copies the engine's file.
func (l *ledger) Backup(ctx context.Context, f *os.File) (int64, error) {
	return l.engine.Backup(ctx, f)
}

// restore puts a copy in the file's place.
func (l *ledger) restore(path string) {
	l.t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		l.t.Fatal(err)
	}
	if err := l.engine.Close(); err != nil {
		l.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(l.dir, "jamakan.db"), data, 0o600); err != nil {
		l.t.Fatal(err)
	}
	l.open()
}

// TestAWeekFromBeforeReports: sheets only, no error, and no report is made up
// for it later.
func TestAWeekFromBeforeReports(t *testing.T) {
	l := newLedger(t)
	w := civic.WeekOf(l.now)
	l.vote(l.person(one), "m1", "A", 1, "01010103")
	_, err := l.engine.Do(context.Background(), store.Command{ID: store.ID{9}, Decide: func(store.View) (store.Change, error) {
		return store.Change{Delete: []store.Key{"meta/reported"}, Put: []store.Put{{Key: "meta/closing", Value: []byte(w.String())}}}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	l.now = w.End().AddDate(0, 0, 8)
	l.restart()
	l.closeWeeks()
	if r := l.report(w); r.Provisional || r.LogSize != 0 || len(r.Ballots) != 0 || r.Week != w {
		t.Errorf("%+v, want nothing but the week", r)
	}
	if r := l.report(w.Next()); r.Provisional || r.LogSize != 1 {
		t.Errorf("the first week with a report: %+v", r)
	}
	if s, err := l.Series(context.Background(), w); err != nil || len(s) == 0 {
		t.Errorf("%d sheets, %v", len(s), err)
	}
}

func (l *ledger) restart() {
	l.t.Helper()
	if err := l.engine.Close(); err != nil {
		l.t.Fatal(err)
	}
	l.open()
}

func TestADamagedReport(t *testing.T) {
	l := newLedger(t)
	w := civic.WeekOf(l.now)
	l.now = w.End()
	l.closeWeeks()
	l.put(store.Key("report/"+w.String()+"/0001"), strings.Replace(strings.TrimSpace(strings.SplitN(l.frozen(w), " ", 2)[1]), "Plan", "Play", 1))
	if _, err := l.WeekReport(context.Background(), w); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("%v, want ErrCorrupt", err)
	}
}
