package desk_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk"
	"github.com/jamakan/jamakan/desk/guard"
	"github.com/jamakan/jamakan/desk/planfile"
	"github.com/jamakan/jamakan/locales"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/bolt"
	"github.com/jamakan/jamakan/store/secret"
)

// clock is the time of a stage.
type clock struct {
	mu sync.Mutex
	at time.Time
}

// Now is the time.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Wait moves the time.
func (c *clock) Wait(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// stage is a desk over a real database, with the demonstration's plan and
// three people: awa administrates, moussa coordinates Jamadugu (01019901),
// fanta observes. Their password is password.
type stage struct {
	*httptest.Server
	Book   *store.Book
	Clock  *clock
	Engine store.Engine
	Room   desk.Config
	said   int // opinions given
}

const password = "trois chèvres bleues"

// hashed is what is kept of it: worked out once, it takes its time.
var hashed = sync.OnceValue(func() string {
	h, err := guard.Hash(password)
	if err != nil {
		panic(err)
	}
	return h
})

// serve opens a stage. change may alter what the pages are made of.
func serve(t testing.TB, demo bool, change ...func(*desk.Config)) *stage {
	t.Helper()
	s := bare(t, demo, change...)
	ctx := context.Background()
	if _, err := s.Book.Import(ctx, store.ByItself, planfile.Demo(s.Clock.Now())); err != nil {
		t.Fatal(err)
	}
	for _, c := range []civic.Coordinator{
		{Login: "awa", Name: "Awa Sira", Role: civic.Administrator},
		{Login: "moussa", Name: "Moussa Bala", Role: civic.Coordinating, Territory: []civic.Code{"01019901"}},
		{Login: "fanta", Name: "Fanta Kolo", Role: civic.Observer},
	} {
		if err := s.Book.AddAccount(ctx, store.ByItself, store.Account{Coordinator: c, Hash: hashed()}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// bare is a stage before its first day: no plan, nobody.
func bare(t testing.TB, demo bool, change ...func(*desk.Config)) *stage {
	t.Helper()
	s := &stage{Clock: &clock{at: noon}}
	engine, err := bolt.Open(bolt.Options{Path: filepath.Join(t.TempDir(), "jamakan.db"), Now: s.Clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	s.Engine = engine
	keys, err := secret.New()
	if err != nil {
		t.Fatal(err)
	}
	if s.Book, err = store.NewBook(engine, keys, store.BookOptions{Now: s.Clock.Now}); err != nil {
		t.Fatal(err)
	}
	catalog, err := locales.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	logger := slog.New(slog.DiscardHandler)
	door, err := guard.New(guard.Config{Book: s.Book, Now: s.Clock.Now, Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	s.Room = desk.Config{
		Book: s.Book, Guard: door, Words: catalog.Default("fr"), Catalog: catalog, Now: s.Clock.Now,
		Phone: scripted{}, Texts: &texts{}, Short: "36055", Mail: broken{}, Demo: demo, Logger: logger, Version: "test", Code: "*384*55#",
	}
	for _, f := range change {
		f(&s.Room)
	}
	e := echo.New()
	desk.Register(e, s.Room)
	s.Server = httptest.NewServer(e)
	t.Cleanup(s.Close)
	t.Cleanup(func() {
		report, err := s.Book.Check(context.Background(), nil)
		if err != nil || len(report.Problems) > 0 {
			t.Errorf("check: %v %v", report.Problems, err)
		}
	})
	return s
}

// visitor is a browser without a screen: cookies, forms and their tokens.
type visitor struct {
	t      testing.TB
	s      *stage
	client *http.Client
	Page   string // the last one
	Status int
	Header http.Header
	URL    *url.URL
}

// visit opens a browser; as "" nobody is logged in.
func (s *stage) visit(t testing.TB, login string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{t: t, s: s, client: &http.Client{Jar: jar}}
	if login != "" {
		v.Post("/login", url.Values{"login": {login}, "password": {password}})
		if v.Status != http.StatusOK || strings.Contains(v.URL.Path, "login") {
			t.Fatalf("%s can't log in: %d %s", login, v.Status, v.Page)
		}
	}
	return v
}

// Get fetches a page.
func (v *visitor) Get(path string) *visitor {
	v.t.Helper()
	return v.do(request(v.t, http.MethodGet, v.s.URL+path, nil))
}

var tokenField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// Post sends a form with the token of the last page, unless one is given.
func (v *visitor) Post(path string, form url.Values) *visitor {
	v.t.Helper()
	if m := tokenField.FindStringSubmatch(v.Page); m != nil && !form.Has("csrf") {
		form.Set("csrf", m[1])
	}
	return v.do(request(v.t, http.MethodPost, v.s.URL+path, form))
}

func (v *visitor) do(req *http.Request) *visitor {
	v.t.Helper()
	res, err := v.client.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	v.Page, v.Status, v.Header, v.URL = string(body), res.StatusCode, res.Header, res.Request.URL
	if strings.Contains(v.Page, "[desk.") {
		v.t.Errorf("%s: words are missing: %s", req.URL.Path, v.Page[strings.Index(v.Page, "[desk."):][:60])
	}
	if len(body) > 60_000 && strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		v.t.Errorf("%s: %d bytes, 60000 at most", req.URL.Path, len(body))
	}
	return v
}

// flat is a text with its spaces that don't break as spaces: what a reader sees.
func flat(s string) string {
	return strings.NewReplacer("\u00a0", " ", "&nbsp;", " ").Replace(s)
}

// Shows fails unless the page holds all of the texts.
func (v *visitor) Shows(texts ...string) *visitor {
	v.t.Helper()
	for _, text := range texts {
		if !strings.Contains(flat(v.Page), flat(text)) {
			v.t.Errorf("%s %d: no %q in\n%s", v.URL, v.Status, text, v.Page)
		}
	}
	return v
}

// Hides fails if the page holds any of the texts.
func (v *visitor) Hides(texts ...string) *visitor {
	v.t.Helper()
	for _, text := range texts {
		if strings.Contains(flat(v.Page), flat(text)) {
			v.t.Errorf("%s %d: %q is shown in\n%s", v.URL, v.Status, text, v.Page)
		}
	}
	return v
}

// Is fails unless the status is this.
func (v *visitor) Is(status int) *visitor {
	v.t.Helper()
	if v.Status != status {
		v.t.Errorf("%s: %d, want %d\n%s", v.URL, v.Status, status, v.Page)
	}
	return v
}

// logIn logs a real browser in.
func logIn(t *testing.T, ctx context.Context, s *stage, login string) {
	t.Helper()
	do(t, ctx,
		chromedp.Navigate(s.URL+"/login"),
		chromedp.SendKeys(chromedp.CSS(`input[name=login]`), login),
		chromedp.SendKeys(chromedp.CSS(`input[name=password]`), password),
		chromedp.Click(chromedp.CSS(`main .button`)), chromedp.WaitVisible(chromedp.CSS(`.nav`)),
	)
}

// look takes a screenshot at the two sizes of people's screens, and fails when
// a page is wider than its window.
func look(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	for _, width := range []int64{360, 1280} {
		do(t, ctx, chromedp.EmulateViewport(width, 900))
		if wide := get(t, ctx, chromedp.Evaluate[float64](`document.scrollingElement.scrollWidth - window.innerWidth`)); wide > 0 {
			t.Errorf("%s at %d: %v px too wide", name, width, wide)
		}
		keepShot(t, name+"-"+map[int64]string{360: "360", 1280: "1280"}[width]+".png", get(t, ctx, chromedp.FullScreenshot(100)))
	}
}
