package ussd_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/callback"
	"github.com/jamakan/jamakan/callback/refusal"
	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/planfile"
	"github.com/jamakan/jamakan/gsm"
	"github.com/jamakan/jamakan/locales"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/bolt"
	"github.com/jamakan/jamakan/store/secret"
	"github.com/jamakan/jamakan/ussd"
	"github.com/jamakan/jamakan/ussd/africastalking"
	"github.com/jamakan/jamakan/ussd/menu"
	"github.com/jamakan/jamakan/ussd/phone"
)

// stage is a whole gateway as it runs: the real codec, dialogue, Book and
// bbolt file behind a real HTTP listener. Only the clock and the master key
// are given.
type stage struct {
	t      testing.TB
	dir    string
	server *httptest.Server

	mu      sync.Mutex
	time    time.Time
	handler http.Handler
	engine  *bolt.Engine
	book    *store.Book
	gateway *ussd.Gateway
	log     strings.Builder
	more    []ussd.Codec // of other providers, each with a gateway of its own
	refused *refusal.Log
	change  func(*ussd.Config)
	ask     []civic.ApartQuestion
}

// begin is the stage's first moment: a Tuesday, the second day of 2026-W48.
var begin = time.Date(2026, time.November, 24, 9, 0, 0, 0, time.UTC)

func (s *stage) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.time
}

func (s *stage) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.time = s.time.Add(d)
}

// newStage opens a gateway on an empty database with the plan, or the
// demonstration's.
func newStage(t testing.TB, plans ...civic.Plan) *stage {
	t.Helper()
	return stageAsking(t, nil, plans...)
}

// stageAsking is a stage on which sensitive questions are asked.
func stageAsking(t testing.TB, ask []civic.ApartQuestion, plans ...civic.Plan) *stage {
	t.Helper()
	s := &stage{t: t, dir: t.TempDir(), time: begin, ask: ask}
	s.refused = refusal.New(s.now)
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		h := s.handler
		s.mu.Unlock()
		h.ServeHTTP(w, r)
	}))
	s.open()
	if len(plans) == 0 {
		plans = []civic.Plan{planfile.Demo(s.now())}
	}
	for _, p := range plans {
		if _, err := s.book.Import(context.Background(), store.ByItself, p); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		s.server.Close()
		report, err := s.book.Check(context.Background(), nil)
		if err != nil || len(report.Problems) > 0 {
			t.Errorf("check: %v %v", err, report.Problems)
		}
		if err := s.engine.Close(); err != nil {
			t.Error(err)
		}
		for _, number := range []string{"2237600", "2236600", "%2B223"} {
			if strings.Contains(s.log.String(), number) {
				t.Errorf("a phone number is in the log: %s", s.log.String())
			}
		}
	})
	return s
}

// open starts the process: what was in memory is gone.
func (s *stage) open() {
	s.t.Helper()
	keys, err := secret.FromText(strings.Repeat("5a", 32))
	if err != nil {
		s.t.Fatal(err)
	}
	s.engine, err = bolt.Open(bolt.Options{Path: filepath.Join(s.dir, "jamakan.db"), Now: s.now})
	if err != nil {
		s.t.Fatal(err)
	}
	if s.book, err = store.NewBook(s.engine, keys, store.BookOptions{Now: s.now}); err != nil {
		s.t.Fatal(err)
	}
	catalog, err := locales.Embedded()
	if err != nil {
		s.t.Fatal(err)
	}
	m, err := menu.New(menu.Config{Catalog: catalog, Limit: gsm.DefaultLimit, DefaultLang: "fr", Ussd: "*384*55#", Apart: s.ask})
	if err != nil {
		s.t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(&s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	channel := s.refused.Channel("ussd/africastalking")
	cfg := ussd.Config{
		Provider: "africastalking", Book: s.book, Keys: keys, Menu: m,
		Codes: []string{"*384*55#"}, Lang: "fr", DialLimit: 60, DialWindow: 10 * time.Minute, Now: s.now, Logger: log, Refused: channel,
	}
	if s.change != nil {
		s.change(&cfg)
	}
	s.gateway = ussd.New(cfg)
	e := echo.New()
	ussd.Register(e, ussd.Channel{Codec: africastalking.Codec{}, Gateway: s.gateway, Door: callback.Door{Tokens: []string{"demo", "a-second-token-of-32-characters"}, Refused: channel}, Logger: log})
	for _, codec := range s.more {
		g := ussd.New(ussd.Config{
			Provider: codec.Name(), Book: s.book, Keys: keys, Menu: m, Codes: []string{"*384*55#"}, Lang: "fr", Now: s.now, Logger: log,
		})
		ussd.Register(e, ussd.Channel{Codec: codec, Gateway: g, Door: callback.Door{Tokens: []string{"demo"}}, Logger: log})
	}
	s.mu.Lock()
	s.handler = e
	s.mu.Unlock()
}

// crash is the process dying and coming back.
func (s *stage) crash() error {
	if err := s.engine.Close(); err != nil {
		return err
	}
	s.open()
	return nil
}

// phone is a handset on this stage. Its calls are named in order, so that
// conversations are the same every time.
func (s *stage) phone(number string) *phone.Phone {
	s.t.Helper()
	n := 0
	p, err := phone.New(phone.Config{
		URL: s.url(), Number: number, Code: "*384*55#", HTTP: s.server.Client(),
		NewSession: func() string { n++; return "ATUid_" + number[1:] + strings.Repeat("0", 20) + string(rune('a'+n%26)) },
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

func (s *stage) url() string { return s.server.URL + "/ussd/africastalking/demo" }

// play plays a conversation.
func (s *stage) play(script string) (string, error) {
	return phone.Stage{
		Wait:  func(_ context.Context, d time.Duration) error { s.pass(d); s.gateway.Sweep(); return nil },
		Crash: func(context.Context) error { return s.crash() },
	}.Play(context.Background(), s.phone("+22376000001"), script)
}

// ballots counts the ballots of the demonstration's consultation by option.
func (s *stage) ballots() map[uint16]int {
	s.t.Helper()
	all := map[uint16]int{}
	for _, p := range s.book.Content().Plans {
		for _, c := range p.Consultations {
			for _, place := range c.Scope {
				for option, n := range s.engine.Standing(c.Code, place).Votes {
					all[option] += n
				}
			}
		}
	}
	return all
}
