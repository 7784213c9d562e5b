package metrics

import (
	"runtime"
	rm "runtime/metrics"
	"strings"

	"github.com/jamakan/jamakan/store/outbox"
	"github.com/jamakan/jamakan/store/unusual"
	"github.com/jamakan/jamakan/ussd"
)

// micros are the microseconds of a second.
const micros = 1e6

func (c collector) calls(p putter) {
	for _, g := range c.from.Calls {
		at := "ussd/" + g.Provider()
		g.Turns(func(screen string, o ussd.Outcome, n int64) {
			p.count("jamakan_turns_total", n, at, screen, o.String())
		})
		p.histogram("jamakan_turn_seconds", g.Took(), micros, at)
		counts := g.Counts()
		p.gauge("jamakan_calls_live", float64(counts["live"]), at)
		for name, n := range counts {
			if status, ok := strings.CutPrefix(name, "end_"); ok {
				p.count("jamakan_call_ends_total", n, at, status)
			}
		}
	}
}

func (c collector) texts(p putter) {
	for _, g := range c.from.Texts {
		at := "sms/" + g.Provider()
		counts := g.Counts()
		p.count("jamakan_texts_failed_total", counts["failed"], at)
		for name, n := range counts {
			if kind, ok := strings.CutPrefix(name, "kind_"); ok && n > 0 {
				p.count("jamakan_texts_total", n, at, kind)
			}
		}
	}
	for _, s := range c.from.Senders {
		st := s.Status()
		at := "sms/" + st.Provider
		p.gauge("jamakan_provider_paused", one(st.Paused != ""), at)
		s.Heard(func(class outbox.Class, n int64) { p.count("jamakan_provider_answers_total", n, at, class.String()) })
	}
	for _, w := range c.from.Outbox() {
		p.gauge("jamakan_outbox_messages", float64(w.N), string(w.State), string(w.Purpose))
		p.gauge("jamakan_outbox_oldest_seconds", c.from.Now().Sub(w.Oldest).Seconds(), string(w.State), string(w.Purpose))
	}
}

func (c collector) store(p putter) {
	h := c.from.Health()
	p.gauge("jamakan_ready", one(h.Err == nil))
	p.gauge("jamakan_queue_waiting", float64(h.Waiting))
	p.gauge("jamakan_log_records", float64(h.Records))
	p.gauge("jamakan_database_bytes", float64(h.Bytes))
	if free := c.from.Free(); free >= 0 {
		p.gauge("jamakan_disk_free_bytes", float64(free))
	}
	size, took := c.from.Commits()
	p.histogram("jamakan_commit_size", size, 1)
	p.histogram("jamakan_commit_seconds", took, micros)
}

func (c collector) doors(p putter) {
	for _, row := range c.from.Refused.Rows() {
		p.count("jamakan_refused_total", row.N, row.Channel, row.Reason.String())
	}
	c.from.Connections(func(listener string, here int, shed, refused int64) {
		p.gauge("jamakan_connections", float64(here), listener)
		p.count("jamakan_connections_shed_total", shed, listener, "waited")
		p.count("jamakan_connections_shed_total", refused, listener, "came")
	})
	flags := map[unusual.Kind]int{}
	for _, f := range c.from.Unusual.Flags() {
		flags[f.Kind]++
	}
	for _, k := range unusual.Kinds() {
		p.gauge("jamakan_unusual_flags", float64(flags[k]), string(k))
	}
}

func (c collector) clock(p putter) {
	now := c.from.Now()
	if at := c.from.WeekClosed(); !at.IsZero() {
		p.gauge("jamakan_week_closed_timestamp_seconds", float64(at.Unix()))
	}
	owed := 0.0
	if at := c.from.MondayOwed(); !at.IsZero() {
		owed = max(now.Sub(at).Seconds(), 0)
	}
	p.gauge("jamakan_monday_owed_seconds", owed)
	p.gauge("jamakan_clock_distrusted_seconds", c.from.Distrusted().Seconds())
	if at := c.from.LastBackup(); !at.IsZero() {
		p.gauge("jamakan_backup_age_seconds", now.Sub(at).Seconds())
	}
}

func (c collector) process(p putter) {
	p.gauge("jamakan_up_info", 1, c.from.Version)
	p.gauge("jamakan_goroutines", float64(runtime.NumGoroutine()))
	held := []rm.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	rm.Read(held)
	p.gauge("jamakan_memory_bytes", float64(held[0].Value.Uint64()-held[1].Value.Uint64()))
}
