package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	bbolt "go.etcd.io/bbolt"

	"github.com/jamakan/jamakan/callback"
	"github.com/jamakan/jamakan/cmd/jamakan/config"
	smsat "github.com/jamakan/jamakan/sms/africastalking"
	"github.com/jamakan/jamakan/ussd"
	"github.com/jamakan/jamakan/ussd/africastalking"
)

// The benchmarks are ratios: peers and the gateway, one after the other, in
// one run, under the same load from another process. Every server reads the
// body with the same decoder.

// firstVote is a first call: language, commune, privacy, menu, list, detail,
// confirm, receipt. Eight callbacks with the dial.
var firstVote = []string{"2", "1", "1", "1", "N", "1", "1"}

const (
	benchPhones = 256
	benchFor    = 5 * time.Second
)

// peer is a server to compare with.
type peer struct {
	name  string
	start func(b *testing.B) (addr string, stop func())
}

func peers() []peer {
	return []peer{
		{"echo reading the form", bareEcho},
		{"echo + sessions in memory", memoryEcho},
		{"echo + sessions + bbolt grouped", groupedEcho},
		{"jamakan", realGateway},
	}
}

func listenOn(b *testing.B, h http.Handler) (string, func()) {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = s.Serve(l) }()
	return l.Addr().String(), func() { _ = s.Close() }
}

// decoded is the form, read as the gateway reads it.
func decoded(c echo.Context) (ussd.Turn, error) {
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, callback.MaxBody))
	if err != nil {
		return ussd.Turn{}, err
	}
	return africastalking.Codec{}.Decode(ussd.Request{Method: http.MethodPost, ContentType: c.Request().Header.Get("Content-Type"), Body: body})
}

const sampleScreen = "CON Que voulez-vous faire ?\n1 Voter\n2 Suivre les travaux\n3 Donner mon avis\n4 R\u00e9sultats\n0 Quitter"

func bareEcho(b *testing.B) (string, func()) {
	e := quietEcho()
	e.POST("/ussd/africastalking/:token", func(c echo.Context) error {
		if _, err := decoded(c); err != nil {
			return err
		}
		return c.String(http.StatusOK, sampleScreen)
	})
	return listenOn(b, e)
}

// sessionMap is the least a USSD server does: where each session is.
type sessionMap struct {
	mu   sync.Mutex
	last map[string]string
}

func (s *sessionMap) turn(t ussd.Turn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last[t.Session] = t.Transcript
}

func memoryEcho(b *testing.B) (string, func()) {
	e, s := quietEcho(), &sessionMap{last: map[string]string{}}
	e.POST("/ussd/africastalking/:token", func(c echo.Context) error {
		t, err := decoded(c)
		if err != nil {
			return err
		}
		s.turn(t)
		return c.String(http.StatusOK, sampleScreen)
	})
	return listenOn(b, e)
}

// groupedEcho keeps one plain record a vote (the number in clear, a counter)
// in bbolt with one grouped committer.
func groupedEcho(b *testing.B) (string, func()) {
	db, err := bbolt.Open(filepath.Join(b.TempDir(), "peer.db"), 0o600, &bbolt.Options{NoFreelistSync: true, FreelistType: bbolt.FreelistMapType, InitialMmapSize: 1 << 30})
	if err != nil {
		b.Fatal(err)
	}
	type vote struct {
		number string
		done   chan error
	}
	waiting := make(chan vote, 4096)
	go groupCommit(db, func() ([]string, func(error), bool) {
		first, ok := <-waiting
		if !ok {
			return nil, nil, false
		}
		batch := []vote{first}
		for len(waiting) > 0 {
			batch = append(batch, <-waiting)
		}
		numbers := make([]string, len(batch))
		for i, v := range batch {
			numbers[i] = v.number
		}
		return numbers, func(err error) {
			for _, v := range batch {
				v.done <- err
			}
		}, true
	})
	e, s := quietEcho(), &sessionMap{last: map[string]string{}}
	e.POST("/ussd/africastalking/:token", func(c echo.Context) error {
		t, err := decoded(c)
		if err != nil {
			return err
		}
		s.turn(t)
		if strings.Count(t.Transcript, "*") == len(firstVote)-1 {
			v := vote{t.Number, make(chan error, 1)}
			waiting <- v
			if err := <-v.done; err != nil {
				return err
			}
		}
		return c.String(http.StatusOK, sampleScreen)
	})
	addr, stop := listenOn(b, e)
	return addr, func() { stop(); close(waiting); _ = db.Close() }
}

