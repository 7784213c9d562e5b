package desk_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/outbox"
)

// scripted is a gateway with three screens, one of them hostile.
type scripted struct{}

func (scripted) Turn(_ context.Context, number, session, transcript string) (string, bool, error) {
	if !strings.HasPrefix(session, "ATUid_") || !strings.HasPrefix(number, "+223") {
		return "", false, errors.New("pas un appel")
	}
	switch transcript {
	case "":
		return "Kan / Langue\n1 Bamanankan\n2 Francais", false, nil
	case "2":
		return "<script>alert(1)</script>\n1 Voter\n0 Quitter", false, nil
	case "2*1":
		return "Merci ! Votre vote est noté. Gardez ce code : K7P4XY", true, nil
	}
	return "Ce chiffre n'est pas dans la liste. [" + transcript + "]", false, nil
}

// texts is a provider that answers every text a moment later.
type texts struct {
	mu     sync.Mutex
	thread []desk.Line
}

func (x *texts) Text(_ context.Context, _, text string) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.thread = append(x.thread, desk.Line{Mine: true, At: noon, Text: text})
	go func() {
		x.mu.Lock()
		defer x.mu.Unlock()
		x.thread = append(x.thread, desk.Line{At: noon, Text: "I ni ce. I hakilina sera an ma: K7P4XY", Segments: 1})
	}()
	return nil
}

func (x *texts) Thread(string) []desk.Line {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.thread)
}

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// broken is a channel whose account has no money.
type broken struct{ err error }

func (b broken) Messages(context.Context) (desk.MailView, error) {
	return desk.MailView{
		Posts: []desk.Post{
			{Provider: "africastalking", Paused: "405 InsufficientBalance", Since: noon, Again: noon.Add(time.Hour), Waiting: 1, Oldest: noon, Spent: outbox.Money{Amount: 12_345_000, Currency: "XOF"}, Budget: outbox.Money{Amount: 500_000_000, Currency: "XOF"}},
			{Provider: "sim", Waiting: 12, Oldest: noon, Bulk: 10, BulkHeld: "quiet hours"},
		},
		States:  map[outbox.State]int{outbox.Queued: 13, outbox.Delivered: 1200, outbox.Unknown: 1},
		Unknown: []outbox.Message{{Ref: "6d35d20f9fe3e24643338ff8758d2c6b", Purpose: outbox.Receipt, Settled: noon, Code: "connection", Reason: "no answer <b>"}},
		Costs:   []store.Ledger{{Week: civic.WeekOf(noon), Provider: "africastalking", Purpose: outbox.Answer, Alphabet: "GSM-7", Messages: 1200, Segments: 1201, Cost: outbox.Money{Amount: 12_345_000, Currency: "XOF"}}},
	}, b.err
}

func fetch(t *testing.T, req *http.Request) (int, http.Header, string) {
	t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(body)
}

func request(t testing.TB, method, address string, form url.Values) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return req
}

func TestPagesAreClosed(t *testing.T) {
	s := serve(t, true)
	for _, path := range []string{"/", "/phone", "/static/desk.css"} {
		status, h, _ := fetch(t, request(t, http.MethodGet, s.URL+path, nil))
		if status != http.StatusOK || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d, %v", path, status, h)
		}
	}
	if status, _, _ := fetch(t, request(t, http.MethodGet, s.URL+"/static/../desk.go", nil)); status == http.StatusOK {
		t.Error("a file that is no asset is served")
	}
}

