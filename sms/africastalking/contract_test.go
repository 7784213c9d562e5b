package africastalking

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	client "github.com/AndroidStudyOpenSource/africastalking-go/sms"
	"github.com/AndroidStudyOpenSource/africastalking-go/util"

	"github.com/jamakan/jamakan/sms"
	"github.com/jamakan/jamakan/sms/sandbox"
	"github.com/jamakan/jamakan/store/outbox"
)

// seen is one request as it went over the wire.
type seen struct {
	method, path, contentType, key string
	form                           url.Values
}

// redirected sends every request to the stand-in, whatever host it names, and
// remembers it. The given client uses the default transport; nothing else in
// this package's tests does while it is replaced.
type redirected struct {
	to   *url.URL
	mu   sync.Mutex
	seen []seen
}

func (r *redirected) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	r.seen = append(r.seen, seen{req.Method, req.URL.Path, req.Header.Get("Content-Type"), req.Header.Get("apikey"), form})
	r.mu.Unlock()
	out := req.Clone(req.Context())
	out.URL.Scheme, out.URL.Host, out.Host = r.to.Scheme, r.to.Host, r.to.Host
	out.Body = io.NopCloser(bytes.NewReader(body))
	return (&http.Transport{}).RoundTrip(out)
}

// TestContract drives the given client's real Send beside ours, against the
// same provider: our request holds all of its form, and both read the same
// answer.
func TestContract(t *testing.T) {
	stand := sandbox.New(sandbox.Config{Username: "sandbox", APIKey: "k", ShortCode: "36055", Price: "XOF 25"})
	server := httptest.NewServer(stand.Handler())
	defer server.Close()
	to, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	wire := &redirected{to: to}
	was := http.DefaultTransport
	http.DefaultTransport = wire
	defer func() { http.DefaultTransport = was }()
	ours, err := New(Account{Username: "sandbox", APIKey: "k", From: "36055", API: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	ours.client = &http.Client{Transport: wire, CheckRedirect: ours.client.CheckRedirect}
	for _, text := range []string{"Votre vote est noté. Code : K7P4XY", "I ka wote sèbènna; 50% & +1 = \"ok\"", strings.Repeat("ɛ", 100)} {
		given, err := client.NewService("sandbox", "k", "sandbox").Send("36055", "+22376000001", text)
		if err != nil {
			t.Fatal(err)
		}
		r := ours.Send(context.Background(), sms.Outgoing{Ref: "r", To: "+22376000001", Text: text})
		theirs, mine := wire.seen[len(wire.seen)-2], wire.seen[len(wire.seen)-1]
		if theirs.method != mine.method || theirs.path != mine.path || theirs.contentType != mine.contentType || theirs.key != mine.key {
			t.Errorf("theirs %+v\nours %+v", theirs, mine)
		}
		for name, values := range theirs.form {
			if mine.form.Get(name) != values[0] {
				t.Errorf("%s: theirs %q, ours %q", name, values[0], mine.form.Get(name))
			}
		}
		if len(given.SMS.Recipients) != 1 || given.SMS.Recipients[0].Status != "Success" || r.Class != outbox.Took {
			t.Fatalf("theirs %+v, ours %+v", given, r)
		}
		cost, err := outbox.ParseMoney(given.SMS.Recipients[0].Cost)
		if err != nil || cost != r.Cost || !strings.HasPrefix(given.SMS.Recipients[0].MessageID, "ATXid_") || !strings.HasPrefix(r.Handle, "ATXid_") {
			t.Errorf("theirs %+v, ours %+v", given.SMS.Recipients[0], r)
		}
		last := stand.Accepted()
		if n := len(last); last[n-1].Text != text || last[n-2].Text != text || last[n-1].To != last[n-2].To {
			t.Errorf("the provider took %q and %q", last[n-2].Text, last[n-1].Text)
		}
	}
}

// The client's addresses are ours: a change of them is a change of ours.
func TestEndpoints(t *testing.T) {
	for account, want := range map[Account]string{
		{Username: "sandbox"}:                                   util.GetSmsURL("sandbox"),
		{Username: "commune"}:                                   util.GetSmsURL("production"),
		{Username: "Sandbox"}:                                   util.GetSmsURL("production"),
		{Username: "commune", API: "http://127.0.0.1:8082"}:     "http://127.0.0.1:8082/version1/messaging",
		{Username: "commune", API: "https://proxy.example/at/"}: "https://proxy.example/at/version1/messaging",
	} {
		if got, err := endpoint(account); err != nil || got != want {
			t.Errorf("%+v: %s %v, want %s", account, got, err, want)
		}
	}
	for _, api := range []string{"ftp://x", "x", "https://", "https://x?a=b"} {
		if _, err := New(Account{Username: "u", API: api}); err == nil {
			t.Errorf("%q is taken", api)
		}
	}
}

// What the given client gets wrong on the way is right here: a redirect does
// not take the key with it, and a slow or endless answer ends.
func TestTransport(t *testing.T) {
	stolen := ""
	thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { stolen = r.Header.Get("apiKey") }))
	defer thief.Close()
	gate := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, thief.URL, http.StatusTemporaryRedirect)
	}))
	defer gate.Close()
	send := func(api string, ctx context.Context) outbox.Result {
		c, err := New(Account{Username: "u", APIKey: "the-key", API: api})
		if err != nil {
			t.Fatal(err)
		}
		return c.Send(ctx, sms.Outgoing{To: "+22376000001", Text: "x"})
	}
	if r := send(gate.URL, context.Background()); r.Class != outbox.Account || stolen != "" {
		t.Errorf("%+v, the other host got %q", r, stolen)
	}
	hang := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-hang
	}))
	defer slow.Close()
	defer close(hang)
	ctx, cancel := context.WithCancel(context.Background())
	go cancel()
	if r := send(slow.URL, ctx); r.Class != outbox.Ambiguous && r.Class != outbox.Transient {
		t.Errorf("%+v", r)
	}
	endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		for range 64 {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				return
			}
		}
	}))
	defer endless.Close()
	if r := send(endless.URL, context.Background()); r.Class != outbox.Ambiguous {
		t.Errorf("%+v", r)
	}
	if r := send("http://127.0.0.1:1", context.Background()); r.Class != outbox.Transient {
		t.Errorf("nobody there: %+v", r)
	}
}
