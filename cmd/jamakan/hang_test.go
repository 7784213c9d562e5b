package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"
)

// TestProviderHangs: the SMS provider takes every connection and answers none,
// with hundreds of answers waiting for it. Calls don't feel it.
func TestProviderHangs(t *testing.T) {
	var held atomic.Int32
	stop := make(chan struct{})
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		held.Add(1)
		select {
		case <-stop:
		case <-r.Context().Done():
		}
	}))
	cmd, base := gateway(t, buildGateway(t), t.TempDir(), "JAMAKAN_SANDBOX=", "JAMAKAN_SMS_AFRICASTALKING_API="+hanging.URL)
	defer func() {
		close(stop)
		stopGently(t, cmd)
		hanging.Close()
	}()
	votes := 20
	if crowdSize() >= 1000 {
		votes = 200
	}
	undisturbed(t, base, "+22376000009", votes) // warm
	before := undisturbed(t, base, "+22376000001", votes)
	for i := range 300 {
		res, err := http.PostForm(base+"/sms/africastalking/demo/inbox", url.Values{
			"id": {fmt.Sprint("h-", i)}, "from": {fmt.Sprintf("+22376001%03d", i)}, "to": {"36055"}, "text": {"AIDE"}, "date": {"2026-11-24 09:15:02"},
		})
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Fatalf("a text is answered %s while the provider hangs", res.Status)
		}
	}
	for end := time.After(30 * time.Second); held.Load() == 0; {
		select {
		case <-end:
			t.Fatal("nothing was handed over")
		case <-time.After(10 * time.Millisecond):
		}
	}
	during := undisturbed(t, base, "+22376000002", votes)
	t.Logf("%d requests hang; a turn of a voter: p50 %v p99 %v; meanwhile p50 %v p99 %v: %.1f and %.1f times", held.Load(),
		share(before, 50), share(before, 99), share(during, 50), share(during, 99),
		float64(share(during, 50))/float64(share(before, 50)), float64(share(during, 99))/float64(share(before, 99)))
}
