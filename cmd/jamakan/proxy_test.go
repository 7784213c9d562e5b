package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// proxyTo is a real proxy before an address, as docs/operating.md describes
// them. Without keepHost it asks for the address itself, as nginx does when it
// is not told.
func proxyTo(t *testing.T, target string, keepHost bool) string {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	p := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		if keepHost {
			r.Out.Host = r.In.Host
		}
		r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"] // what the client claims comes first
		r.SetXForwarded()
	}})
	t.Cleanup(p.Close)
	return p.URL
}

// from is a client at an address of this machine's own network.
func from(address string) *http.Client {
	dial := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	return &http.Client{
		Transport:     &http.Transport{DialContext: dial.DialContext, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// asked asks, and returns the status, the cookies and the body.
func asked(t *testing.T, client *http.Client, method, address, body string, header ...string) (int, []*http.Cookie, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "desk.example.ml"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Cookies(), string(text)
}

// behindProxy starts a gateway in service, made for a proxy on this machine:
// its channel is for callers from 127.0.0.2.
func behindProxy(t *testing.T) *service {
	t.Helper()
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	text := "demo: false\nbehind_proxy: true\nproxies: [127.0.0.1/32]\nsms: {}\ndata: " + at("data") + "\nmetrics_token: \"" + longToken + "-metrics\"\n" +
		"ussd:\n  africastalking: {tokens: [" + longToken + "], networks: [127.0.0.2]}\n"
	for name, content := range map[string]string{"config.yaml": text, "master.key": strings.Repeat("5a", 32) + "\n"} {
		if err := os.WriteFile(at(name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	bin := buildGateway(t)
	s := &service{root: func(path string) string { return path }, unit: unit{
		"ExecStart": {bin + " serve --config " + at("config.yaml")}, "WorkingDirectory": {folder},
		"LoadCredential": {"master.key:" + at("master.key")}, "Environment": {"JAMAKAN_KEY_FILE=%d/master.key"},
	}}
	s.start(t)
	add := exec.CommandContext(t.Context(), bin, "coordinator", "add", "awa", "--role", "administrateur", "--password-stdin", "--config", at("config.yaml"))
	add.Stdin = strings.NewReader("une phrase assez longue\n")
	if said, err := add.CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, said)
	}
	return s
}

// TestBehindAProxy: through a real proxy the gateway knows who calls, believes
// nobody's own word for it, keeps cookies to encrypted lines, and tells
// metrics to the token alone.
func TestBehindAProxy(t *testing.T) {
	s := behindProxy(t)
	form := url.Values{"sessionId": {"ATUid_proxy"}, "phoneNumber": {"+22376000001"}, "serviceCode": {"*384*55#"}, "networkCode": {"99999"}, "text": {""}}.Encode()
	for name, keepHost := range map[string]bool{"with the host": true, "with a host of its own": false} {
		t.Run(name, func(t *testing.T) {
			calls, desk := proxyTo(t, s.calls, keepHost)+"/ussd/africastalking/"+longToken, proxyTo(t, s.desk, keepHost)
			if code, _, said := asked(t, from("127.0.0.2"), http.MethodPost, calls, form); code != http.StatusOK || !strings.HasPrefix(said, "CON ") {
				t.Errorf("the provider: %d %q", code, said)
			}
			if code, _, _ := asked(t, from("127.0.0.3"), http.MethodPost, calls, form); code != http.StatusNotFound {
				t.Errorf("somebody else: %d", code)
			}
			if code, _, _ := asked(t, from("127.0.0.3"), http.MethodPost, calls, form, "X-Forwarded-For", "127.0.0.2"); code != http.StatusNotFound {
				t.Errorf("somebody else who says that she is the provider: %d", code)
			}
			code, cookies, _ := asked(t, from("127.0.0.9"), http.MethodPost, desk+"/login", url.Values{"login": {"awa"}, "password": {"une phrase assez longue"}}.Encode())
			if code != http.StatusSeeOther || len(cookies) != 1 || !cookies[0].Secure || !cookies[0].HttpOnly {
				t.Errorf("log-in: %d %v", code, cookies)
			}
			if code, _, _ := asked(t, from("127.0.0.9"), http.MethodGet, desk+"/phone", ""); code != http.StatusNotFound {
				t.Errorf("the phone: %d", code)
			}
			for _, at := range []string{desk, s.desk} { // a silent proxy looks as this machine does
				if code, _, _ := asked(t, http.DefaultClient, http.MethodGet, at+"/metrics", ""); code != http.StatusNotFound {
					t.Errorf("metrics without token: %d", code)
				}
			}
			if code, _, said := asked(t, from("127.0.0.9"), http.MethodGet, desk+"/metrics", "", "Authorization", "Bearer "+longToken+"-metrics"); code != http.StatusOK ||
				!strings.Contains(said, `reason="outside_network"`) {
				t.Errorf("metrics with the token: %d", code)
			}
		})
	}
}

// TestDemonstrationBehindAProxy: whoever publishes a demonstration by a tunnel
// publishes nothing: neither its known token nor its phone is found.
func TestDemonstrationBehindAProxy(t *testing.T) {
	s, _ := inProcess(t)
	for _, keepHost := range []bool{true, false} {
		calls, desk := proxyTo(t, "http://"+s.onCalls.Addr().String(), keepHost), proxyTo(t, "http://"+s.onDesk.Addr().String(), keepHost)
		if said, err := post(context.Background(), http.DefaultClient, calls, "+22376000001", "ATUid_tunnel", ""); err != nil || strings.Contains(said, "CON ") {
			t.Errorf("host kept: %v: the demo token opens: %q %v", keepHost, said, err)
		}
		for _, path := range []string{"/phone", "/premier"} {
			if code, _, _ := asked(t, http.DefaultClient, http.MethodGet, desk+path, ""); code == http.StatusOK {
				t.Errorf("host kept: %v: %s is open", keepHost, path)
			}
		}
	}
}
