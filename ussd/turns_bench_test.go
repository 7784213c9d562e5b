package ussd

import (
	"testing"
	"time"

	"github.com/jamakan/jamakan/gsm"
	"github.com/jamakan/jamakan/locales"
	"github.com/jamakan/jamakan/ussd/menu"
)

// BenchmarkMeasuring is what metrics cost a turn.
func BenchmarkMeasuring(b *testing.B) {
	catalog, err := locales.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	m, err := menu.New(menu.Config{Catalog: catalog, Limit: gsm.DefaultLimit, DefaultLang: "fr", Ussd: "*384*55#"})
	if err != nil {
		b.Fatal(err)
	}
	t := newTurns(m)
	for b.Loop() {
		t.time(700 * time.Microsecond)
		t.count("vote.confirm", Recorded)
	}
}
