package store_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

func aside(q civic.ApartQuestion) civic.ApartAt {
	return civic.ApartAt{Consultation: "A", Commune: "01010103", Question: q}
}

func (l *ledger) apart() (sum int64, rows []civic.ApartRow) {
	l.t.Helper()
	rows, err := l.Apart(context.Background())
	l.must(err)
	for _, r := range rows {
		sum += r.N.Total()
	}
	return sum, rows
}

// bytes is a digest of the whole database file, its free pages too.
func (l *ledger) digest() [32]byte {
	l.t.Helper()
	raw, err := os.ReadFile(filepath.Join(l.dir, "jamakan.db"))
	l.must(err)
	return sha256.Sum256(raw)
}

// voters lets so many numbers vote, so that there are as many as answer.
func (l *ledger) voters(n int) {
	l.t.Helper()
	for i := range n {
		l.vote(l.person(fmt.Sprintf("+22376%06d", 1000+i)), fmt.Sprint("apart", i), "A", 1, "01010103")
	}
}

// TestApartInBatches: any two states that are ever on disk differ by nothing or
// by ten replies and more, whatever is answered and whenever the clock ticks;
// what stays is not lost, and a clean stop writes it where it is enough.
func TestApartInBatches(t *testing.T) {
	l := newLedger(t)
	l.voters(30)
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		was, _ := l.apart()
		told := was
		at := aside(civic.AboutDisplacement)
		room := int64(30) - was
		for range rapid.IntRange(0, 12).Draw(t, "ticks") {
			n := min(rapid.Int64Range(0, 25).Draw(t, "replies"), room)
			for range n {
				l.CountApart(at, civic.Reply(rapid.IntRange(0, 2).Draw(t, "reply")))
			}
			room -= n
			told += n
			l.must(l.FlushApart(ctx))
			now, _ := l.apart()
			if d := now - was; d != 0 && d < 10 {
				t.Fatalf("a write of %d replies", d)
			}
			if told-now > 19 {
				t.Fatalf("%d replies wait", told-now)
			}
			was = now
		}
		l.must(l.StopApart(ctx))
		now, _ := l.apart()
		if d := now - was; d != 0 && d < 10 || now > told || told-now > 19 {
			t.Fatalf("the stop wrote %d, %d of %d are there", d, now, told)
		}
		l.drop()
	})
}

// drop begins anew: no counts on disk, none in memory.
func (l *ledger) drop() {
	l.t.Helper()
	l.must(l.engine.Close())
	l.open()
	_, rows := l.apart()
	for _, r := range rows {
		key := store.Key("apart/" + r.Consultation + "/" + string(r.Commune) + "/" + string(r.Question))
		serial := l.serial.Add(1)
		_, err := l.engine.Do(context.Background(), store.Command{ID: store.ID{2, byte(serial), byte(serial >> 8)}, Forget: true, Decide: func(store.View) (store.Change, error) {
			return store.Change{Delete: []store.Key{key}}, nil
		}})
		l.must(err)
	}
}

// TestApartIsWholeAfterMany: what was answered at once from many sides is
// there, by reply, when enough came after it.
func TestApartIsWholeAfterMany(t *testing.T) {
	l := newLedger(t)
	l.voters(40)
	ctx := context.Background()
	for i := range 40 {
		l.CountApart(aside(civic.AboutDisability), civic.Reply(i%4%3)) // 20 pass, 10 yes, 10 no
	}
	l.CountApart(aside(civic.AboutDisability), 3) // no reply: not counted
	l.must(l.FlushApart(ctx))
	if n, _ := l.apart(); n != 30 {
		t.Errorf("%d on disk, want all but 10", n)
	}
	l.must(l.FlushApart(ctx))
	if n, _ := l.apart(); n != 30 {
		t.Errorf("%d on disk after a tick without replies", n)
	}
	l.must(l.StopApart(ctx))
	if _, rows := l.apart(); len(rows) != 1 || rows[0].N != (civic.Apart{20, 10, 10}) || rows[0].ApartAt != aside(civic.AboutDisability) {
		t.Errorf("%+v", rows)
	}
}

// TestApartLeavesTheFileAlone: a reply changes no byte of the file, free pages
// included; nor does a tick, nor a stop, of too few. Planted: a reply that goes
// into the profile, or into a count at once, is seen.
func TestApartLeavesTheFileAlone(t *testing.T) {
	l := newLedger(t)
	l.voters(9)
	ctx := context.Background()
	before := l.digest()
	for range 9 {
		l.CountApart(aside(civic.AboutDisplacement), civic.SaidYes)
	}
	l.must(l.FlushApart(ctx))
	l.must(l.StopApart(ctx))
	if l.digest() != before {
		t.Error("the file tells of nine replies")
	}
	person := store.CitizenKey(l.keys.Citizen("+22376001000"))
	for what, plant := range map[string]func(){
		"a profile": func() { l.put(person, `{"l":"bm","c":"01010103","q":true,"pdi":1}`) },
		"a count":   func() { l.put("apart/A/01010103/pdi", "[0,1,0]") },
	} {
		before := l.digest()
		plant()
		if l.digest() == before {
			t.Errorf("a reply in %s is not seen", what)
		}
	}
	problems := l.problems()
	if !strings.Contains(problems, "apart/A/01010103/pdi: [0 1 0] can't be") {
		t.Errorf("check says %s", problems)
	}
	l.drop()
}

