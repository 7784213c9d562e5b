package store

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/civic/msisdn"
	"github.com/jamakan/jamakan/store/outbox"
)

// Letter is an SMS as its cause makes it: it becomes a message of the outbox
// in the same command.
type Letter struct {
	Provider string // the channel it leaves by
	Purpose  outbox.Purpose
	Text     string // spelled for the channel
	Alphabet string // it is sent in: GSM-7 or UCS-2
	Units    int    // septets, or UCS-2 units
	Segments int    // what it costs
}

// letters adds an act's SMS to its change.
func (b *Book) letters(d Deed, v View, c Change, out civic.Outcome) (Change, error) {
	if d.Letters == nil {
		return c, nil
	}
	*d.posted = (*d.posted)[:0]
	for i, l := range d.Letters(out) {
		// Of chance, not of the command's id: nothing that is left of a message
		// may lead to a number or a ballot, whoever holds the keys.
		ref := b.keys.Event("letter", string(d.salt[:]), strconv.Itoa(i))
		m, err := b.message(hex.EncodeToString(ref[:]), d.Person.e164, l, v.Now())
		m.Seq = d.seq + int64(i)
		if err != nil {
			return c, err
		}
		put, err := putMessage(m)
		if err != nil {
			return c, err
		}
		c.Put = append(c.Put, put)
		*d.posted = append(*d.posted, m)
	}
	return c, nil
}

// message seals a letter into a message of the outbox.
func (b *Book) message(ref, e164 string, l Letter, now time.Time) (outbox.Message, error) {
	m := outbox.Message{
		Ref: ref, Provider: l.Provider, Purpose: l.Purpose, State: outbox.Queued, At: now, Due: now,
		Expires: now.Add(l.Purpose.Life()), Alphabet: l.Alphabet, Units: l.Units, Segments: l.Segments,
	}
	var err error
	if m.To, err = b.keys.Seal(toOwner(ref), []byte(e164)); err != nil {
		return m, err
	}
	m.Body, err = b.keys.Seal(bodyOwner(ref), []byte(l.Text))
	return m, err
}

func toOwner(ref string) []byte   { return []byte("outbox to " + ref) }
func bodyOwner(ref string) []byte { return []byte("outbox body " + ref) }

// OpenLetter is the number and the text of a message, to hand them over. They
// are held no longer than that takes.
func (b *Book) OpenLetter(m outbox.Message) (e164, text string, err error) {
	to, err := b.keys.Open(toOwner(m.Ref), m.To)
	if err != nil {
		return "", "", fmt.Errorf("number of %s: %w", m.Ref, err)
	}
	body, err := b.keys.Open(bodyOwner(m.Ref), m.Body)
	if err != nil {
		return "", "", fmt.Errorf("text of %s: %w", m.Ref, err)
	}
	return string(to), string(body), nil
}

// place is the end of a message's key. Messages lie in the order they were
// made: the pages that one commit writes are few and beside each other.
func place(m outbox.Message) string { return fmt.Sprintf("%020d-%s", m.Seq, m.Ref[:8]) }

// sequence is the first of MaxLetters next places in the order.
func (b *Book) sequence() int64 {
	for {
		was := b.letterSeq.Load()
		next := max(was, b.opts.Now().UnixNano())
		if b.letterSeq.CompareAndSwap(was, next+MaxLetters) {
			return next
		}
	}
}

func outboxKey(m outbox.Message) Key { return Key(KindOutbox + "/" + place(m)) }
func sentKey(m outbox.Message) Key   { return Key(KindSent + "/" + place(m)) }

// putMessage writes a message where its state says.
func putMessage(m outbox.Message) (Put, error) {
	encoded, err := json.Marshal(m)
	key := outboxKey(m)
	if m.State.Final() || m.To == nil {
		key = sentKey(m)
	}
	return Put{key, encoded}, err
}

func readMessage(k Key, v []byte) (outbox.Message, error) {
	var m outbox.Message
	if err := json.Unmarshal(v, &m); err != nil {
		return m, fmt.Errorf("%s: %w: %w", k, ErrCorrupt, err)
	}
	return m, nil
}

// OnLetter names who is told of every new message. Messages from before are
// read with Letters.
func (b *Book) OnLetter(f func(outbox.Message)) { b.post.Store(&f) }

