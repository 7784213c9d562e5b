package form_test

import (
	"net/url"
	"testing"

	"github.com/jamakan/jamakan/callback/form"
)

func BenchmarkParse(b *testing.B) {
	body := []byte(callback)
	b.ReportAllocs()
	for b.Loop() {
		var room [16]form.Field
		f, err := form.Parse(room[:0], body)
		if text, _ := f.Get("text"); err != nil || text != "1*1*2" {
			b.Fatal(text, err)
		}
	}
}

// BenchmarkURLParseQuery is what Echo's form helpers cost at least.
func BenchmarkURLParseQuery(b *testing.B) {
	body := []byte(callback)
	b.ReportAllocs()
	for b.Loop() {
		f, err := url.ParseQuery(string(body))
		if text := f.Get("text"); err != nil || text != "1*1*2" {
			b.Fatal(text, err)
		}
	}
}

func BenchmarkParseJSON(b *testing.B) {
	body := []byte(`{"phoneNumber":"+22376000001","serviceCode":"*384*55#","text":"1*1*2",` +
		`"sessionId":"ATUid_149071fd66849b8758c07be8cadaecaf","networkCode":99999}`)
	b.ReportAllocs()
	for b.Loop() {
		var room [16]form.Field
		f, err := form.ParseJSON(room[:0], body)
		if text, _ := f.Get("text"); err != nil || text != "1*1*2" {
			b.Fatal(text, err)
		}
	}
}
