package desk_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/desk"
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

func serve(t *testing.T, demo bool) *httptest.Server {
	t.Helper()
	e := echo.New()
	desk.Register(e, desk.Config{Phone: scripted{}, Demo: demo, Logger: slog.New(slog.DiscardHandler), Version: "test", Code: "*384*55#"})
	s := httptest.NewServer(e)
	t.Cleanup(s.Close)
	return s
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

func request(t *testing.T, method, address string, form url.Values) *http.Request {
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
