package monday

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export"
	"github.com/jamakan/jamakan/desk/planfile"
	"github.com/jamakan/jamakan/gsm"
	"github.com/jamakan/jamakan/locales"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/bolt"
	"github.com/jamakan/jamakan/store/outbox"
	"github.com/jamakan/jamakan/store/secret"
)

func week(t *testing.T, s string) civic.Week {
	t.Helper()
	w, err := civic.ParseWeek(s)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func at(t *testing.T, s string) time.Time {
	t.Helper()
	x, err := time.ParseInLocation("2006-01-02 15:04", s, civic.Bamako)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestDue(t *testing.T) {
	for _, tc := range []struct {
		last, now string
		want      string
	}{
		{"2026-W46", "2026-11-22 23:59", "[]"},                           // Sunday
		{"2026-W46", "2026-11-23 05:59", "[]"},                           // Monday, too early
		{"2026-W46", "2026-11-23 06:00", "[2026-W47]"},                   // Monday at six
		{"2026-W47", "2026-11-23 06:01", "[]"},                           // done
		{"2026-W44", "2026-11-25 09:00", "[2026-W45 2026-W46 2026-W47]"}, // three weeks off
		{"2026-W52", "2027-01-04 06:00", "[2026-W53]"},                   // a year of 53 weeks
	} {
		if got := fmt.Sprint(Due(week(t, tc.last), at(t, tc.now))); got != tc.want {
			t.Errorf("after %s at %s: %s, want %s", tc.last, tc.now, got, tc.want)
		}
	}
	if got := Before(at(t, "2026-11-23 05:00")); got.String() != "2026-W46" {
		t.Errorf("before six on Monday the last Monday done with is of %s", got)
	}
}

// post is a mail server that keeps what it is given, or refuses.
type post struct {
	mu     sync.Mutex
	mails  []string
	refuse bool
	addr   string
}

func mailServer(t *testing.T) *post {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	p := &post{addr: l.Addr().String()}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go p.talk(c)
		}
	}()
	return p
}

// talk is as much of RFC 5321 as a client needs.
func (p *post) talk(c net.Conn) {
	defer c.Close()
	in := bufio.NewReader(c)
	say := func(s string) { _, _ = io.WriteString(c, s+"\r\n") }
	say("220 test")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch verb := strings.ToUpper(strings.Fields(line + " x")[0]); verb {
		case "EHLO", "HELO":
			say("250-test\r\n250 8BITMIME")
		case "RCPT":
			p.mu.Lock()
			no := p.refuse
			p.mu.Unlock()
			if no {
				say("451 later: " + strings.TrimSpace(line))
			} else {
				say("250 ok")
			}
		case "DATA":
			say("354 go on")
			var body strings.Builder
			for {
				line, err := in.ReadString('\n')
				if err != nil {
					return
				}
				if line == ".\r\n" {
					break
				}
				body.WriteString(line)
			}
			p.mu.Lock()
			p.mails = append(p.mails, body.String())
			p.mu.Unlock()
			say("250 ok")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func (p *post) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.mails)
}

func (p *post) refuses(no bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuse = no
}

// scene is a gateway's data on a Sunday evening, with two coordinators.
type scene struct {
	book    *store.Book
	now     time.Time
	post    *post
	cfg     Config
	renders int
	breaks  error // what rendering fails with
}

func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{now: at(t, "2026-11-22 20:00"), post: mailServer(t)}
	clock := func() time.Time { return s.now }
	engine, err := bolt.Open(bolt.Options{Path: filepath.Join(t.TempDir(), "jamakan.db"), Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		report, err := engine.Check(context.Background(), nil)
		if err = errors.Join(err, engine.Close()); err != nil || len(report.Problems) > 0 {
			t.Errorf("%v %v", report.Problems, err)
		}
	})
	keys, err := secret.New()
	if err != nil {
		t.Fatal(err)
	}
	if s.book, err = store.NewBook(engine, keys, store.BookOptions{Now: clock}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.book.Import(t.Context(), store.ByItself, planfile.Demo(s.now)); err != nil {
		t.Fatal(err)
	}
	for _, a := range []store.Account{
		{Coordinator: civic.Coordinator{Login: "awa", Name: "Awa", Role: civic.Administrator}, Email: "awa@commune.example", Phone: "+22376000001", Digest: true},
		{Coordinator: civic.Coordinator{Login: "moussa", Name: "Moussa", Role: civic.Coordinating, Territory: []civic.Code{"01019901"}}, Phone: "+22376000002", Digest: true, Lang: "bm"},
		{Coordinator: civic.Coordinator{Login: "fanta", Name: "Fanta", Role: civic.Observer}, Email: "fanta@commune.example", Disabled: s.now},
	} {
		if err := s.book.AddAccount(t.Context(), store.ByItself, a); err != nil {
			t.Fatal(err)
		}
	}
	catalog, err := locales.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	host, port, _ := net.SplitHostPort(s.post.addr)
	number := 0
	if _, err := fmt.Sscan(port, &number); err != nil {
		t.Fatal(err)
	}
	s.cfg = Config{
		Book: s.book, Now: clock, Logger: slog.New(slog.DiscardHandler), Catalog: catalog, Lang: "fr", Folder: filepath.Join(t.TempDir(), "exports"),
		Mail: &Mail{Host: host, Port: number, From: "jamakan@commune.example", TLS: "none"},
		Files: func(ctx context.Context, w civic.Week, profile export.Profile, territory []civic.Code, formats ...string) ([]export.File, error) {
			s.renders++
			if s.breaks != nil {
				return nil, s.breaks
			}
			if err := s.book.CloseWeeks(ctx); err != nil {
				return nil, err
			}
			series, err := s.book.Series(ctx, w)
			if err != nil {
				return nil, err
			}
			return export.Render(&export.Source{Series: series, Catalog: catalog}, export.Options{Week: w, Profile: profile, Territory: territory, Formats: formats})
		},
		Letter: func(lang, text string) (store.Letter, error) {
			text = gsm.NewSpeller(gsm.GSM7, catalog.Default(lang).GSM()).Spell(text)
			alphabet, units, segments := gsm.Count(text)
			return store.Letter{Provider: "africastalking", Purpose: outbox.Digest, Text: text, Alphabet: alphabet.String(), Units: units, Segments: segments}, nil
		},
	}
	return s
}

