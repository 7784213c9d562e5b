package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store/meter"
	"github.com/jamakan/jamakan/store/outbox"
	"github.com/jamakan/jamakan/store/secret"
)

// ErrKey: the data was made with another master key.
var ErrKey = errors.New("the data belongs to another master key")

// BookOptions are what a Book takes from outside.
type BookOptions struct {
	Now  func() time.Time
	Rand io.Reader // of nonces; nil: crypto/rand
	Keep Retention // zero fields: the defaults
}

// Book speaks the gateway's own words over any engine. It is safe for
// concurrent use.
type Book struct {
	engine  Engine
	keys    *secret.Keys
	opts    BookOptions
	content atomic.Pointer[Content]
	voters  atomic.Pointer[map[string]secret.VoterKey] // by consultation
	plans   atomic.Pointer[map[string]storedPlan]      // by code
	mu      sync.Mutex                                 // over imports, and over shown
	shown   map[shownKey]civic.Standing                // running results by tens
	post    atomic.Pointer[func(outbox.Message)]       // who is told of a new message
	feeding sync.Mutex                                 // one message to many is fed at a time

	inbox inbox // citizens' texts, as lists need them

	letterSeq atomic.Int64 // of the last message made
	auditSeq  atomic.Int64 // of the last line of the journal

	meter    *meter.Meter
	flushing sync.Mutex // over a flush of the meter, and over counting
	counting bool       // this process counts

	apart apart // sensitive replies that wait

	noticed   noticed    // numbers that showed life
	retaining sync.Mutex // over retained
	retained  time.Time  // numbers and texts were gone through

	closing sync.Mutex // over the closing of weeks, and over closed
	closed  closed     // nothing is left to close before it

	telling  telling                      // what closed weeks tell
	opinions readOpinions                 // for a week's report
	last     atomic.Pointer[civic.Report] // frozen report that was read last
}

// Content is what citizens are asked and shown.
type Content = civic.Content

// storedPlan is a plan and the bytes it was read from.
type storedPlan struct {
	raw  []byte
	plan *civic.Plan
}

type shownKey struct {
	consultation string
	place        civic.Code
}

const (
	// FingerprintKey is where the fingerprint of the master key is kept.
	FingerprintKey = Key(KindMeta + "/fingerprint")
	keyRing        = Key(KindMeta + "/ring") // of data whose key was rotated: its working keys, sealed
	keyRevision    = Key(KindMeta + "/revision")
)

// NewBook opens the book over an engine. ErrKey when the data was made with
// another master key.
func NewBook(engine Engine, keys *secret.Keys, opts BookOptions) (*Book, error) {
	if opts.Rand == nil {
		opts.Rand = rand.Reader
	}
	opts.Keep = opts.Keep.orDefault()
	b := &Book{engine: engine, keys: keys, opts: opts, shown: map[shownKey]civic.Standing{}, meter: meter.New()}
	ctx := context.Background()
	if err := b.claim(ctx); err != nil {
		return nil, err
	}
	if err := b.openRing(ctx); err != nil {
		return nil, err
	}
	if err := b.settleTraffic(ctx); err != nil {
		return nil, err
	}
	return b, b.reload(ctx)
}

// claim writes the key's fingerprint into new data and holds it against old.
func (b *Book) claim(ctx context.Context) error {
	var found string
	err := b.engine.View(ctx, func(s Snapshot) error {
		v, _, err := s.Get(FingerprintKey)
		found = string(v)
		return err
	})
	if err != nil {
		return err
	}
	switch mine := b.keys.Fingerprint(); {
	case found == mine:
		return nil
	case found != "":
		return fmt.Errorf("%w: it was made with key %s, this is %s; give the right key_file or JAMAKAN_KEY", ErrKey, found, mine)
	}
	return b.do(ctx, nil, func(View) (Change, error) {
		return Change{Put: []Put{{FingerprintKey, []byte(b.keys.Fingerprint())}}}, nil
	})
}

// do runs a command that nobody repeats.
func (b *Book) do(ctx context.Context, reads []Key, decide func(View) (Change, error)) error {
	var id ID
	if _, err := io.ReadFull(rand.Reader, id[:]); err != nil {
		return err
	}
	_, err := b.engine.Do(ctx, Command{ID: id, Reads: reads, Decide: decide, Forget: true})
	return err
}

