package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/jamakan/jamakan/cmd/jamakan/config"
)

// TestChannelsAreTakenInOrder: with several channels, files name the same code
// each time, and the simulated phones call one that understands them.
func TestChannelsAreTakenInOrder(t *testing.T) {
	var called string
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		called = r.URL.Path + " " + r.PostFormValue("serviceCode")
		_, _ = io.WriteString(w, "END OK")
	}))
	defer provider.Close()
	cfg := config.Default()
	cfg.Listen = strings.TrimPrefix(provider.URL, "http://")
	cfg.USSD = map[string]config.Channel{
		"a": {Codec: "generic", Codes: []string{"*1#"}, Tokens: []string{"t"}},
		"m": {Codec: "africastalking", Codes: []string{"*2#"}, Tokens: []string{"t"}},
		"z": {Codec: "africastalking", Codes: []string{"*3#"}, Tokens: []string{"t"}},
	}
	s := &servers{house: &house{cfg: cfg}, onCalls: provider.Listener}
	const want = "/ussd/m/t *2#"
	for range 50 { // a map begins anywhere
		if got := firstCode(cfg); got != "*1#" {
			t.Fatalf("the first code is %s", got)
		}
		called = ""
		if _, _, err := s.phone().Turn(t.Context(), defaultPhone, "s", ""); err != nil || called != want {
			t.Fatalf("the desk's phone called %q, want %q: %v", called, want, err)
		}
		p, _, err := dialVerb{Number: defaultPhone}.handset(cfg)
		if err != nil {
			t.Fatal(err)
		}
		called = ""
		if _, err := p.Dial(t.Context(), ""); err != nil || called != want {
			t.Fatalf("dial called %q, want %q: %v", called, want, err)
		}
	}
	delete(cfg.USSD, "m")
	delete(cfg.USSD, "z")
	if _, _, err := (dialVerb{Number: defaultPhone}).handset(cfg); err == nil || !strings.Contains(err.Error(), "no USSD channel speaks africastalking") {
		t.Errorf("without a channel that understands it: %v", err)
	}
}
