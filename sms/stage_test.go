package sms_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
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
	"github.com/jamakan/jamakan/sms"
	"github.com/jamakan/jamakan/sms/africastalking"
	"github.com/jamakan/jamakan/sms/command"
	"github.com/jamakan/jamakan/sms/generic"
	"github.com/jamakan/jamakan/sms/sandbox"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/bolt"
	"github.com/jamakan/jamakan/store/outbox"
	"github.com/jamakan/jamakan/store/secret"
)

// stage is a whole text channel as it runs: the real codec, dialogue, Book and
// bbolt file behind a real HTTP listener, and the stand-in provider behind
// another. Only the clock and the master key are given.
type stage struct {
	t        testing.TB
	dir      string
	server   *httptest.Server
	provider *httptest.Server
	stand    *sandbox.Sandbox
	change   func(*sms.SenderConfig)
	maxSize  int64 // of the database, 0: no limit
	refused  *refusal.Log
	limit    func(*sms.Config)

	mu      sync.Mutex
	time    time.Time
	handler http.Handler
	engine  *bolt.Engine
	book    *store.Book
	keys    *secret.Keys
	gateway *sms.Gateway
	sender  *sms.Sender
	log     strings.Builder
	serial  int
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

// newStage opens a text channel on an empty database with the plans, or the
// demonstration's.
func newStage(t testing.TB, change func(*sms.SenderConfig), plans ...civic.Plan) *stage {
	t.Helper()
	s := &stage{t: t, dir: t.TempDir(), time: begin, change: change}
	s.refused = refusal.New(s.now)
	s.stand = sandbox.New(sandbox.Config{Username: "sandbox", APIKey: "secret-key", ShortCode: "36055", Now: s.now})
	s.provider = httptest.NewServer(s.stand.Handler())
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
	t.Cleanup(s.close)
	return s
}

func (s *stage) close() {
	s.server.Close()
	s.provider.Close()
	report, err := s.book.Check(context.Background(), nil)
	if err != nil || len(report.Problems) > 0 {
		s.t.Errorf("check: %v %v", err, report.Problems)
	}
	if err := s.engine.Close(); err != nil {
		s.t.Error(err)
	}
	for _, number := range []string{"2237600", "2236600", "%2B223", "secret-key"} {
		if strings.Contains(s.log.String(), number) {
			s.t.Errorf("a number or the key is in the log: %s", s.log.String())
		}
	}
}

// open starts the process: what was in memory is gone.
func (s *stage) open() {
	s.t.Helper()
	must := func(err error) {
		s.t.Helper()
		if err != nil {
			s.t.Fatal(err)
		}
	}
	var err error
	s.keys, err = secret.FromText(strings.Repeat("5a", 32))
	must(err)
	s.engine, err = bolt.Open(bolt.Options{Path: filepath.Join(s.dir, "jamakan.db"), Now: s.now, MaxSize: s.maxSize, InitialMmap: 64 << 10})
	must(err)
	s.book, err = store.NewBook(s.engine, s.keys, store.BookOptions{Now: s.now})
	must(err)
	catalog, err := locales.Embedded()
	must(err)
	d, err := command.New(command.Config{Catalog: catalog, Profile: gsm.GSM7, DefaultLang: "fr", Ussd: "*384*55#", ShortCode: "36055"})
	must(err)
	carrier, err := africastalking.New(africastalking.Account{Username: "sandbox", APIKey: "secret-key", API: s.provider.URL})
	must(err)
	log := slog.New(slog.NewTextHandler(&s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	cfg := sms.SenderConfig{Provider: "africastalking", Carrier: carrier, Book: s.book, Keys: s.keys, Now: s.now, Logger: log, QuietFrom: 20, QuietTo: 7}
	if s.change != nil {
		s.change(&cfg)
	}
	s.sender = sms.NewSender(cfg)
	s.book.OnLetter(s.sender.Push)
	must(s.sender.Load(context.Background()))
	must(s.sender.LoadSpent(context.Background()))
	channel := s.refused.Channel("sms/africastalking")
	in := sms.Config{Provider: "africastalking", Book: s.book, Keys: s.keys, Dialogue: d, Sender: s.sender, Now: s.now, Logger: log, Refused: channel}
	if s.limit != nil {
		s.limit(&in)
	}
	s.gateway = sms.New(in)
	e := echo.New()
	sms.Register(e, sms.Channel{Codec: africastalking.Codec{}, Gateway: s.gateway, Door: callback.Door{Tokens: []string{"demo", "a-second-token-of-32-characters"}, Refused: channel}, Logger: log})
	parts := generic.Default()
	parts.Ref, parts.Part, parts.Parts, parts.Prefix = "ref", "part", "parts", "+223"
	codec, err := generic.NewCodec("sim", parts)
	must(err)
	sms.Register(e, sms.Channel{Codec: codec, Gateway: s.gateway, Door: callback.Door{Tokens: []string{"demo"}}, Logger: log})
	s.mu.Lock()
	s.handler = e
	s.mu.Unlock()
}

// crash is the process dying and coming back.
func (s *stage) crash() {
	s.t.Helper()
	if err := s.engine.Close(); err != nil {
		s.t.Fatal(err)
	}
	s.open()
}

// post posts a raw body and returns status and answer.
func (s *stage) post(path, contentType string, body []byte) (int, string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, s.server.URL+path, bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	res, err := s.server.Client().Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	said, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, string(said)
}

const formType = "application/x-www-form-urlencoded"

// inbound is the form of one text.
func (s *stage) inbound(id, from, text string) url.Values {
	return url.Values{
		"date": {s.now().Format(time.DateTime)}, "from": {from}, "id": {id}, "linkId": {""}, "text": {text}, "to": {"36055"}, "networkCode": {"99999"},
	}
}

// text delivers a text and hands over what it caused; it returns what arrives
// on the phone.
func (s *stage) text(from, text string) []string {
	s.t.Helper()
	s.serial++
	return s.deliver(s.inbound(fmt.Sprintf("in-%d", s.serial), from, text))
}

func (s *stage) deliver(form url.Values) []string {
	s.t.Helper()
	last := len(s.stand.Accepted())
	if status, said := s.post("/sms/africastalking/demo/inbox", formType, []byte(form.Encode())); status != http.StatusOK {
		s.t.Fatalf("status %d %s, want 200", status, said)
	}
	s.sender.Drain(context.Background())
	var got []string
	for _, m := range s.stand.Accepted()[last:] {
		got = append(got, m.Text)
	}
	return got
}

// messages are all messages by state.
func (s *stage) messages() map[outbox.State][]outbox.Message {
	s.t.Helper()
	all := map[outbox.State][]outbox.Message{}
	add := func(m outbox.Message) bool { all[m.State] = append(all[m.State], m); return true }
	if err := s.book.Letters(context.Background(), add); err != nil {
		s.t.Fatal(err)
	}
	if err := s.book.Sent(context.Background(), time.Unix(0, 0), add); err != nil {
		s.t.Fatal(err)
	}
	return all
}

// states counts messages by state, in one line.
func (s *stage) states() string {
	s.t.Helper()
	var said []string
	all := s.messages()
	for _, state := range outbox.States() {
		if n := len(all[state]); n > 0 {
			said = append(said, fmt.Sprintf("%s %d", state, n))
		}
	}
	return strings.Join(said, ", ")
}

func (s *stage) records() uint64 { return s.book.Health().Records }

func (s *stage) opinions() []store.Opinion {
	s.t.Helper()
	var all []store.Opinion
	if err := s.book.Opinions(context.Background(), func(o store.Opinion) bool { all = append(all, o); return true }); err != nil {
		s.t.Fatal(err)
	}
	return all
}
