package ussd

import (
	"context"
	"errors"
	"hash/maphash"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/jamakan/jamakan/callback/pace"
	"github.com/jamakan/jamakan/callback/refusal"
	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/civic/msisdn"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/secret"
	"github.com/jamakan/jamakan/store/unusual"
	"github.com/jamakan/jamakan/ussd/menu"
)

// Config is what one provider's gateway is made of.
type Config struct {
	Provider string
	Book     *store.Book
	Keys     *secret.Keys
	Menu     *menu.Menu // spelled and fitted for this provider's phones
	Codes    []string   // service codes in service, as dialled: *384*55#
	Lang     string     // of sentences said before a language is chosen
	// DialLimit is how many calls one number may start in DialWindow; 0 is
	// no limit.
	DialLimit  int
	DialWindow time.Duration
	Limits     Limits
	Refused    *refusal.Channel // counts who was turned away; nil: nobody counts
	Unusual    *unusual.Watch   // looks at ballots as they pass; nil: nobody looks
	Now        func() time.Time
	Logger     *slog.Logger
}

// Limits are the limits beside DialLimit; nil ones are none.
type Limits struct {
	Ballots    *pace.Keys // one number's
	AllDials   *pace.Gate // the provider's
	AllBallots *pace.Gate
}

// Gateway answers the turns of one provider. It is safe for concurrent use.
type Gateway struct {
	cfg     Config
	calls   *calls
	started time.Time
	stats   Stats
	turns   turns

	mu      sync.Mutex
	content *menu.Content // prepared from revision
	source  *store.Content
}

// New makes a gateway.
func New(cfg Config) *Gateway {
	return &Gateway{cfg: cfg, calls: newCalls(), started: cfg.Now(), turns: newTurns(cfg.Menu)}
}

// Sweep forgets calls that are over. The owner calls it every half minute.
func (g *Gateway) Sweep() { g.stats.live.Store(int64(g.calls.sweep(g.cfg.Now()))) }

// Answer answers one turn. It never fails: what can't be answered is said in
// a sentence that ends the call.
func (g *Gateway) Answer(ctx context.Context, t Turn) Answer {
	g.stats.turns.Add(1)
	if k := g.calls.find(t.Session); k != nil {
		k.line.mu.Lock()
		defer k.line.mu.Unlock()
		if !g.sameCaller(k, t) {
			g.stats.conflicts.Add(1)
			return g.sentence("error.internal")
		}
		if t, ok := k.chain.extend(t, k, g.cfg.Now()); ok {
			return g.turn(ctx, k, t)
		}
		k.countDrop()
		g.calls.forget(t.Session, k)
		return g.openOn(ctx, t, k.line)
	}
	return g.open(ctx, t)
}

// sameCaller says whether a turn of a known session comes from the number
// that opened it.
func (g *Gateway) sameCaller(k *call, t Turn) bool {
	if k.number == t.Number {
		return true
	}
	e164, err := msisdn.Normalise(t.Number)
	return err == nil && e164 == k.line.e164
}

// open answers the first turn of a call that is not in memory.
func (g *Gateway) open(ctx context.Context, t Turn) Answer {
	e164, err := msisdn.Normalise(t.Number)
	if err != nil {
		return g.turnAway(refusal.Foreign, "number.foreign")
	}
	extension, ok := g.service(t.Code)
	if !ok {
		return g.turnAway(refusal.Code, "service.unknown")
	}
	l := g.calls.line(e164, g.cfg.Now())
	l.mu.Lock()
	defer l.mu.Unlock()
	if k := g.calls.find(t.Session); k != nil { // the same start twice, at the same moment
		if k.line != l {
			g.stats.conflicts.Add(1)
			return g.sentence("error.internal")
		}
		if t, ok := k.chain.extend(t, k, g.cfg.Now()); ok {
			return g.turn(ctx, k, t)
		}
		k.countDrop()
	}
	return g.begin(ctx, t, l, extension)
}

// openOn opens a call anew under a session that another call had. Its line is
// held.
func (g *Gateway) openOn(ctx context.Context, t Turn, l *line) Answer {
	extension, ok := g.service(t.Code)
	if !ok {
		return g.turnAway(refusal.Code, "service.unknown")
	}
	return g.begin(ctx, t, l, extension)
}