func (s *scene) digests(t *testing.T) (texts []string) {
	t.Helper()
	err := s.book.Letters(t.Context(), func(m outbox.Message) bool {
		_, text, err := s.book.OpenLetter(m)
		if err != nil || m.Segments != 1 {
			t.Errorf("%d segments, %v", m.Segments, err)
		}
		texts = append(texts, text)
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

func TestAMonday(t *testing.T) {
	s := newScene(t)
	r := New(s.cfg)
	tick := func(when string) error {
		t.Helper()
		s.now = at(t, when)
		return r.Tick(t.Context())
	}
	if err := tick("2026-11-22 20:00"); err != nil || s.renders > 0 {
		t.Fatalf("a new gateway missed nothing: %v, %d renderings", err, s.renders)
	}
	for _, early := range []string{"2026-11-22 23:59", "2026-11-23 05:59"} {
		if err := tick(early); err != nil || s.renders > 0 {
			t.Fatalf("%s: %v, %d renderings", early, err, s.renders)
		}
	}
	if err := tick("2026-11-23 06:00"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"public/hebdo_projet_2026-W47_public.csv", "coordination/SHA256SUMS"} {
		found, err := filepath.Glob(filepath.Join(s.cfg.Folder, "2026-W47", strings.ReplaceAll(name, "SHA256SUMS", "SHA256SUMS*")))
		if err != nil || len(found) == 0 {
			all, _ := filepath.Glob(filepath.Join(s.cfg.Folder, "2026-W47", "*", "*"))
			t.Errorf("no %s among %v", name, all)
		}
	}
	if s.post.count() != 1 || !strings.Contains(s.post.mails[0], "2026-W47") || !strings.Contains(s.post.mails[0], ".xlsx") || !strings.Contains(s.post.mails[0], ".pdf") {
		t.Errorf("%d mails", s.post.count())
	}
	texts := s.digests(t)
	if len(texts) != 2 || !strings.HasPrefix(texts[0], "S47 Jamadugu +2 :") || !strings.HasPrefix(texts[1], "Dògòkun 47, Jamadugu:") {
		t.Errorf("digests %q", texts)
	}
	done := s.renders
	for _, later := range []string{"2026-11-23 06:01", "2026-11-24 12:00", "2026-11-29 23:00"} {
		if err := tick(later); err != nil || s.renders != done {
			t.Errorf("%s: done again: %v", later, err)
		}
	}
	if s.post.count() != 1 || len(s.digests(t)) != 2 {
		t.Error("somebody was told twice")
	}
}

// A machine off for two Mondays makes both up: files for each, and one word of
// the newest to people.
func TestMissedMondaysAreMadeUp(t *testing.T) {
	s := newScene(t)
	if err := New(s.cfg).Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.now = at(t, "2026-12-02 09:00")
	if err := New(s.cfg).Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, w := range []string{"2026-W47", "2026-W48"} {
		if _, err := os.Stat(filepath.Join(s.cfg.Folder, w, "public")); err != nil {
			t.Error(err)
		}
	}
	if s.post.count() != 1 || !strings.Contains(s.post.mails[0], "2026-W48") {
		t.Errorf("%d mails", s.post.count())
	}
	if texts := s.digests(t); len(texts) != 2 || !strings.HasPrefix(texts[0], "S48") {
		t.Errorf("%q", texts)
	}
}

// What fails is tried again, and what was done is not done again; what a crash
// left behind is replaced by the same bytes.
func TestAMondayInPieces(t *testing.T) {
	s := newScene(t)
	if err := New(s.cfg).Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.now = at(t, "2026-11-23 06:00")
	s.breaks = errors.New("no room")
	if err := New(s.cfg).Tick(t.Context()); err == nil {
		t.Error("a failure is not told")
	}
	if left, _ := filepath.Glob(filepath.Join(s.cfg.Folder, "*")); len(left) > 0 {
		t.Errorf("half a week is left: %v", left)
	}
	s.breaks = nil
	s.post.refuses(true)
	r := New(s.cfg)
	_ = r.Tick(t.Context())
	if m, _, err := s.book.Monday(t.Context(), week(t, "2026-W47")); err != nil || !m.Files || m.Done || len(m.Texted) != 2 || len(m.Faults) == 0 {
		t.Errorf("%+v %v", m, err)
	}
	_ = r.Tick(t.Context()) // not again at once
	s.now = s.now.Add(11 * time.Minute)
	s.post.refuses(false)
	if err := New(s.cfg).Tick(t.Context()); err != nil { // another process
		t.Fatal(err)
	}
	if m, _, err := s.book.Monday(t.Context(), week(t, "2026-W47")); err != nil || !m.Done || !slices.Equal(m.Mailed, []string{"awa"}) {
		t.Errorf("%+v %v", m, err)
	}
	if s.post.count() != 1 || len(s.digests(t)) != 2 {
		t.Errorf("%d mails, %d digests", s.post.count(), len(s.digests(t)))
	}
}

func TestAMailServerThatStaysDownIsNamed(t *testing.T) {
	s := newScene(t)
	if err := New(s.cfg).Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.post.refuses(true)
	r := New(s.cfg)
	for s.now = at(t, "2026-11-23 06:00"); s.now.Before(at(t, "2026-11-26 12:00")); s.now = s.now.Add(12 * time.Hour) {
		_ = r.Tick(t.Context())
	}
	m, _, err := s.book.Monday(t.Context(), week(t, "2026-W47"))
	if err != nil || !m.Done || !slices.Equal(m.GivenUp, []string{"awa"}) || len(m.Faults) == 0 || strings.Contains(fmt.Sprint(m.Faults), "commune.example") {
		t.Errorf("%+v %v", m, err)
	}
}

// The longest digest is still one SMS in each language: what does not fit is
// left out from the end.
func TestEveryDigestIsOneSegment(t *testing.T) {
	catalog, err := locales.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	long := Digest{
		Week: civic.Week{Year: 2026, Number: 48}, Places: []string{"Guidimakan Kéri Kafo", "b", "c"}, Numbers: civic.Figure{N: 1_234_567, Change: -123_456, Moved: true},
		Women: share{617_283, 1_000_000, true}, Young: share{617_283, 1_000_000, true}, Waiting: 12_345,
	}
	for _, d := range []Digest{long, {Numbers: civic.Figure{Hidden: true}}, {Places: []string{"Jamadugu"}, Numbers: civic.Figure{N: 312}, Waiting: 1}} {
		for _, tag := range []string{"fr", "bm"} {
			l, _ := catalog.Locale(tag)
			texts := d.Texts(l)
			last := gsm.NewSpeller(gsm.GSM7, l.GSM()).Spell(texts[len(texts)-1])
			if a, units, segments := gsm.Count(last); segments != 1 || a != gsm.Default7 {
				t.Errorf("%s: %d septets in %q", tag, units, last)
			}
			if strings.Contains(texts[0], "?") && !strings.Contains(texts[0], " ?") {
				t.Errorf("a placeholder is not filled: %q", texts[0])
			}
		}
	}
}

// Two halves of a Monday: a digest that can't be written keeps no mail back, and
// an observer is mailed what the public reads.
func TestAMailGoesWithoutItsDigest(t *testing.T) {
	s := newScene(t)
	if err := New(s.cfg).Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.book.ChangeAccount(t.Context(), store.ByItself, "fanta", "account.enable", func(a *store.Account, _ time.Time) error {
		a.Disabled = time.Time{}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	s.now = at(t, "2026-11-23 06:00")
	s.cfg.Letter = func(string, string) (store.Letter, error) { return store.Letter{}, errors.New("no letter") }
	if err := New(s.cfg).Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	if m, _, err := s.book.Monday(t.Context(), week(t, "2026-W47")); err != nil || m.Done || !strings.Contains(fmt.Sprint(m.Faults), "no letter") {
		t.Errorf("%+v %v", m, err)
	}
	if s.post.count() != 2 {
		t.Fatalf("%d mails", s.post.count())
	}
	for _, mail := range s.post.mails {
		open, closed := "_coordination", "_public"
		if strings.Contains(mail, "fanta@") {
			open, closed = closed, open
		}
		if !strings.Contains(mail, open) || strings.Contains(mail, closed+".xlsx") {
			t.Errorf("a mail without %s, or with %s", open, closed)
		}
	}
}
