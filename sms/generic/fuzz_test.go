package generic

import (
	"net/http"
	"testing"

	"github.com/jamakan/jamakan/callback"
)

// FuzzCallbacks reads anything as a callback of a described provider.
func FuzzCallbacks(f *testing.F) {
	f.Add([]byte("from=%2B22376000001&text=VOTE+2&id=1"))
	f.Add([]byte(`{"from":["+22376000001"],"text":{"x":1}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, format := range []string{callback.Query, callback.Form, callback.JSON} {
			cfg := Default()
			cfg.Format = format
			c, err := NewCodec("x", cfg)
			if err != nil {
				t.Fatal(err)
			}
			r := callback.Request{Method: http.MethodPost, Body: body, Query: string(body)}
			if in, err := c.Inbound(r); err == nil && in.From == "" {
				t.Error("a text without a sender")
			}
			if rep, err := c.Report(r); err == nil && rep.ID == "" {
				t.Error("a report without a name")
			}
			_, _ = c.OptOut(r)
			_, _ = c.Subscription(r)
		}
	})
}