func (b *Book) announce(all []outbox.Message) {
	f := b.post.Load()
	if f == nil {
		return
	}
	for _, m := range all {
		(*f)(m)
	}
}

// Letters calls fn for every message whose fate is not final, oldest first.
func (b *Book) Letters(ctx context.Context, fn func(outbox.Message) bool) error {
	return b.scanMessages(ctx, KindOutbox+"/", "", fn)
}

// Sent calls fn for every message whose fate is final, or was given up, from
// the second on, oldest first.
func (b *Book) Sent(ctx context.Context, since time.Time, fn func(outbox.Message) bool) error {
	return b.scanMessages(ctx, KindSent+"/", Key(fmt.Sprintf("%s/%020d", KindSent, max(since.UnixNano(), 0))), fn)
}

// scanSome is how many messages one snapshot reads: none lives long.
const scanSome = 1000

func (b *Book) scanMessages(ctx context.Context, prefix, after Key, fn func(outbox.Message) bool) error {
	for more := true; more && ctx.Err() == nil; {
		var some []outbox.Message
		err := b.engine.View(ctx, func(s Snapshot) error {
			var failed error
			some, more = nil, false
			err := s.Scan(prefix, after, func(k Key, v []byte) bool {
				var m outbox.Message
				if m, failed = readMessage(k, v); failed != nil {
					return false
				}
				some, after = append(some, m), k
				more = len(some) == scanSome
				return !more
			})
			if err == nil {
				err = failed
			}
			return err
		})
		if err != nil {
			return err
		}
		for _, m := range some {
			if !fn(m) {
				return nil
			}
		}
	}
	return ctx.Err()
}

// step changes one message as its state allows, in one command.
func (b *Book) step(ctx context.Context, m outbox.Message, reads []Key, next func(View, outbox.Message) (outbox.Message, []Put, []Key, error)) (outbox.Message, error) {
	key := outboxKey(m)
	var now outbox.Message
	reads = append(append([]Key{key}, reads...), tallyKeys(m.Campaign)...)
	err := b.do(ctx, reads, func(v View) (Change, error) {
		stored, ok := v.Get(key)
		if !ok {
			return Change{}, fmt.Errorf("%w: %s is not in the outbox", outbox.ErrStep, m.Ref)
		}
		was, err := readMessage(key, stored)
		if err != nil {
			return Change{}, err
		}
		var c Change
		if now, c.Put, c.Delete, err = next(v, was); err != nil {
			return Change{}, err
		}
		put, err := putMessage(now)
		if err != nil {
			return Change{}, err
		}
		if put.Key != key {
			c.Delete = append(c.Delete, key)
		}
		c.Put = append(c.Put, put)
		return tallied(v, c, was, now)
	})
	if err != nil {
		return m, err
	}
	return now, nil
}

// Claim marks a message that is about to be handed over, on disk.
func (b *Book) Claim(ctx context.Context, m outbox.Message) (outbox.Message, error) {
	return b.step(ctx, m, nil, func(v View, m outbox.Message) (outbox.Message, []Put, []Key, error) {
		next, err := m.Claim(v.Now())
		return next, nil, nil, err
	})
}

// Abandon marks a message found claimed at start.
func (b *Book) Abandon(ctx context.Context, m outbox.Message) (outbox.Message, error) {
	return b.step(ctx, m, nil, func(v View, m outbox.Message) (outbox.Message, []Put, []Key, error) {
		next, err := m.Abandon(v.Now())
		return next, nil, nil, err
	})
}

// Expire ends a message that is too old.
func (b *Book) Expire(ctx context.Context, m outbox.Message) (outbox.Message, error) {
	return b.step(ctx, m, nil, func(v View, m outbox.Message) (outbox.Message, []Put, []Key, error) {
		next, err := m.Expire(v.Now())
		return next, nil, nil, err
	})
}

// Shelve puts away a message whose fate nobody reported.
func (b *Book) Shelve(ctx context.Context, m outbox.Message) (outbox.Message, error) {
	return b.step(ctx, m, nil, func(_ View, m outbox.Message) (outbox.Message, []Put, []Key, error) {
		return m.Shelved(), nil, nil, nil
	})
}

// parked is a report that came before its message, or of a message that is
// not ours.
type parked struct {
	Report outbox.Report `json:"report"`
}

