package wall

import (
	"io"
	"testing"

	"github.com/jamakan/jamakan/locales"
)

func BenchmarkPDF(b *testing.B) {
	c, err := locales.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	p, l := fullest(), c.Default("bm")
	for b.Loop() {
		if err := PDF(io.Discard, p, l); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHTML(b *testing.B) {
	c, err := locales.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	p, l := fullest(), c.Default("bm")
	for b.Loop() {
		if err := HTML(io.Discard, p, l); err != nil {
			b.Fatal(err)
		}
	}
}
