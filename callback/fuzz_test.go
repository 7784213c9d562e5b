package callback_test

import (
	"net/http"
	"net/netip"
	"testing"

	"github.com/jamakan/jamakan/callback"
)

// FuzzPeer: whatever forwarding headers say, somebody who is no proxy of ours
// is who connected, and nobody is taken for a proxy.
func FuzzPeer(f *testing.F) {
	f.Add("10.0.0.1:1", "203.0.113.9, 10.0.0.2")
	f.Add("203.0.113.1:1", "10.0.0.1")
	f.Add("[fe80::1%eth0]:1", "[::ffff:10.0.0.1]:80, x")
	f.Add("", ",,")
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	f.Fuzz(func(t *testing.T, remote, forwarded string) {
		r := &http.Request{RemoteAddr: remote, Header: http.Header{"X-Forwarded-For": {forwarded}}, Host: "x"}
		at := callback.Peer(r, proxies)
		end, err := netip.ParseAddrPort(remote)
		if err != nil {
			if at.IsValid() {
				t.Errorf("%q is taken for %v", remote, at)
			}
			return
		}
		if from := end.Addr().Unmap(); !proxies[0].Contains(from) && at != from {
			t.Errorf("%v says it is %v", from, at)
		}
		if callback.Direct(r) {
			t.Error("forwarded, and taken for direct")
		}
		_ = callback.ShapeOf(r, proxies, -1)
	})
}

// FuzzValues reads anything as a body of a provider that the configuration
// describes, and fills anything into templates.
func FuzzValues(f *testing.F) {
	f.Add("", []byte("a=1&b=%zz"), "a", "to={a}", "a=1")
	f.Add("application/json", []byte(`{"a":{"b":[1,null,"x"]}}`), "a.b", `{"x":"{a.b}"}`, "a.b!=x")
	f.Fuzz(func(_ *testing.T, kind string, body []byte, name, template, rule string) {
		rules, err := callback.ParseRules([]string{rule})
		for _, format := range []string{callback.Query, callback.Form, callback.JSON} {
			v, failed := callback.Parse(callback.Request{Method: http.MethodPost, ContentType: kind, Body: body, Query: string(body)}, format)
			if failed != nil {
				continue
			}
			_ = v.Text(name)
			if err == nil {
				_ = v.Match(rules)
			}
			for _, asJSON := range []bool{false, true} {
				_ = callback.Fill(template, asJSON, v.Get)
			}
		}
	})
}