// revision is the stored revision of the content and when it changed.
type revision struct {
	Number uint64    `json:"number"`
	At     time.Time `json:"at"`
}

// reload reads plans and voter keys.
func (b *Book) reload(ctx context.Context) error {
	c := &Content{}
	voters := map[string]secret.VoterKey{}
	plans := map[string]storedPlan{}
	err := b.engine.View(ctx, func(s Snapshot) error {
		if v, ok, err := s.Get(keyRevision); err != nil {
			return err
		} else if ok {
			var r revision
			if err := json.Unmarshal(v, &r); err != nil {
				return fmt.Errorf("revision: %w: %w", ErrCorrupt, err)
			}
			c.Revision, c.ChangedAt = r.Number, r.At
		}
		var failed error
		if err := s.Scan(KindPlan+"/", "", func(k Key, v []byte) bool {
			var p civic.Plan
			if err := json.Unmarshal(v, &p); err != nil {
				failed = fmt.Errorf("%s: %w: %w", k, ErrCorrupt, err)
				return false
			}
			c.Plans = append(c.Plans, p)
			plans[p.Code] = storedPlan{v, &p}
			return true
		}); err != nil || failed != nil {
			return errors.Join(err, failed)
		}
		err := s.Scan(KindKey+"/", "", func(k Key, v []byte) bool {
			code := strings.TrimPrefix(string(k), KindKey+"/")
			voters[code], failed = b.keys.OpenVoterKey(code, v)
			return failed == nil
		})
		return errors.Join(err, failed)
	})
	if err != nil {
		return err
	}
	c.Territory = civic.Kayes()
	for _, p := range c.Plans {
		if c.Territory, err = c.Territory.With(p.Places); err != nil {
			return fmt.Errorf("plan %s: %w", p.Code, err)
		}
	}
	b.voters.Store(&voters)
	b.plans.Store(&plans)
	b.content.Store(c)
	return nil
}

// Content is what citizens are asked and shown, at its present revision.
func (b *Book) Content() *Content { return b.content.Load() }

// Import brings in a plan, or changes one as far as nothing frozen is touched,
// and says what changed. Each new consultation gets its voter key in the same
// command, and the journal says who did it.
func (b *Book) Import(ctx context.Context, who string, plan civic.Plan) ([]civic.Change, error) {
	return b.change(ctx, who, "plan.import", plan.Code, plan.Code, plan, func(*civic.Plan, time.Time) (civic.Plan, error) { return plan, nil })
}

// ErrNoPlan: no plan has this code.
var ErrNoPlan = errors.New("no such plan")

// Edit changes one thing of a stored plan, under the same rules as an import.
// what and about are what the journal says. edit may be called again; it may
// change its argument, and its error ends it with nothing written.
func (b *Book) Edit(ctx context.Context, who, what, about, code string, edit func(*civic.Plan, time.Time) error) ([]civic.Change, error) {
	made := func(old *civic.Plan, now time.Time) (civic.Plan, error) {
		if old == nil {
			return civic.Plan{}, ErrNoPlan
		}
		next, err := old.Copy()
		if err != nil {
			return next, err
		}
		return next, edit(&next, now)
	}
	// The consultations it will have are found out first, for their keys.
	content := b.Content()
	at := slices.IndexFunc(content.Plans, func(p civic.Plan) bool { return p.Code == code })
	if at < 0 {
		return nil, ErrNoPlan
	}
	next, err := made(&content.Plans[at], b.opts.Now())
	if err != nil {
		return nil, err
	}
	return b.change(ctx, who, what, about, code, next, made)
}