func TestThePhoneIsForTheDemonstrationOnThisMachine(t *testing.T) {
	if status, _, _ := fetch(t, request(t, http.MethodGet, serve(t, false).URL+"/phone", nil)); status != http.StatusNotFound {
		t.Errorf("outside the demonstration: %d, want 404", status)
	}
	s := serve(t, true)
	for name, change := range map[string]func(*http.Request){
		"through a proxy": func(r *http.Request) { r.Header.Set("X-Forwarded-For", "127.0.0.1") },
		"by a tunnel":     func(r *http.Request) { r.Host = "demo.example.org" },
	} {
		req := request(t, http.MethodGet, s.URL+"/phone", nil)
		change(req)
		if status, _, _ := fetch(t, req); status != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", name, status)
		}
	}
	req := request(t, http.MethodPost, s.URL+"/phone", url.Values{"do": {"dial"}})
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	if status, _, _ := fetch(t, req); status != http.StatusForbidden {
		t.Errorf("from another site: %d, want 403", status)
	}
}

// hidden reads the fields that carry the phone from page to page.
func hidden(page string) url.Values {
	f := url.Values{}
	for _, tag := range strings.Split(page, "<input ")[1:] {
		tag, _, _ = strings.Cut(tag, ">")
		if strings.Contains(tag, `type="hidden"`) {
			_, name, _ := strings.Cut(tag, `name="`)
			name, _, _ = strings.Cut(name, `"`)
			_, value, _ := strings.Cut(tag, `value="`)
			value, _, _ = strings.Cut(value, `"`)
			f.Add(name, value)
		}
	}
	return f
}

func TestACallWithoutAScript(t *testing.T) {
	s := serve(t, true)
	_, _, page := fetch(t, request(t, http.MethodPost, s.URL+"/phone", url.Values{"do": {"dial"}}))
	for _, step := range []struct {
		press url.Values
		shows string
	}{
		{url.Values{"key": {"2"}}, "&lt;script&gt;alert(1)&lt;/script&gt;"},
		{url.Values{"do": {"send"}, "input": {"1"}}, "Merci ! Votre vote est noté."},
	} {
		f := hidden(page)
		for k, v := range step.press {
			f[k] = v
		}
		_, _, page = fetch(t, request(t, http.MethodPost, s.URL+"/phone", f))
		if !strings.Contains(page, step.shows) {
			t.Fatalf("after %v the page lacks %q", step.press, step.shows)
		}
		if strings.Contains(page, "<script>alert") {
			t.Fatal("a screen's text is run as a script")
		}
	}
	if !strings.Contains(page, "appel fini") {
		t.Error("the call did not end")
	}
}

func TestAHugeFormIsRefused(t *testing.T) {
	s := serve(t, true)
	status, _, _ := fetch(t, request(t, http.MethodPost, s.URL+"/phone", url.Values{"input": {strings.Repeat("x", 100<<10)}}))
	if status != http.StatusRequestEntityTooLarge {
		t.Errorf("%d, want 413", status)
	}
}

func TestTextingOnThePage(t *testing.T) {
	s := serve(t, true)
	form := url.Values{"do": {"text"}, "number": {"+22376000001"}, "sms": {"<script>x</script> ji tɛ"}, "session": {"ATUid_1"}, "past_input": {"*384*55#"}, "past_text": {"Kan / Langue"}}
	status, _, body := fetch(t, request(t, http.MethodPost, s.URL+"/phone", form))
	if status != http.StatusOK || !strings.Contains(body, "K7P4XY") || strings.Contains(body, "<script>x") || !strings.Contains(body, "Kan / Langue") {
		t.Errorf("%d %s", status, body)
	}
}

func TestMessagesPage(t *testing.T) {
	s := serve(t, false)
	v := s.visit(t, "fanta").Get("/messages")
	status, body := v.Status, v.Page
	for _, want := range []string{"405 InsufficientBalance", "Rien n&#39;est perdu", "1\u00a0234,5\u00a0XOF", "50\u00a0000\u00a0XOF", "sort inconnu", "codes de vote", "heures calmes", "no answer &lt;b&gt;"} {
		if !strings.Contains(body, want) && !strings.Contains(body, strings.ReplaceAll(want, "&#39;", "'")) {
			t.Errorf("%d: no %q in %s", status, want, body)
		}
	}
	if len(body) > 60_000 {
		t.Errorf("%d bytes", len(body))
	}
}
