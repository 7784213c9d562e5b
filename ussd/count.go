package ussd

import (
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/civic/msisdn"
	"github.com/jamakan/jamakan/store/meter"
)

// by is where a call's counts go: what its screens know, and its prefix.
func (k *call) by() meter.By {
	return meter.By{Commune: k.state.Commune, Channel: civic.ChannelUSSD, Lang: k.state.Lang, Operator: k.operator}
}

// dialled says whether the first turn seen of a call is its beginning. Soon
// after the start it may be one that the process before began and counted.
func (g *Gateway) dialled(t Turn, known bool, extension string, now time.Time) bool {
	begins := t.Start || t.Transcript == "" || extension != ""
	return known && (begins || now.Sub(g.started) > callLongest)
}

// countLimited counts a call that is refused, where the number's last one was.
func (g *Gateway) countLimited(l *line, now time.Time) {
	by := meter.By{Channel: civic.ChannelUSSD, Operator: msisdn.Operator(l.e164)}
	if l.current != nil {
		by = l.current.by()
	}
	h := g.cfg.Book.Meter().Hand()
	h.Stand(now, by)
	h.Limit()
}

// endedMemory is how long a call that its provider called over may still get
// another turn: events overtake turns.
const endedMemory = time.Minute

// gone says whether nothing more can come of a call that did not end.
func (k *call) gone(silent time.Duration) bool {
	return silent > callMemory || k.ended && silent > endedMemory
}

// countReached counts, once, a call that did what it was made for: it recorded
// something, or reached its end. Most people hang up on "noted". Its line is
// held.
func (k *call) countReached() {
	if k.reached || k.dropped {
		return
	}
	k.reached = true
	k.count.Complete()
}

// countDrop counts, once, a call that stopped before. Its line is held.
func (k *call) countDrop() {
	if k.over || k.dropped || k.reached {
		return
	}
	k.dropped = true
	k.count.Drop(string(k.state.Screen))
}
