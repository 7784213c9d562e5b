package desk_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/desk"
)

// FuzzSurface sends anything to the desk's listener, with and without somebody
// logged in: it never fails, never tells of its insides, and shows nothing of
// anybody to who is not logged in.
func FuzzSurface(f *testing.F) {
	s := serve(f, true)
	s.Room.Mail, s.Room.Texts = nil, nil
	e := echo.New()
	desk.Register(e, s.Room)
	inside := func() []*http.Cookie {
		rec := httptest.NewRecorder()
		req := httptest.NewRequest(http.MethodPost, "/login", strings.NewReader(url.Values{"login": {"awa"}, "password": {password}}.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		e.ServeHTTP(rec, req)
		return rec.Result().Cookies()
	}
	cookies := inside()
	for _, r := range e.Routes() {
		path := strings.NewReplacer(":code", "JAM-2026-1", ":ref", "ABCDEF", ":week", "2026-W47", "*", "x").Replace(r.Path)
		for _, logged := range []bool{false, true} {
			f.Add(r.Method, path, "", "", "", logged)
			f.Add(r.Method, path, "semaine=2026-W47&avant=x&qui=awa", "", "code=JAM-2026-1&texte=x&commune=01019901", logged)
		}
	}
	f.Add(http.MethodGet, "/..%2f..%2fetc/passwd", "a=%zz;b", "Cookie", "session=x", false)
	f.Fuzz(func(t *testing.T, method, path, query, header, body string, logged bool) {
		at, err := url.ParseRequestURI(path)
		if err != nil || !strings.HasPrefix(path, "/") || at.Path == "/logout" || at.Path == "/phone/send" {
			return
		}
		req, err := http.NewRequest(method, "http://127.0.0.1:8081", strings.NewReader(body))
		if err != nil {
			return
		}
		req.URL.Path, req.URL.RawPath, req.URL.RawQuery = at.Path, at.RawPath, query
		req.RequestURI, req.RemoteAddr = path, "127.0.0.1:4000"
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		if name, value, ok := strings.Cut(header, ":"); ok && name != "" {
			req.Header.Set(name, value)
		}
		if logged {
			for _, c := range cookies {
				req.AddCookie(c)
			}
		}
		rec := httptest.NewRecorder()
		e.ServeHTTP(rec, req)
		said, err := io.ReadAll(rec.Result().Body)
		if err != nil {
			t.Fatal(err)
		}
		if rec.Code >= 500 {
			t.Errorf("%s %q ?%q %q %v: %d %s", method, path, query, body, logged, rec.Code, said)
		}
		for _, trace := range []string{"goroutine ", "runtime error", ".go:"} {
			if strings.Contains(string(said), trace) {
				t.Errorf("a trace: %s", said)
			}
		}
		if len(said) > 4<<20 {
			t.Errorf("%d bytes of answer", len(said))
		}
		if !logged && (strings.Contains(string(said), "Awa Sira") || strings.Contains(string(said), "Moussa Bala")) {
			t.Errorf("%s %q is shown to nobody: %s", method, path, said)
		}
		if logged && rec.Code == http.StatusSeeOther && strings.HasPrefix(rec.Header().Get("Location"), "/login") {
			cookies = inside()
		}
	})
}
