package store_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/outbox"
)

// BenchmarkDryRun is the dry run over 100,000 profiles, by what they say of
// themselves and by participation; then the letters of 10,000 of them.
func BenchmarkDryRun(b *testing.B) {
	const many = 100_000
	l := newLedger(b)
	number := func(n int) string { return fmt.Sprintf("+223760%05d", n) }
	l.settle(many, number, villager)
	for name, a := range map[string]civic.Audience{
		"profile":       {Communes: []civic.Code{"01010103"}, Sexes: []civic.Sex{civic.Female}},
		"participation": {Consultation: "A", Participation: civic.NotParticipated},
	} {
		b.Run(name, func(b *testing.B) {
			d := l.draftFor(a)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for b.Loop() {
				if _, err := l.DryRun(context.Background(), &d, outbox.Money{}); err != nil {
					b.Fatal(err)
				}
			}
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(after.HeapSys-before.HeapSys)/(1<<20), "MB-more")
		})
	}
	b.Run("feed 500", func(b *testing.B) {
		d := l.draftFor(civic.Audience{})
		for b.Loop() {
			b.StopTimer()
			c, err := l.DraftCampaign(context.Background(), "awa", d)
			if err != nil {
				b.Fatal(err)
			}
			trial, err := l.TryCampaign(context.Background(), "awa", c.ID, outbox.Money{})
			if err != nil {
				b.Fatal(err)
			}
			if err := l.ConfirmCampaign(context.Background(), "awa", c.ID, trial.Recipients); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			if made, _, err := l.Feed(context.Background(), c.ID); made != store.FeedMost || err != nil {
				b.Fatal(made, err)
			}
		}
	})
}