// begin begins a call. Its line is held.
func (g *Gateway) begin(ctx context.Context, t Turn, l *line, extension string) Answer {
	now := g.cfg.Now()
	if a, slow := g.slow(ctx, l, now); slow {
		return a
	}
	k := &call{
		line: l, number: t.Number, memory: memory{seed: maphash.MakeSeed()}, content: g.prepared(), last: now, begun: now,
		count: g.cfg.Book.Meter().Hand(), operator: msisdn.Operator(l.e164),
	}
	var err error
	if k.person, err = g.cfg.Book.Person(ctx, l.e164); err != nil {
		g.cfg.Logger.Error("a caller's profile can't be read", "err", err)
		return g.sentence("error.internal")
	}
	k.person.Seen()
	known := t.Cumulative || t.Start || t.Transcript == ""
	dialled := g.dialled(t, known, extension, now)
	if !t.Cumulative {
		k.chain = newChain(t, known, now)
	}
	var step menu.Step
	if known {
		step = g.first(ctx, k, t, extension)
	} else {
		t.Transcript = k.chain.text
		step = g.lost(ctx, k, t)
	}
	l.current = k
	g.calls.add(t.Session, k)
	a := g.say(k, t.Transcript, step)
	if dialled {
		k.count.Dial()
	}
	return a
}

// first makes the first screen of a call: the start, a dropped call's offer,
// a direct dial walked, or a call rebuilt.
func (g *Gateway) first(ctx context.Context, k *call, t Turn, extension string) menu.Step {
	v := g.view(k)
	chain := t.Transcript
	if extension != "" {
		chain = strings.TrimSuffix(extension+"*"+chain, "*")
	}
	if chain != "" && !t.Cumulative {
		return g.walk(g.cfg.Menu.Start(v), splitChain(chain), v)
	}
	if chain != "" {
		return g.rebuild(ctx, k, t, chain)
	}
	if step, ok := g.offer(k.line, v); ok {
		return step
	}
	return g.cfg.Menu.Start(v)
}

// offer is "continue where you stopped", when the number's last call dropped
// less than 15 minutes ago.
func (g *Gateway) offer(l *line, v menu.View) (menu.Step, bool) {
	if c := l.current; c != nil && !c.over {
		l.dropped, l.droppedAt = &c.state, c.last
	}
	dropped := l.dropped
	l.current, l.dropped = nil, nil
	if dropped == nil || v.Now().Sub(l.droppedAt) > resumeWithin || dropped.Revision != v.Content().Revision() {
		return menu.Step{}, false
	}
	return g.cfg.Menu.Offer(*dropped, v)
}

// turn answers a turn of a call in memory. Its line is held.
func (g *Gateway) turn(ctx context.Context, k *call, t Turn) Answer {
	k.last = g.cfg.Now()
	k.line.used.Store(k.last.Unix())
	what, input, at := k.memory.read(t.Transcript)
	if what != readInput {
		g.stats.repeats.Add(1)
		g.turns.count(k.state.Screen, Repeated)
		if what == readRepeat {
			k.count.Stand(k.last, k.by())
			k.count.Repeat()
		}
		return k.memory.answer(at)
	}
	v := g.view(k)
	k.keys++
	step := g.cfg.Menu.Next(k.state, input, v)
	if step.Act.Deed != civic.NoDeed {
		step = g.act(ctx, k, t, step, v)
	}
	return g.say(k, t.Transcript, step)
}

// say remembers a step and gives its answer.
func (g *Gateway) say(k *call, transcript string, step menu.Step) Answer {
	begun := k.last
	k.state, k.line.lang = step.State, step.State.Lang
	k.last = g.cfg.Now()
	k.count.Stand(k.last, k.by())
	k.count.Took(k.last.Sub(begun))
	g.turns.time(k.last.Sub(begun))
	if step.Invalid {
		k.did = Invalid
	}
	g.turns.count(step.State.Screen, k.did)
	k.did = Shown
	if k.over = step.Screen.End; k.over || k.recorded {
		k.countReached()
	}
	k.memory.keep(transcript, step.Screen.Text, step.Screen.End)
	return Answer{Text: step.Screen.Text, End: step.Screen.End}
}

