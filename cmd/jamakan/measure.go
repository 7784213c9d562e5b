package main

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/jamakan/jamakan/callback"
	"github.com/jamakan/jamakan/cmd/jamakan/metrics"
	"github.com/jamakan/jamakan/desk/monday"
	"github.com/jamakan/jamakan/store/outbox"
)

// measures are what is read of the store by the clock, so that whoever reads
// metrics waits for nothing and costs nothing.
type measures struct {
	outbox atomic.Pointer[[]metrics.Waiting]
	monday atomic.Int64 // unix seconds since when Monday's work is owed, 0: none is
	closed atomic.Int64 // unix seconds of the end of the last closed week, 0: not known
}

// read reads the store, once a minute.
func (m *measures) read(ctx context.Context, h *house) error {
	kinds := map[[2]string]*metrics.Waiting{}
	err := h.book.Letters(ctx, func(x outbox.Message) bool {
		at := [2]string{string(x.State), string(x.Purpose)}
		w := kinds[at]
		if w == nil {
			w = &metrics.Waiting{State: x.State, Purpose: x.Purpose, Oldest: x.At}
			kinds[at] = w
		}
		if w.N++; x.At.Before(w.Oldest) {
			w.Oldest = x.At
		}
		return true
	})
	if err != nil {
		return err
	}
	rows := make([]metrics.Waiting, 0, len(kinds))
	for _, w := range kinds {
		rows = append(rows, *w)
	}
	m.outbox.Store(&rows)
	if w, ok := h.book.ClosedBefore(); ok {
		m.closed.Store(w.Start().Unix())
	}
	last, begun, err := h.book.LastMonday(ctx)
	if err != nil || !begun {
		return err
	}
	if !last.Done {
		last.Week = last.Week.Prev()
	}
	owed := int64(0)
	if due := monday.Due(last.Week, h.now()); len(due) > 0 {
		owed = due[0].End().Add(6 * time.Hour).Unix()
	}
	m.monday.Store(owed)
	return nil
}

// since is a time that may not be known.
func since(at *atomic.Int64) func() time.Time {
	return func() time.Time {
		if n := at.Load(); n != 0 {
			return time.Unix(n, 0)
		}
		return time.Time{}
	}
}

// metrics is the registry of a running gateway.
func (s *servers) metrics() (*prometheus.Registry, error) {
	return metrics.Registry(metrics.Source{
		Version: version(), Now: s.house.now, Calls: s.gateways, Texts: s.texts.gateways, Senders: s.texts.senders,
		Health: s.house.book.Health, Commits: s.house.engine.Commits, Refused: s.doors.refused, Unusual: s.doors.unusual, Free: s.house.free,
		Outbox: func() []metrics.Waiting {
			if rows := s.measures.outbox.Load(); rows != nil {
				return *rows
			}
			return nil
		},
		WeekClosed: since(&s.measures.closed), MondayOwed: since(&s.measures.monday),
		LastBackup: s.lastBackup, Distrusted: s.house.clock.Distrusted, Connections: s.crowds.each,
	})
}

// lastBackup is when the clock made its last good backup, by this run or an
// earlier one; zero: none is known.
func (s *servers) lastBackup() time.Time {
	last, _, _ := s.backups.state()
	return last
}

// registerMetrics adds /metrics to the desk's listener.
func (s *servers) registerMetrics(pages *echo.Echo) error {
	registry, err := s.metrics()
	if err != nil {
		return err
	}
	h := promhttp.HandlerFor(registry, promhttp.HandlerOpts{MaxRequestsInFlight: 2, Timeout: 10 * time.Second})
	var lock callback.Lock
	if t := s.house.cfg.Metrics; t != "" {
		lock = callback.NewLock([]string{t})
	}
	behindProxy := s.house.cfg.BehindProxy
	pages.GET("/metrics", func(c echo.Context) error {
		if !mayMeasure(c.Request(), lock, behindProxy) {
			return echo.ErrNotFound
		}
		h.ServeHTTP(c.Response(), c.Request())
		return nil
	})
	return nil
}

// mayMeasure lets in this machine itself, and who holds the token. Behind a
// proxy everybody seems to be this machine: there only the token counts.
func mayMeasure(r *http.Request, lock callback.Lock, behindProxy bool) bool {
	token, given := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if opens := lock.Opens(token); given && opens {
		return true
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	peer := net.ParseIP(host)
	return !behindProxy && err == nil && peer != nil && peer.IsLoopback() && callback.Direct(r)
}
