package store_test

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
)

// TestToldIsPublish: what is told from where the last reader left off is what
// Publish tells of all sheets, in whatever order weeks are asked for, while a
// consultation closes and another is added.
func TestToldIsPublish(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	first := civic.WeekOf(l.now)
	for week := range 6 {
		for i := range 25 + 7*week {
			if week < 2 { // later ones only come to A, and A closes too
				l.vote(l.person(fmt.Sprintf("+223760%05d", 100*week+i)), fmt.Sprint("b", week, i), "B", uint16(1+i%3), "01010104")
			}
			l.vote(l.person(fmt.Sprintf("+223660%05d", 100*week+i)), fmt.Sprint("a", week, i), "A", uint16(1+i%4), []civic.Code{"01010103", "01010104"}[i%5/3])
		}
		if week == 3 {
			p := plan(l.now)
			p.Consultations = append([]civic.Consultation(nil), l.Content().Plans[0].Consultations...)
			late := p.Consultations[0]
			late.Code, late.Opens = "LATE", l.now.AddDate(0, 0, -8)
			p.Consultations = append(p.Consultations, late)
			if _, err := l.Import(ctx, "awa", p); err != nil {
				t.Fatal(err)
			}
		}
		now := civic.WeekOf(l.now)
		for _, w := range []civic.Week{now.Prev(), now, first, now, now.Prev().Prev()} {
			toldIsPublish(t, l, w)
		}
		l.now = l.now.Add(7 * 24 * time.Hour)
		if week%2 == 0 {
			l.closeWeeks()
		}
	}
}

func toldIsPublish(t *testing.T, l *ledger, w civic.Week) {
	t.Helper()
	series, err := l.Series(context.Background(), w)
	if err != nil {
		t.Fatal(err)
	}
	told, err := l.Told(context.Background(), w)
	if err != nil {
		t.Fatal(err)
	}
	heads, err := l.Heads(context.Background(), w)
	if err != nil {
		t.Fatal(err)
	}
	var want []civic.Sheet
	for _, s := range series {
		if s.Rows = nil; s.Week == w {
			want = append(want, s)
		}
	}
	if !reflect.DeepEqual(heads, want) {
		t.Errorf("%s: heads %+v, want %+v", w, heads, want)
	}
	by := map[string][]*civic.Sheet{}
	for i := range series {
		by[series[i].Consultation.Code] = append(by[series[i].Consultation.Code], &series[i])
	}
	if len(by) != len(told) {
		t.Errorf("%s: %d consultations told, want %d", w, len(told), len(by))
	}
	for _, x := range told {
		sheets := by[x.Sheet.Consultation.Code]
		if head := *sheets[len(sheets)-1]; x.Sheet.Week != head.Week || x.Sheet.State != head.State || x.Sheet.Rows != nil {
			t.Errorf("%s %s: sheet of %s", w, x.Sheet.Consultation.Code, x.Sheet.Week)
		}
		for _, k := range civic.LeastCounts() {
			if now := civic.Publish(sheets, k); !reflect.DeepEqual(x.Now[k], now) {
				t.Errorf("%s %s, least %d: told %+v, want %+v", w, x.Sheet.Consultation.Code, k, x.Now[k], now)
			}
			if before := civic.Publish(sheets[:len(sheets)-1], k); !reflect.DeepEqual(x.Before[k], before) {
				t.Errorf("%s %s, least %d: before %+v, want %+v", w, x.Sheet.Consultation.Code, k, x.Before[k], before)
			}
		}
	}
}