// Settle records a provider's answer to a claimed message. A report that came
// before the answer is taken now.
func (b *Book) Settle(ctx context.Context, m outbox.Message, r outbox.Result, wait time.Duration) (outbox.Message, error) {
	mark, isHers := b.receiver(m)
	if isHers(r.Handle) {
		r.Handle = ""
	}
	handle := b.handle(m.Provider, r.Handle)
	reads := []Key{mark}
	if r.Handle != "" {
		reads = append(reads, ParkedKey(handle))
	}
	return b.step(ctx, m, reads, func(v View, m outbox.Message) (next outbox.Message, puts []Put, gone []Key, err error) {
		if next, err = m.Settle(r, v.Now(), wait); err != nil {
			return next, nil, nil, err
		}
		if recalled(v, mark, m) {
			if next.State == outbox.Queued {
				next, err = next.Drop(ReasonErased, v.Now())
			}
			next = next.Shelved()
		}
		if err != nil || r.Handle == "" || r.Class != outbox.Took {
			return next, nil, nil, err
		}
		puts = []Put{{HandleKey(handle), []byte(place(m))}}
		if early, ok := v.Get(ParkedKey(handle)); ok {
			var p parked
			if err := json.Unmarshal(early, &p); err != nil {
				return next, nil, nil, fmt.Errorf("parked report: %w: %w", ErrCorrupt, err)
			}
			next, _ = next.Reported(p.Report, v.Now())
			gone = []Key{ParkedKey(handle)}
		}
		return next, puts, gone, nil
	})
}

func (b *Book) handle(provider, id string) [16]byte { return b.keys.Event("handle", provider, id) }

// Fate is what became of a delivery report.
type Fate uint8

// The fates of reports.
const (
	ReportTaken  Fate = iota + 1 // a message moved on
	ReportStale                  // repeated, or of a message whose fate is final
	ReportParked                 // no message has this name yet: kept for 7 days
)

// Report records a delivery report. Reports come late, early, twice and in any
// order: a message only moves forward. One under a name that may be a phone
// number finds the message of that name, and waits for none: nothing is kept
// under a hash of a number.
func (b *Book) Report(ctx context.Context, provider, id string, r outbox.Report) (Fate, error) {
	handle := b.handle(provider, id)
	r = r.Kept() // one that is parked too
	_, notOne := msisdn.Normalise(id)
	for {
		known, campaign, err := b.named(ctx, handle)
		if err != nil {
			return 0, err
		}
		if known == "" && notOne == nil {
			return ReportStale, nil
		}
		fate, again, err := b.report(ctx, handle, known, campaign, r)
		if !again {
			return fate, err
		}
	}
}

// named is the place of the message that a provider's name leads to, and its
// campaign; "" when none has this name yet.
func (b *Book) named(ctx context.Context, handle [16]byte) (place, campaign string, err error) {
	err = b.engine.View(ctx, func(s Snapshot) error {
		v, ok, err := s.Get(HandleKey(handle))
		if err != nil || !ok {
			return err
		}
		place = string(v)
		for _, kind := range []string{KindOutbox, KindSent} {
			key := Key(kind + "/" + place)
			stored, ok, err := s.Get(key)
			if err != nil {
				return err
			}
			if ok {
				m, err := readMessage(key, stored)
				campaign = m.Campaign
				return err
			}
		}
		return nil
	})
	return place, campaign, err
}

// report applies a report to the message at a place, or parks it. again says
// that the message got its name meanwhile.
func (b *Book) report(ctx context.Context, handle [16]byte, known, campaign string, r outbox.Report) (fate Fate, again bool, err error) {
	reads := append([]Key{HandleKey(handle), ParkedKey(handle)}, tallyKeys(campaign)...)
	live, sent := Key(KindOutbox+"/"+known), Key(KindSent+"/"+known)
	if known != "" {
		reads = append(reads, live, sent)
	}
	err = b.do(ctx, reads, func(v View) (Change, error) {
		fate, again = ReportParked, false
		if _, named := v.Get(HandleKey(handle)); !named {
			return park(v, handle, r)
		} else if known == "" {
			again = true
			return Change{}, nil
		}
		key := live
		stored, ok := v.Get(live)
		if !ok {
			key = sent
			if stored, ok = v.Get(sent); !ok {
				return park(v, handle, r)
			}
		}
		m, err := readMessage(key, stored)
		if err != nil {
			return Change{}, err
		}
		next, moved := m.Reported(r, v.Now())
		if fate = ReportTaken; !moved {
			fate = ReportStale
			return Change{}, nil
		}
		put, err := putMessage(next)
		if err != nil {
			return Change{}, err
		}
		c := Change{Put: []Put{put}}
		if put.Key != key {
			c.Delete = []Key{key}
		}
		return tallied(v, c, m, next)
	})
	return fate, again, err
}

