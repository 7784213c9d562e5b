package phone_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jamakan/jamakan/gsm"
	"github.com/jamakan/jamakan/ussd"
	"github.com/jamakan/jamakan/ussd/phone"
)

func TestCall(t *testing.T) {
	g := serve(t)
	p := g.handset(t)
	ctx := t.Context()
	for i, step := range []struct {
		do   func() (phone.Screen, error)
		want string
		end  bool
	}{
		{func() (phone.Screen, error) { return p.Dial(ctx, "") }, "[]", false},
		{func() (phone.Screen, error) { return p.Send(ctx, "1") }, "[1]", false},
		{func() (phone.Screen, error) { return p.Send(ctx, "") }, "[1*]", false},
		{func() (phone.Screen, error) { return p.Send(ctx, "é & +50%;*#") }, "[1**é & +50%;*#]", false},
		{func() (phone.Screen, error) { return p.Retry(ctx) }, "[1**é & +50%;*#]", false},
		{func() (phone.Screen, error) { return p.Late(ctx, 2) }, "[1]", false},
		{func() (phone.Screen, error) { return p.Late(ctx, 0) }, "[1**é & +50%;*#]", false},
		{func() (phone.Screen, error) { return p.Send(ctx, "9") }, "[1**é & +50%;*#*9]", true},
		{func() (phone.Screen, error) { return p.Retry(ctx) }, "[1**é & +50%;*#*9]", true},
		{func() (phone.Screen, error) { return p.Late(ctx, 4) }, "[]", false},
	} {
		s, err := step.do()
		if err != nil || s.Text != step.want || s.End != step.end {
			t.Errorf("step %d: got %q, end %v and %v, want %q, %v", i, s.Text, s.End, err, step.want, step.end)
		}
	}
	if _, err := p.Send(ctx, "1"); !errors.Is(err, phone.ErrNoCall) {
		t.Errorf("after END: got %v, want ErrNoCall", err)
	}
	if got := g.sessions(); len(got) != 1 || !regexp.MustCompile(`^ATUid_[0-9a-f]{32}$`).MatchString(got[0]) {
		t.Errorf("got sessions %q, want one in the provider's form", got)
	}
	want := ussd.Turn{Session: g.sessions()[0], Number: number, Code: "*384*55#", Network: "99999", Cumulative: true}
	if got := g.turns[0]; got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// An empty input before any other can't be told from a repeat: the chain
// stays empty, and the next input starts it.
func TestEmptyInputFirst(t *testing.T) {
	g := serve(t)
	p := g.handset(t)
	_, err1 := p.Dial(t.Context(), "")
	_, err2 := p.Send(t.Context(), "")
	_, err3 := p.Send(t.Context(), "1")
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	if got, want := g.transcripts(), []string{"", "", "1"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDirectDial(t *testing.T) {
	g := serve(t)
	p := g.handset(t)
	_, err1 := p.Dial(t.Context(), "1*2")
	_, err2 := p.Send(t.Context(), "3")
	_, err3 := p.DialCode(t.Context(), "*384*55*4*5#")
	_, err4 := p.DialCode(t.Context(), "*384*55#")
	_, err5 := p.DialCode(t.Context(), "*384*551#")
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		t.Fatal(err)
	}
	if got, want := g.transcripts(), []string{"1*2", "1*2*3", "4*5", "", ""}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := g.sessions(); len(got) != 4 {
		t.Errorf("got %d sessions, want one a dial: 4", len(got))
	}
	if got, want := g.turns[4].Code, "*384*551#"; got != want {
		t.Errorf("got the code %q, want %q", got, want)
	}
}

func TestHangup(t *testing.T) {
	g := serve(t)
	p := g.handset(t)
	if _, err := p.Retry(t.Context()); !errors.Is(err, phone.ErrNoCall) {
		t.Errorf("before a call: got %v, want ErrNoCall", err)
	}
	if _, err := p.Send(t.Context(), "1"); !errors.Is(err, phone.ErrNoCall) {
		t.Errorf("before a call: got %v, want ErrNoCall", err)
	}
	if _, err := p.Dial(t.Context(), ""); err != nil || !p.Live() {
		t.Fatalf("got live = %v and %v, want a call", p.Live(), err)
	}
	p.Hangup()
	if _, err := p.Send(t.Context(), "1"); p.Live() || !errors.Is(err, phone.ErrNoCall) {
		t.Errorf("hung up: got live = %v and %v, want ErrNoCall", p.Live(), err)
	}
	if s, err := p.Retry(t.Context()); err != nil || s.Text != "[]" {
		t.Errorf("a retry after the drop: got %q and %v, want it to arrive", s.Text, err)
	}
	for _, n := range []int{-1, 1} {
		if _, err := p.Late(t.Context(), n); !errors.Is(err, phone.ErrNoPost) {
			t.Errorf("late %d: got %v, want ErrNoPost", n, err)
		}
	}
	if got := len(g.transcripts()); got != 2 {
		t.Errorf("got %d posts, want 2: hanging up sends nothing", got)
	}
}

// The same turn from many connections at once.
func TestConcurrentRetries(t *testing.T) {
	g := serve(t)
	p := g.handset(t)
	if _, err := p.Dial(t.Context(), "1"); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if s, err := p.Retry(t.Context()); err != nil || s.Text != "[1]" {
				t.Errorf("got %q and %v, want [1]", s.Text, err)
			}
		})
	}
	wg.Wait()
	if got := len(g.transcripts()); got != 9 {
		t.Errorf("got %d posts, want 9", got)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, cfg := range []phone.Config{{Number: "1", Code: "*1#"}, {URL: "http://h/", Code: "*1#"}, {URL: "http://h/", Number: "1"}} {
		if _, err := phone.New(cfg); !errors.Is(err, phone.ErrConfig) {
			t.Errorf("got %v, want ErrConfig", err)
		}
	}
}

