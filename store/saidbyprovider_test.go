package store_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/outbox"
)

// scattered counts the records of a kind.
func (l *ledger) scattered(kind string) (n int) {
	l.t.Helper()
	l.must(l.engine.View(context.Background(), func(s store.Snapshot) error {
		for after := uint64(0); ; {
			last, err := s.Walk(kind, after, func(uint64, store.Key, []byte) bool { n++; return true })
			if after = last; err != nil || last == 0 {
				return err
			}
		}
	}))
	return n
}

// TestANameThatIsANumber: a provider whose names of messages are the receivers'
// numbers, or hold them, and that repeats them in every word it says, leaves
// none in the file, and no keyed hash of one: neither by its answer, nor by a
// report before or after it, nor by one that is joined to a lost message.
func TestANameThatIsANumber(t *testing.T) {
	const number = one
	local := number[len(number)-8:]
	for _, name := range []string{number, number[1:], local, "00223" + local, "tel:" + number, "msg-" + number + "-1", "76 00 00 01/" + local[:2] + "-" + local[2:]} {
		l := newLedger(t)
		ctx := context.Background()
		isNumber := !strings.HasPrefix(name, "msg-") && !strings.Contains(name, "/")
		said := outbox.Report{State: outbox.Delivered, Raw: "Delivered to " + number, Reason: number}
		if isNumber { // before the answer
			if fate, err := l.Report(ctx, "p", name, said); err != nil || fate == store.ReportParked {
				t.Errorf("%q: a report before its message: %d %v", name, fate, err)
			}
		}
		for i, class := range []outbox.Class{outbox.Took, outbox.Ambiguous} {
			l.text(l.person(number), name+string(rune('a'+i)), civic.Act{Deed: civic.JustAnswer}, "Bonjour")
			var m outbox.Message
			for _, x := range l.letters() {
				if x.State == outbox.Queued {
					m = x
				}
			}
			m, err := l.Claim(ctx, m)
			l.must(err)
			m, err = l.Settle(ctx, m, outbox.Result{Class: class, Handle: name, Code: number, Reason: "sent to " + local}, time.Minute)
			l.must(err)
			if class == outbox.Ambiguous {
				if m, err = l.Adopt(ctx, m, name, said); err != nil || m.State != outbox.Delivered {
					t.Errorf("%q: a lost message is %s, %v", name, m.State, err)
				}
			} else if isNumber {
				fate, err := l.Report(ctx, "p", name, said)
				if err != nil || fate != store.ReportStale {
					t.Errorf("%q: a report is %d %v", name, fate, err)
				}
			}
		}
		if n, parked := l.scattered(store.KindHandle), l.scattered(store.KindParked); n+parked > 0 {
			t.Errorf("%q: %d names and %d reports are kept", name, n, parked)
		}
		raw, err := os.ReadFile(filepath.Join(l.dir, "jamakan.db"))
		l.must(err)
		if bytes.Contains(raw, []byte(local)) {
			t.Errorf("%q: the number is in the file", name)
		}
	}
}

// TestOrdinaryNamesAreKnown: a name that only looks like one, of digits alone,
// finds its message.
func TestOrdinaryNamesAreKnown(t *testing.T) {
	for _, name := range []string{"10293847566", "ATXid_0123456789abcdef", "123456", "76123456", "22370123456"} {
		l := newLedger(t)
		ctx := context.Background()
		l.text(l.person(one), "t", civic.Act{Deed: civic.JustAnswer}, "Bonjour")
		m, err := l.Claim(ctx, l.letters()[0])
		l.must(err)
		_, err = l.Settle(ctx, m, outbox.Result{Class: outbox.Took, Handle: name}, time.Minute)
		l.must(err)
		if fate, err := l.Report(ctx, m.Provider, name, outbox.Report{State: outbox.Delivered, Raw: "Success"}); err != nil || fate != store.ReportTaken {
			t.Errorf("%q: %d %v", name, fate, err)
		}
	}
}