// park keeps a report for its message. The furthest one stays.
func park(v View, handle [16]byte, r outbox.Report) (Change, error) {
	if early, ok := v.Get(ParkedKey(handle)); ok {
		var p parked
		if json.Unmarshal(early, &p) == nil && p.Report.State.Final() {
			return Change{}, nil
		}
	}
	encoded, err := json.Marshal(parked{r})
	return Change{Put: []Put{{ParkedKey(handle), encoded}}}, err
}

// Adopt gives a message of unknown fate the provider's name for it, which a
// report brought, and takes the report.
func (b *Book) Adopt(ctx context.Context, m outbox.Message, id string, r outbox.Report) (outbox.Message, error) {
	if _, isHers := b.receiver(m); isHers(id) {
		return b.step(ctx, m, nil, func(v View, m outbox.Message) (outbox.Message, []Put, []Key, error) {
			if m.State != outbox.Unknown {
				return m, nil, nil, fmt.Errorf("%w: adopt from %s", outbox.ErrStep, m.State)
			}
			next, _ := m.Reported(r, v.Now())
			return next, nil, nil, nil
		})
	}
	handle := b.handle(m.Provider, id)
	return b.step(ctx, m, []Key{ParkedKey(handle)}, func(v View, m outbox.Message) (outbox.Message, []Put, []Key, error) {
		if m.State != outbox.Unknown {
			return m, nil, nil, fmt.Errorf("%w: adopt from %s", outbox.ErrStep, m.State)
		}
		next, _ := m.Reported(r, v.Now())
		return next, []Put{{HandleKey(handle), []byte(place(m))}}, []Key{ParkedKey(handle)}, nil
	})
}

// Ledger is what messages of one kind cost in one week.
type Ledger struct {
	Week     civic.Week
	Provider string
	Purpose  outbox.Purpose
	Alphabet string
	Messages int // handed over at least once
	Segments int
	Cost     outbox.Money // of one currency; other currencies are left out
}

// Costs are the messages handed over since a time, by week, provider, purpose
// and alphabet, in that order.
func (b *Book) Costs(ctx context.Context, since time.Time) ([]Ledger, error) {
	rows := map[string]*Ledger{}
	count := func(m outbox.Message) bool {
		week := civic.WeekOf(m.Handed)
		k := strings.Join([]string{week.String(), m.Provider, string(m.Purpose), m.Alphabet}, "/")
		row := rows[k]
		if row == nil {
			row = &Ledger{Week: week, Provider: m.Provider, Purpose: m.Purpose, Alphabet: m.Alphabet}
			rows[k] = row
		}
		row.Messages++
		row.Segments += m.Segments
		row.Cost, _ = row.Cost.Add(m.Cost)
		return true
	}
	if err := b.handedSince(ctx, since, count); err != nil {
		return nil, err
	}
	return sortedLedger(rows), nil
}

// handedSince calls fn with each message handed over to a provider since a
// time, until it says no.
func (b *Book) handedSince(ctx context.Context, since time.Time, fn func(outbox.Message) bool) error {
	handed := func(m outbox.Message) bool {
		return m.Handed.IsZero() || m.Handed.Before(since) || m.State == outbox.Queued || fn(m)
	}
	if err := b.Letters(ctx, handed); err != nil {
		return err
	}
	// They lie by their cause; none is handed over longer after it than one of a
	// message to many.
	return b.Sent(ctx, since.Add(-CampaignLife), handed)
}

func sortedLedger(rows map[string]*Ledger) []Ledger {
	var out []Ledger
	for _, k := range slices.Sorted(maps.Keys(rows)) {
		out = append(out, *rows[k])
	}
	return out
}