// answering serves one fixed answer.
func answering(t *testing.T, status int, header http.Header, body string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for k, v := range header {
			w.Header()[k] = v
		}
		w.WriteHeader(status)
		if _, err := w.Write([]byte(body)); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestScreens(t *testing.T) {
	for raw, want := range map[string]phone.Screen{
		"CON Kan\n1 Bamanankan": {Text: "Kan\n1 Bamanankan", Alphabet: gsm.Default7, Septets: 16},
		"END Merci":             {Text: "Merci", End: true, Alphabet: gsm.Default7, Septets: 5},
		"CON ":                  {Alphabet: gsm.Default7},
		"CON ɛ":                 {Text: "ɛ", Alphabet: gsm.UCS2Alphabet, Septets: 1},
	} {
		p, err := phone.New(phone.Config{URL: answering(t, http.StatusOK, nil, raw), Number: number, Code: "*384*55#"})
		if err != nil {
			t.Fatal(err)
		}
		want.Raw = raw
		if got, err := p.Dial(t.Context(), ""); err != nil || got != want {
			t.Errorf("%q: got %+v and %v, want %+v", raw, got, err, want)
		}
	}
}

// Errors say what to do, and hold no number, no token and nothing typed.
func TestErrors(t *testing.T) {
	nobody := "http://127.0.0.1:1" // a free port of today is another test's tomorrow
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	redirect := http.Header{"Location": {"http://127.0.0.1:1/" + number}}

	for name, tt := range map[string]struct {
		ctx  context.Context
		url  string
		want error
		says string
	}{
		"nobody there":    {t.Context(), nobody, phone.ErrUnreachable, "is it running at " + nobody + "?"},
		"no URL":          {t.Context(), "%zz", phone.ErrUnreachable, "give http://host:port"},
		"no host":         {t.Context(), "localhost", phone.ErrUnreachable, "give http://host:port"},
		"cancelled":       {cancelled, nobody, context.Canceled, "is it running"},
		"not found":       {t.Context(), answering(t, http.StatusNotFound, nil, ""), phone.ErrRefused, "the token in the address"},
		"too large":       {t.Context(), answering(t, http.StatusRequestEntityTooLarge, nil, ""), phone.ErrRefused, "HTTP 413"},
		"broken":          {t.Context(), answering(t, http.StatusBadGateway, nil, "CON x"), phone.ErrRefused, "read the gateway's log"},
		"redirect":        {t.Context(), answering(t, http.StatusFound, redirect, ""), phone.ErrRefused, "give the address it redirects to"},
		"empty":           {t.Context(), answering(t, http.StatusOK, nil, ""), phone.ErrNotAScreen, "callback"},
		"page":            {t.Context(), answering(t, http.StatusOK, nil, "<html>7600"), phone.ErrNotAScreen, "callback"},
		"space in front":  {t.Context(), answering(t, http.StatusOK, nil, " CON x"), phone.ErrNotAScreen, "callback"},
		"lower case":      {t.Context(), answering(t, http.StatusOK, nil, "con x"), phone.ErrNotAScreen, "callback"},
		"CON glued":       {t.Context(), answering(t, http.StatusOK, nil, "CONx"), phone.ErrNotAScreen, "callback"},
		"unknown scheme":  {t.Context(), "gopher://h", phone.ErrUnreachable, "is it running at gopher://h?"},
		"breaks off":      {t.Context(), answering(t, http.StatusOK, http.Header{"Content-Length": {"5"}}, "CON "), phone.ErrUnreachable, "stopped in the middle"},
		"without content": {t.Context(), answering(t, http.StatusResetContent, nil, ""), phone.ErrRefused, "HTTP 205"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := phone.Post(tt.ctx, phone.Turn{URL: tt.url + "/s3cret", Number: number, Code: "*384*55#", Session: "S1", Transcript: "typed"})
			if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) {
				t.Fatalf("got %v, want %v saying %q", err, tt.want, tt.says)
			}
			for _, secret := range []string{"7600", "s3cret", "typed"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("%q holds %q", err, secret)
				}
			}
		})
	}
}

// A turn that failed can be posted again, and the call goes on.
func TestRetryAfterFailure(t *testing.T) {
	g := serve(t)
	p := g.handset(t)
	if _, err := p.Dial(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Send(cancelled, "1"); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want context.Canceled", err)
	}
	if s, err := p.Retry(t.Context()); err != nil || s.Text != "[1]" {
		t.Errorf("got %q and %v, want [1]", s.Text, err)
	}
	if s, err := p.Send(t.Context(), "2"); err != nil || s.Text != "[1*2]" {
		t.Errorf("got %q and %v, want [1*2]", s.Text, err)
	}
}