// act carries out what a step asks, then lets the dialogue speak: save, then
// speak.
func (g *Gateway) act(ctx context.Context, k *call, t Turn, step menu.Step, v menu.View) menu.Step {
	if step.Act.Deed == civic.CheckReceipt {
		out, err := g.cfg.Book.Receipt(ctx, step.Act.Text)
		if err != nil {
			g.cfg.Logger.Error("a receipt can't be looked up", "err", err)
		}
		return g.cfg.Menu.After(step.State, out, v)
	}
	if a := step.Act; a.Deed == civic.AnswerApart {
		g.cfg.Book.CountApart(civic.ApartAt{Consultation: a.Consultation, Commune: a.Citizen.Commune, Question: a.Question}, a.Reply)
		return g.cfg.Menu.After(step.State, civic.Outcome{}, v)
	}
	step, ok := g.mayVote(ctx, k, step)
	if !ok {
		return step
	}
	wasKnown := k.person.Citizen().Known
	out, err := g.cfg.Book.Commit(ctx, store.Deed{
		ID:         g.event(k, t),
		Person:     k.person,
		Act:        step.Act,
		Channel:    civic.ChannelUSSD,
		SessionKey: g.position(t.Session),
		Session: func(out civic.Outcome) []byte {
			after := g.cfg.Menu.After(step.State, out, v)
			return g.encodePosition(k.line.e164, t, step.State.Screen, after.State)
		},
	})
	if err != nil {
		g.cfg.Logger.Error("not recorded", "deed", step.Act.Deed, "verdict", out.Verdict, "err", err)
		g.stats.failed.Add(1)
		k.did = NotRecorded
	} else {
		g.stats.recorded.Add(1)
		k.did = Recorded
		if out.Verdict == civic.Noted || out.Verdict == civic.Changed || out.Verdict == civic.Same {
			k.recorded = true
		}
		g.watch(k, step.Act, wasKnown, out)
	}
	return g.cfg.Menu.After(step.State, out, v)
}

// event is the ID of the command a turn causes: the same callback again has
// the same one.
func (g *Gateway) event(k *call, t Turn) store.ID {
	if k.chain.salt != "" {
		return store.ID(g.cfg.Keys.Event("ussd", g.cfg.Provider, t.Session, t.Transcript, k.chain.salt))
	}
	return store.ID(g.cfg.Keys.Event("ussd", g.cfg.Provider, t.Session, t.Transcript))
}

// service finds the longest code in service that was dialled, and what
// follows it: *384*55*1*2# is *384*55# and "1*2".
func (g *Gateway) service(dialled string) (extension string, ok bool) {
	dialled = strings.TrimSuffix(strings.TrimSpace(dialled), "#")
	longest := -1
	for _, code := range g.cfg.Codes {
		code = strings.TrimSuffix(code, "#")
		if len(code) <= longest {
			continue
		}
		if dialled == code {
			extension, longest, ok = "", len(code), true
		} else if rest, found := strings.CutPrefix(dialled, code+"*"); found {
			extension, longest, ok = rest, len(code), true
		}
	}
	return extension, ok
}

// Ended notes a provider's end-of-session event. The design does not depend
// on it: a captured run had none.
func (g *Gateway) Ended(e End) {
	g.stats.count(e)
	k := g.calls.find(e.Session)
	if k == nil {
		return
	}
	k.line.mu.Lock()
	defer k.line.mu.Unlock()
	k.ended = true
	if l := k.line; l.current == k && !k.over {
		l.dropped, l.droppedAt, l.current = &k.state, k.last, nil
	}
}

func (g *Gateway) sentence(key string) Answer {
	return Answer{Text: g.cfg.Menu.Sentence(key, g.cfg.Lang), End: true}
}

// Sentence is one sentence that ends a call, for the handler.
func (g *Gateway) Sentence(key string) Answer { return g.sentence(key) }

// prepared is the present content, spelled and laid out once per revision.
func (g *Gateway) prepared() *menu.Content {
	now := g.cfg.Book.Content()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.source != now {
		g.content = g.cfg.Menu.Prepare(menu.Source{Revision: now.Revision, Plans: now.Plans, Territory: now.Territory})
		g.source = now
	}
	return g.content
}

// errNoPosition says that a stored position can't be read back.
var errNoPosition = errors.New("unreadable position")
