package meter

import "time"

// Hand is what one call, or one text, counts with. It is not safe for
// concurrent use: a call's turns come one after the other. Stand comes before
// any count.
type Hand struct {
	m       *Meter
	at      *cell
	shard   uint32
	dialled bool
}

// Hand gives a hand.
func (m *Meter) Hand() Hand { return Hand{m: m, shard: m.next.Add(1) % shards} }

// Stand says where and when the next counts are. A dial goes with its call: it
// is counted where the call came to, once the commune is known.
func (h *Hand) Stand(now time.Time, by By) {
	if c := h.at; c != nil && c.by == by {
		if at := now.Unix(); c.from <= at && at < c.until {
			return
		}
	}
	h.move(now, by)
}

func (h *Hand) move(now time.Time, by By) {
	was := h.at
	h.at = h.m.cell(h.shard, now, by)
	// What is counted in a week that may be over stays there.
	if h.dialled && was.week == h.at.week {
		was.n[dials].Add(-1)
		h.at.n[dials].Add(1)
	}
}

// Dial counts the beginning of the call.
func (h *Hand) Dial() {
	h.dialled = true
	h.at.n[dials].Add(1)
}

// Complete counts that the call reached its end.
func (h *Hand) Complete() { h.at.n[completed].Add(1) }

// Repeat counts a callback that came again.
func (h *Hand) Repeat() { h.at.n[repeats].Add(1) }

// Limit counts a call that was refused.
func (h *Hand) Limit() { h.at.n[limited].Add(1) }

// Text counts a text, and whether it was understood.
func (h *Hand) Text(understood bool) {
	h.at.n[textsIn].Add(1)
	if !understood {
		h.at.n[unclear].Add(1)
	}
}

// Took counts a turn by the time it took.
func (h *Hand) Took(d time.Duration) { h.at.n[latency+bucket(d)].Add(1) }

// bucket is the first limit that a time is within.
func bucket(d time.Duration) slot {
	for i, most := range [...]time.Duration{20, 50, 100, 200, 500, 1000} {
		if d <= most*time.Millisecond {
			return slot(i)
		}
	}
	return 6
}

// Drop counts that the call stopped on a screen, in the week of its last turn.
func (h *Hand) Drop(screen string) {
	c := h.at
	if c == nil {
		return // it never got as far as a screen
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.drops == nil {
		c.drops = map[string]int64{}
	}
	c.drops[screen]++
}