func groupCommit(db *bbolt.DB, take func() ([]string, func(error), bool)) {
	for {
		numbers, answer, ok := take()
		if !ok {
			return
		}
		answer(db.Update(func(tx *bbolt.Tx) error {
			votes, err := tx.CreateBucketIfNotExists([]byte("votes"))
			if err != nil {
				return err
			}
			counts, err := tx.CreateBucketIfNotExists([]byte("counts"))
			if err != nil {
				return err
			}
			for _, n := range numbers {
				if err := votes.Put([]byte(n), []byte{1}); err != nil {
					return err
				}
				var count [8]byte
				copy(count[:], counts.Get([]byte("1")))
				binary.BigEndian.PutUint64(count[:], binary.BigEndian.Uint64(count[:])+1)
				if err := counts.Put([]byte("1"), count[:]); err != nil {
					return err
				}
			}
			return nil
		}))
	}
}

func realGateway(b *testing.B) (string, func()) {
	addr, _, stop := realHouse(b, b.TempDir())
	return addr, stop
}

// realHouse is the gateway as `serve` builds it.
func realHouse(b *testing.B, data string) (string, *house, func()) {
	b.Helper()
	cfg := config.Default()
	cfg.Data, cfg.Limits.Dials, cfg.LogLevel = data, 0, "error"
	cfg.Listen, cfg.Desk, cfg.Sandbox = "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0"
	w := world{stdin: strings.NewReader(""), stdout: io.Discard, stderr: os.Stderr, getenv: func(string) string { return "" }}
	log := slog.New(slog.DiscardHandler)
	h, err := openHouse(context.Background(), cfg, w, log, nil)
	if err != nil {
		b.Fatal(err)
	}
	s, err := newServers(b.Context(), h, log)
	if err != nil {
		b.Fatal(err)
	}
	if err := s.listen(cfg); err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.run(ctx, time.Second) }()
	return s.onCalls.Addr().String(), h, func() {
		cancel()
		if err := <-done; err != nil {
			b.Log(err)
		}
		if err := h.Close(); err != nil {
			b.Error(err)
		}
	}
}

// cpu is this process's CPU time.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkServers compares servers under one load: callbacks/s, voting
// sessions/s, CPU a callback, p99 of the answer that says "noted".
func BenchmarkServers(b *testing.B) {
	type row struct {
		name               string
		callbacks, session float64
		cpu                time.Duration
		p50, p99           time.Duration
	}
	for range b.N {
		var rows []row
		for i, p := range peers() {
			addr, stop := p.start(b)
			runLoad(b, loadAsk{Addr: addr, Phones: benchPhones, For: time.Second, First: 8_000_000 + i*100_000, Keys: firstVote})
			before := cpu(b)
			said := runLoad(b, loadAsk{Addr: addr, Phones: benchPhones, For: benchFor, First: 1_000_000, Keys: firstVote})
			spent := cpu(b) - before
			stop()
			rows = append(rows, row{
				p.name, float64(said.Callbacks) / said.Seconds, float64(said.Sessions) / said.Seconds,
				spent / time.Duration(max(said.Callbacks, 1)), said.P50, said.P99,
			})
			b.Logf("%-34s %8.0f callbacks/s %7.0f sessions/s %7v CPU/callback  p50 %8v p99 %8v  last %.40q",
				p.name, rows[i].callbacks, rows[i].session, rows[i].cpu, said.P50, said.P99, said.Last)
		}
		ours := rows[len(rows)-1]
		b.ReportMetric(ours.callbacks/rows[0].callbacks, "callbacks/bare-echo")
		b.ReportMetric(ours.session/rows[1].session, "sessions/memory-echo")
		b.ReportMetric(ours.session/rows[2].session, "sessions/grouped-bbolt")
		b.ReportMetric(float64((ours.cpu-rows[0].cpu).Nanoseconds())/1000, "us-CPU-over-bare")
		b.ReportMetric(float64(ours.p99.Milliseconds()), "ms-p99")
	}
}

