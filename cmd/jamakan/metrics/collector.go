package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/jamakan/jamakan/callback/refusal"
	"github.com/jamakan/jamakan/sms"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/meter"
	"github.com/jamakan/jamakan/store/outbox"
	"github.com/jamakan/jamakan/store/unusual"
	"github.com/jamakan/jamakan/ussd"
)

// Source is where metrics are read. Each is cheap and never waits.
type Source struct {
	Version string
	Now     func() time.Time
	Calls   []*ussd.Gateway
	Texts   []*sms.Gateway
	Senders []*sms.Sender
	Health  func() store.Health
	Commits func() (size, took meter.Seen)
	Refused *refusal.Log
	Unusual *unusual.Watch
	// Connections are those of the listeners, by name: how many there are, how
	// many were closed to make room, how many found none.
	Connections func(fn func(listener string, here int, shed, refused int64))
	// Distrusted is how far the machine's clock is ahead of a time that goes on
	// without it; 0: it is believed.
	Distrusted func() time.Duration
	Free       func() int64 // bytes, -1: not known
	Outbox     func() []Waiting
	// Times; the zero time: not known.
	WeekClosed, MondayOwed, LastBackup func() time.Time
}

// Waiting are the messages of one state and purpose.
type Waiting struct {
	State   outbox.State
	Purpose outbox.Purpose
	N       int
	Oldest  time.Time
}

// collector reads a source whenever somebody asks.
type collector struct {
	from  Source
	descs map[string]*prometheus.Desc
}

// Registry is a registry of its own with all metrics of a source.
func Registry(from Source) (*prometheus.Registry, error) {
	c := collector{from, map[string]*prometheus.Desc{}}
	for _, m := range table() {
		c.descs[m.name] = prometheus.NewDesc(m.name, m.help, m.labels, nil)
	}
	r := prometheus.NewPedanticRegistry()
	return r, r.Register(c)
}

// Describe tells every metric.
func (c collector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range c.descs {
		out <- d
	}
}

// Collect reads every metric.
func (c collector) Collect(out chan<- prometheus.Metric) {
	p := putter{c.descs, out}
	c.calls(p)
	c.texts(p)
	c.store(p)
	c.doors(p)
	c.clock(p)
	c.process(p)
}

// putter hands metrics over.
type putter struct {
	descs map[string]*prometheus.Desc
	out   chan<- prometheus.Metric
}

func (p putter) count(name string, n int64, labels ...string) {
	p.out <- prometheus.MustNewConstMetric(p.descs[name], prometheus.CounterValue, float64(n), labels...)
}

func (p putter) gauge(name string, v float64, labels ...string) {
	p.out <- prometheus.MustNewConstMetric(p.descs[name], prometheus.GaugeValue, v, labels...)
}

// histogram writes what was seen; so many units of it make one of the metric's
// (dividing: 50000 * 1e-6 is not 0.05).
func (p putter) histogram(name string, s meter.Seen, units float64, labels ...string) {
	buckets := make(map[float64]uint64, len(s.Bounds))
	for i, bound := range s.Bounds {
		buckets[float64(bound)/units] = s.Within[i]
	}
	p.out <- prometheus.MustNewConstHistogram(p.descs[name], s.N, float64(s.Sum)/units, buckets, labels...)
}

func one(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