// change brings a plan to what made makes of the stored one. like is a plan of
// that kind, whose consultations get their voter keys.
func (b *Book) change(ctx context.Context, who, what, about, plan string, like civic.Plan, made func(*civic.Plan, time.Time) (civic.Plan, error)) ([]civic.Change, error) {
	if err := b.CloseWeeks(ctx); err != nil { // with their plans as they were
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, err := b.Content().Territory.With(like.Places); err != nil {
		return nil, fmt.Errorf("lieux : %w", err)
	}
	keys := map[string][]byte{}
	reads := []Key{PlanKey(plan), keyRevision}
	for _, c := range like.Consultations {
		if _, other := b.Content().Consultation(c.Code); other != nil && other.Code != plan {
			return nil, fmt.Errorf("consultation %s : le plan %s a déjà ce code ; donnez-en un autre", c.Code, other.Code)
		}
		if _, ok := (*b.voters.Load())[c.Code]; ok {
			continue
		}
		wrapped, err := b.keys.NewVoterKey(c.Code)
		if err != nil {
			return nil, err
		}
		keys[c.Code] = wrapped
	}
	var changes []civic.Change
	seq := b.journalSequence()
	err := b.do(ctx, reads, func(v View) (Change, error) {
		w := writingPlan{v: v, seq: seq, who: who, what: what, about: about, keys: keys}
		var change Change
		var err error
		change, changes, err = w.plan(plan, made)
		return change, err
	})
	if err != nil || len(changes) == 0 {
		return nil, err
	}
	return changes, b.reload(ctx)
}

// writingPlan is the command that changes a plan.
type writingPlan struct {
	v                View
	seq              int64
	who, what, about string
	keys             map[string][]byte
}

func (w writingPlan) plan(code string, made func(*civic.Plan, time.Time) (civic.Plan, error)) (Change, []civic.Change, error) {
	v := w.v
	var old *civic.Plan
	if stored, ok := v.Get(PlanKey(code)); ok {
		old = &civic.Plan{}
		if err := json.Unmarshal(stored, old); err != nil {
			return Change{}, nil, fmt.Errorf("plan %s: %w: %w", code, ErrCorrupt, err)
		}
	}
	plan, err := made(old, v.Now())
	if err != nil {
		return Change{}, nil, err
	}
	next, changes, err := civic.Freeze(old, plan, v.Now())
	if err != nil || len(changes) == 0 {
		return Change{}, nil, err
	}
	encoded, err := json.Marshal(next)
	if err != nil {
		return Change{}, nil, err
	}
	rev, err := nextRevision(v)
	if err != nil {
		return Change{}, nil, err
	}
	lines := []string{}
	for _, c := range changes {
		lines = append(lines, c.String())
	}
	said, err := entry(v, w.seq, w.who, w.what, w.about, lines...)
	if err != nil {
		return Change{}, nil, err
	}
	out := Change{Put: []Put{{PlanKey(code), encoded}, {keyRevision, rev}, said}}
	for consultation, wrapped := range w.keys {
		if next.Consultation(consultation) != nil {
			out.Put = append(out.Put, Put{KeyKey(consultation), wrapped})
		}
	}
	return out, changes, nil
}

// nextRevision is the content's revision after this command, as stored.
func nextRevision(v View) ([]byte, error) {
	r := revision{Number: 1, At: v.Now()}
	if stored, ok := v.Get(keyRevision); ok {
		var was revision
		if err := json.Unmarshal(stored, &was); err != nil {
			return nil, fmt.Errorf("revision: %w: %w", ErrCorrupt, err)
		}
		r.Number = was.Number + 1
	}
	return json.Marshal(r)
}

// Health tells how the store is.
func (b *Book) Health() Health { return b.engine.Health() }

// How long what expires is kept.
const (
	keepSessions = time.Hour           // positions of calls
	keepReplies  = 7 * 24 * time.Hour  // replies of commands: providers repeat a callback for 12 hours
	keepTalks    = 48 * time.Hour      // what was asked by SMS last: a list is good for 24 hours
	keepHandles  = 21 * 24 * time.Hour // providers' names of messages
	keepParked   = 7 * 24 * time.Hour  // reports of messages not known yet
)

// Sweep drops what is expired, ends what erasures left, and forgets what
// Retention says.
func (b *Book) Sweep(ctx context.Context) error {
	now := b.opts.Now()
	_, err := b.engine.Sweep(ctx, map[string]time.Time{
		KindSession: now.Add(-keepSessions), KindDone: now.Add(-keepReplies), KindTalk: now.Add(-keepTalks),
		KindHandle: now.Add(-keepHandles), KindParked: now.Add(-keepParked),
	})
	return errors.Join(err, b.dropStrays(ctx, now), b.retain(ctx, now))
}
