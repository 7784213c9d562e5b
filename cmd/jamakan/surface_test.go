package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/jamakan/jamakan/callback"
	"github.com/jamakan/jamakan/cmd/jamakan/config"
)

// surface is the callbacks listener as it runs, with two providers on each
// channel, and no limit on what one number may send.
func surface(f *testing.F) (*house, http.Handler) {
	f.Helper()
	cfg := config.Default()
	cfg.Data, cfg.Sandbox, cfg.Limits = f.TempDir(), "127.0.0.1:0", config.Limits{Window: 1, Connections: 100}
	calls, texts := cfg.USSD["africastalking"], cfg.SMS["africastalking"]
	calls.Codec, texts.Codec = "generic", "generic"
	texts.Generic.Send = "http://127.0.0.1:9/send"
	cfg.USSD["autre"], cfg.SMS["autre"] = calls, texts
	log := slog.New(slog.DiscardHandler)
	w := world{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, getenv: func(string) string { return "" }}
	h, err := openHouse(f.Context(), cfg, w, log, nil)
	if err != nil {
		f.Fatal(err)
	}
	s, err := newServers(f.Context(), h, log)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() {
		clean(f, h)
		if err := s.texts.closeListener(); err != nil {
			f.Error(err)
		}
		if err := h.Close(); err != nil {
			f.Error(err)
		}
	})
	return h, s.callbacks.Handler
}

func clean(t testing.TB, h *house) {
	t.Helper()
	report, err := h.book.Check(context.Background(), nil)
	if err != nil || len(report.Problems) > 0 {
		t.Errorf("check: %v %v", report.Problems, err)
	}
}

// requestOf is a request as a listener gets it; nil where no such request can
// arrive.
func requestOf(method, path, header, value string, body []byte) *http.Request {
	at, err := url.ParseRequestURI(path)
	if err != nil || !strings.HasPrefix(path, "/") {
		return nil
	}
	req, err := http.NewRequest(method, "http://127.0.0.1:8080", strings.NewReader(string(body)))
	if err != nil {
		return nil
	}
	req.URL.Path, req.URL.RawPath, req.URL.RawQuery = at.Path, at.RawPath, at.RawQuery
	req.RequestURI, req.RemoteAddr = path, "127.0.0.1:4000"
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if header != "" {
		req.Header.Set(header, value)
	}
	return req
}

// FuzzSurface sends anything to the callbacks listener: it never fails, never
// tells of its insides, and answers a provider that has the token with 200, or
// 413 for a body that is too large (DESIGN.md, 10).
func FuzzSurface(f *testing.F) {
	h, handler := surface(f)
	for _, channel := range []string{"/ussd/africastalking/demo", "/ussd/africastalking/demo/events", "/ussd/autre/demo", "/ussd/autre/demo/events"} {
		for _, body := range []string{
			"sessionId=ATUid_1&phoneNumber=%2B22376000001&serviceCode=%2A384%2A55%23&networkCode=61002&text=2*1*1*1*3*1*1", "text=%zz;a=b&text=\x00\xff",
			"sessionId=1&phoneNumber=%2B22376000001&status=Success&durationInMillis=-1&hopsCount=x", `{"sessionId":"1","text":null}`, "",
		} {
			f.Add(http.MethodPost, channel, "", "", []byte(body))
		}
	}
	for _, channel := range []string{"/sms/africastalking/demo/", "/sms/autre/demo/"} {
		for _, kind := range []string{"inbox", "delivery", "optout", "subscription"} {
			for _, body := range []string{
				"from=%2B22376000001&to=36055&text=VOTE+2&date=2026-11-24+09%3A15%3A02&id=1", "id=ATXid_1&status=Success&phoneNumber=%2B22376000001&networkCode=61002",
				"phoneNumber=%2B22376000001&updateType=Deletion", `{"from":"+22376000001","text":"AVIS 50%; \u0000"}`, "",
			} {
				f.Add(http.MethodPost, channel+kind, "Content-Type", "application/json", []byte(body))
				f.Add(http.MethodGet, channel+kind+"?"+body, "", "", []byte(nil))
			}
		}
	}
	f.Add(http.MethodGet, "/readyz", "X-Forwarded-For", "1.2.3.4", []byte(nil))
	f.Add(http.MethodPost, "/ussd/africastalking/nothing", "", "", []byte("x"))
	f.Add(http.MethodPost, "/ussd/africastalking/demo", "", "", []byte(strings.Repeat("text=1&", 11_000)))
	n := 0
	f.Fuzz(func(t *testing.T, method, path, header, value string, body []byte) {
		req := requestOf(method, path, header, value, body)
		if req == nil {
			return
		}
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, req)
		if rec.Code >= 500 {
			t.Errorf("%s %q: %d %s", method, path, rec.Code, rec.Body)
		}
		if token := withToken(req); token && rec.Code != http.StatusOK && rec.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("%s %q %q=%q %q: a provider is answered %d %s", method, path, header, value, body, rec.Code, rec.Body)
		}
		bounded(t, rec)
		if n++; n%4096 == 0 {
			clean(t, h)
		}
	})
}

// bounded: an answer is short, and holds nothing of the program.
func bounded(t *testing.T, rec *httptest.ResponseRecorder) {
	t.Helper()
	said := rec.Body.String()
	for _, trace := range []string{"goroutine ", ".go:", "panic", "runtime error"} {
		if strings.Contains(said, trace) {
			t.Errorf("a trace: %s", said)
		}
	}
	if len(said) > 4<<10 {
		t.Errorf("%d bytes of answer", len(said))
	}
}

// withToken says whether a request is one of a provider that holds the token.
func withToken(r *http.Request) bool {
	if r.Method != http.MethodPost && r.Method != http.MethodGet || !callback.Direct(r) {
		return false
	}
	switch r.URL.Path {
	case "/ussd/africastalking/demo", "/ussd/africastalking/demo/events", "/ussd/autre/demo", "/ussd/autre/demo/events",
		"/sms/africastalking/demo/inbox", "/sms/africastalking/demo/delivery", "/sms/africastalking/demo/optout", "/sms/africastalking/demo/subscription",
		"/sms/autre/demo/inbox", "/sms/autre/demo/delivery", "/sms/autre/demo/optout", "/sms/autre/demo/subscription":
		return r.URL.RawPath == ""
	}
	return false
}