// groupedTexts keeps one plain record a text (its id and itself, in clear) in
// bbolt with one grouped committer: the least a durable inbox does.
func groupedTexts(b *testing.B) (string, func()) {
	db, err := bbolt.Open(filepath.Join(b.TempDir(), "peer.db"), 0o600, &bbolt.Options{NoFreelistSync: true, FreelistType: bbolt.FreelistMapType, InitialMmapSize: 1 << 30})
	if err != nil {
		b.Fatal(err)
	}
	type text struct {
		id   string
		done chan error
	}
	waiting := make(chan text, 4096)
	go groupCommit(db, func() ([]string, func(error), bool) {
		first, ok := <-waiting
		if !ok {
			return nil, nil, false
		}
		batch := []text{first}
		for len(waiting) > 0 {
			batch = append(batch, <-waiting)
		}
		ids := make([]string, len(batch))
		for i, v := range batch {
			ids[i] = v.id
		}
		return ids, func(err error) {
			for _, v := range batch {
				v.done <- err
			}
		}, true
	})
	e := quietEcho()
	e.POST("/sms/africastalking/:token/inbox", func(c echo.Context) error {
		body, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, callback.MaxBody))
		if err != nil {
			return err
		}
		in, err := smsat.Codec{}.Inbound(callback.Request{Method: http.MethodPost, Body: body})
		if err != nil {
			return err
		}
		v := text{in.ID + " " + in.Text, make(chan error, 1)}
		waiting <- v
		if err := <-v.done; err != nil {
			return err
		}
		return c.String(http.StatusOK, "ok\n")
	})
	addr, stop := listenOn(b, e)
	return addr, func() { stop(); close(waiting); _ = db.Close() }
}

// BenchmarkTexts compares inbound SMS a second, each on disk before its 200:
// ours understands the text, seals the number, keeps opinion, profile,
// conversation and answer, and hands answers over meanwhile.
func BenchmarkTexts(b *testing.B) {
	for range b.N {
		var rate [2]float64
		for i, p := range []peer{{"echo + one plain record, bbolt grouped", groupedTexts}, {"jamakan", realGateway}} {
			addr, stop := p.start(b)
			before := cpu(b)
			said := runLoad(b, loadAsk{Addr: addr, Phones: benchPhones, For: benchFor, First: 1_000_000, Texts: true})
			spent := cpu(b) - before
			stop()
			rate[i] = float64(said.Sessions) / said.Seconds
			b.Logf("%-40s %7.0f texts/s %7v CPU/text p50 %8v p99 %8v", p.name, rate[i], spent/time.Duration(max(said.Sessions, 1)), said.P50, said.P99)
		}
		b.ReportMetric(rate[1], "texts/s")
		b.ReportMetric(rate[1]/rate[0], "texts/grouped-bbolt")
	}
}

// BenchmarkSteady is 4,000 sessions/s offered: the p99 of "noted" must stay
// under 10 ms on two cores shared with the load.
func BenchmarkSteady(b *testing.B) {
	for _, rate := range []float64{500, 1000, 2000, 4000} {
		b.Run(fmt.Sprint(rate), func(b *testing.B) {
			for range b.N {
				addr, stop := realGateway(b)
				said := runLoad(b, loadAsk{Addr: addr, Phones: benchPhones, For: benchFor, First: 1_000_000, Keys: firstVote, Rate: rate})
				stop()
				b.ReportMetric(float64(said.Sessions)/said.Seconds, "sessions/s")
				b.ReportMetric(float64(said.P99.Microseconds())/1000, "ms-p99")
			}
		})
	}
}