func (l *ledger) problems() string {
	l.t.Helper()
	report, err := l.Check(context.Background(), nil)
	l.must(err)
	return strings.Join(report.Problems, "\n")
}

// TestCheckOfApart: check names each count that can't be.
func TestCheckOfApart(t *testing.T) {
	l := newLedger(t)
	l.voters(12)
	for key, says := range map[store.Key]string{
		"apart/A/01010103/pdi": "13 replies of 12 numbers",
		"apart/A/01010103/pvh": "can't be",
		"apart/A/01010199/pdi": "not in the consultation's scope",
		"apart/Z/01010103/pdi": "no consultation Z",
		"apart/A/01010103/sex": "no such question",
		"apart/A/01010103":     "not a place of replies",
		"apart/B/01010103/pvh": "not a count of replies",
	} {
		value := "[3,5,5]"
		switch {
		case says == "can't be":
			value = "[-1,11,0]"
		case strings.HasPrefix(says, "not a count"):
			value = "[1,2]"
		}
		l.put(key, value)
		if got := l.problems(); !strings.Contains(got, says) {
			t.Errorf("%s = %s: check says %q, want %q", key, value, got, says)
		}
		serial := l.serial.Add(1)
		_, err := l.engine.Do(context.Background(), store.Command{ID: store.ID{3, byte(serial)}, Forget: true, Decide: func(store.View) (store.Change, error) {
			return store.Change{Delete: []store.Key{key}}, nil
		}})
		l.must(err)
	}
}

// TestApartStandsInTheWeekOfClosing: once, in the frozen report of the week in
// which the consultation closed, and in no other; a later count does not change
// it.
func TestApartStandsInTheWeekOfClosing(t *testing.T) {
	l := newLedger(t)
	l.voters(60)
	count := func() {
		for i := range 30 {
			l.CountApart(aside(civic.AboutDisplacement), civic.Reply(1+i%2))
		}
	}
	count()
	c, _ := l.Content().Consultation("A")
	w := civic.WeekOf(c.Closes)
	l.now = w.Start().AddDate(0, 0, 1)
	l.closeWeeks()
	l.now = w.End()
	if r := l.report(w); len(r.Apart) != 0 {
		t.Errorf("a report that is not frozen tells %+v", r.Apart)
	}
	l.closeWeeks()
	for at, end := civic.WeekOf(c.Opens), w.Next(); at.Before(end); at = at.Next() {
		r := l.report(at)
		if at != w && len(r.Apart) > 0 {
			t.Errorf("%s tells %+v", at, r.Apart)
		}
		if at == w && (len(r.Apart) != 1 || r.Apart[0].N.Total() != 20 || r.Apart[0].ApartAt != aside(civic.AboutDisplacement)) {
			t.Errorf("%s tells %+v", at, r.Apart)
		}
	}
	was := l.frozen(w)
	count()
	l.now = w.End().AddDate(0, 0, 7)
	l.closeWeeks()
	if l.frozen(w) != was {
		t.Error("a closed week changed")
	}
	if r := l.report(w.Next()); len(r.Apart) != 0 {
		t.Errorf("the week after tells %+v", r.Apart)
	}
}

// TestAskedIsAllTheProfileSays: the record of sex and age says first to who was
// never asked, and the profile afterwards has no place for a reply.
func TestAskedIsAllTheProfileSays(t *testing.T) {
	l := newLedger(t)
	p := l.person(one)
	l.vote(p, "v", "A", 1, "01010103")
	for i, want := range []bool{true, false} {
		c := p.Citizen()
		c.Sex, c.Age, c.Asked = civic.Female, civic.From15To35, true
		out, err := l.Commit(context.Background(), store.Deed{
			ID: store.ID(l.keys.Event(fmt.Sprint("d", i))), Person: p, Channel: civic.ChannelUSSD, Act: civic.Act{Deed: civic.DeclareGroup, Citizen: c},
		})
		if err != nil || out.First != want {
			t.Errorf("record %d: first %v, %v", i, out.First, err)
		}
	}
	var fields map[string]any
	if err := json.Unmarshal(l.value(store.CitizenKey(l.keys.Citizen(one))), &fields); err != nil {
		t.Fatal(err)
	}
	for name := range fields {
		if !strings.Contains("l c s a q n m", name) {
			t.Errorf("a profile says %q", name)
		}
	}
}

func (l *ledger) value(k store.Key) (value []byte) {
	l.t.Helper()
	l.must(l.engine.View(context.Background(), func(s store.Snapshot) error {
		v, _, err := s.Get(k)
		value = append(value, v...)
		return err
	}))
	return value
}
