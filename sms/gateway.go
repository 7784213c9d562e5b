package sms

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/jamakan/jamakan/callback/refusal"
	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/civic/msisdn"
	"github.com/jamakan/jamakan/gsm"
	"github.com/jamakan/jamakan/sms/command"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/outbox"
	"github.com/jamakan/jamakan/store/secret"
	"github.com/jamakan/jamakan/store/unusual"
)

// Config is what one provider's gateway is made of.
type Config struct {
	Provider string
	Book     *store.Book
	Keys     *secret.Keys
	Dialogue *command.Dialogue // spelled for this provider's phones
	Sender   *Sender           // told of reports; may be nil
	Limits   Limits
	Refused  *refusal.Channel // counts who was turned away; nil: nobody counts
	Unusual  *unusual.Watch   // looks at ballots as they pass; nil: nobody looks
	Now      func() time.Time
	Logger   *slog.Logger
}

// Gateway takes what one provider delivers. It is safe for concurrent use.
type Gateway struct {
	cfg   Config
	seed  maphash.Seed
	lines [1024]sync.Mutex // texts of one number are answered one after the other
	stats Stats
}

// New makes a gateway.
func New(cfg Config) *Gateway { return &Gateway{cfg: cfg, seed: maphash.MakeSeed()} }

// Receive takes one text. nil: what it brought is on disk, or was before. An
// error says that it is not, and that the provider should deliver it again.
func (g *Gateway) Receive(ctx context.Context, in Inbound) error {
	g.stats.texts.Add(1)
	if !g.cfg.Limits.AllTexts.May(g.cfg.Now()) {
		return g.busy()
	}
	e164, err := msisdn.Normalise(in.From)
	if err != nil {
		// A name, a short code, a foreign number: nobody we may answer.
		g.stats.strangers.Add(1)
		g.turnAway(refusal.Foreign)
		return g.stray(ctx, in, "sender")
	}
	if in.Parts > 1 {
		return g.part(ctx, in, e164)
	}
	return g.text(ctx, in, e164, g.event(in), nil)
}

// event is the ID of the command a text causes: the same text again has the
// same one.
func (g *Gateway) event(in Inbound) store.ID {
	if in.ID != "" {
		return store.ID(g.cfg.Keys.Event("sms", g.cfg.Provider, "id", in.ID))
	}
	at := in.At
	if at.IsZero() {
		at = g.cfg.Now()
	}
	minute := strconv.FormatInt(at.Unix()/60, 10)
	return store.ID(g.cfg.Keys.Event("sms", g.cfg.Provider, "text", in.From, in.To, in.Text, minute))
}

// text answers one whole text. drop are the parts it came in.
func (g *Gateway) text(ctx context.Context, in Inbound, e164 string, id store.ID, drop []store.Key) error {
	line := &g.lines[maphash.String(g.seed, e164)%uint64(len(g.lines))]
	line.Lock()
	defer line.Unlock()
	if _, done, err := g.cfg.Book.Reply(ctx, id); err != nil {
		return err
	} else if done {
		g.stats.repeats.Add(1)
		return nil
	}
	if len(in.Text) > store.MaxFeedback {
		if err := g.stray(ctx, in, "length"); err != nil {
			return err
		}
		in.Text = uncut(in.Text[:store.MaxFeedback])
	}
	person, err := g.cfg.Book.Person(ctx, e164)
	if err != nil {
		return err
	}
	person.Seen()
	kept, err := person.Talk(ctx)
	if err != nil {
		g.cfg.Logger.Warn("a conversation can't be read; it starts again", "err", err)
	}
	v := view{g, person, g.cfg.Now()}
	step := g.cfg.Dialogue.Next(in.Text, command.ParseTalk(kept), v)
	step, silent, err := g.slow(ctx, in, e164, step)
	if err != nil || silent {
		return err
	}
	wasKnown := person.Citizen().Known
	out, err := g.act(ctx, person, step, v, id, drop)
	if err != nil {
		return err
	}
	g.watch(e164, v.now, step.Act, wasKnown, out)
	g.countText(e164, step)
	return nil
}

// uncut drops the beginning of a letter that was cut in two.
func uncut(text string) string {
	for len(text) > 0 && !utf8.ValidString(text[max(0, len(text)-utf8.UTFMax):]) {
		text = text[:len(text)-1]
	}
	return text
}

// act records what a text asks for, and its answer with it.
func (g *Gateway) act(ctx context.Context, person *store.Person, step command.Step, v view, id store.ID, drop []store.Key) (civic.Outcome, error) {
	if step.Erase {
		if err := g.cfg.Book.EraseTexts(ctx, person); err != nil {
			return civic.Outcome{}, err
		}
	}
	var found *civic.Outcome
	if step.Check != "" {
		out, err := g.cfg.Book.Receipt(ctx, step.Check)
		if err != nil {
			return out, err
		}
		found = &out
	}
	say := func(out civic.Outcome) command.Answer {
		if found != nil {
			out = *found
		}
		return g.cfg.Dialogue.After(step, out, v)
	}
	out, err := g.cfg.Book.Commit(ctx, store.Deed{
		ID: id, Person: person, Act: step.Act, Channel: civic.ChannelSMS, SessionKey: person.TalkKey(), Drop: drop,
		Session: func(out civic.Outcome) []byte { return person.SealTalk(say(out).Talk.Marshal()) },
		Letters: func(out civic.Outcome) []store.Letter { return g.letters(say(out)) },
	})
	if err != nil {
		g.stats.failed.Add(1)
		g.cfg.Logger.Error("a text is not recorded; the provider will deliver it again", "kind", step.Kind, "verdict", out.Verdict, "err", err)
		return out, err
	}
	g.stats.count(step)
	return out, nil
}

// letters is the answer as a message of the outbox.
func (g *Gateway) letters(a command.Answer) []store.Letter {
	if a.Text == "" {
		return nil
	}
	purpose := outbox.Answer
	if a.Receipt {
		purpose = outbox.Receipt
	}
	return []store.Letter{Letter(g.cfg.Provider, purpose, a.Text)}
}

// Letter measures a text that leaves by a provider.
func Letter(provider string, purpose outbox.Purpose, text string) store.Letter {
	alphabet, units, segments := gsm.Count(text)
	return store.Letter{Provider: provider, Purpose: purpose, Text: text, Alphabet: alphabet.String(), Units: units, Segments: segments}
}

// stray keeps, sealed, what is no citizen's text.
func (g *Gateway) stray(ctx context.Context, in Inbound, reason string) error {
	raw, err := json.Marshal(in)
	if err != nil {
		return err
	}
	id := g.event(in)
	id[0] ^= 0x80 // beside the text's own command
	return g.cfg.Book.KeepStray(ctx, id, g.cfg.Provider, reason, raw)
}

// unreadable keeps a callback that can't be read, as it came.
func (g *Gateway) unreadable(ctx context.Context, kind string, body []byte) error {
	g.stats.malformed.Add(1)
	id := store.ID(g.cfg.Keys.Event("sms", g.cfg.Provider, "unreadable", kind, string(body)))
	return g.cfg.Book.KeepStray(ctx, id, g.cfg.Provider, kind, body)
}

// Report takes a delivery report. nil: it is on disk.
func (g *Gateway) Report(ctx context.Context, r Report) error {
	g.stats.reports.Add(1)
	if r.Fate.State == "" {
		g.stats.oddStatus.Add(1)
	}
	if r.OptedOut {
		if err := g.Notice(ctx, Notice{Number: r.Number, Stop: true}); err != nil {
			return err
		}
	}
	fate, err := g.cfg.Book.Report(ctx, g.cfg.Provider, r.ID, r.Fate)
	if err != nil {
		return err
	}
	if fate == store.ReportParked {
		g.stats.orphans.Add(1)
		if g.cfg.Sender != nil {
			g.cfg.Sender.orphan(ctx, r)
		}
	}
	return nil
}

// Notice takes a number's wish that the provider tells.
func (g *Gateway) Notice(ctx context.Context, n Notice) error {
	e164, err := msisdn.Normalise(n.Number)
	if err != nil {
		return nil //nolint:nilerr // nobody we ever write to
	}
	g.stats.notices.Add(1)
	return wish(ctx, g.cfg.Book, g.cfg.Keys, e164, n.Stop, g.cfg.Now())
}

// wish records that a number wants silence, or news.
func wish(ctx context.Context, book *store.Book, keys *secret.Keys, e164 string, stop bool, now time.Time) error {
	person, err := book.Person(ctx, e164)
	if err != nil {
		return err
	}
	c := person.Citizen()
	c.News = civic.NewsYes
	if stop {
		c.News = civic.NewsStopped
	}
	if c == person.Citizen() {
		return nil
	}
	_, err = book.Commit(ctx, store.Deed{
		ID:     store.ID(keys.Event("sms", "wish", e164, strconv.FormatBool(stop), strconv.FormatInt(now.UnixNano(), 10))),
		Person: person, Act: civic.Act{Deed: civic.SaveProfile, Citizen: c}, Channel: civic.ChannelSMS,
	})
	return err
}

// view is what the dialogue may read of one number.
type view struct {
	g      *Gateway
	person *store.Person
	now    time.Time
}

func (v view) Now() time.Time          { return v.now }
func (v view) Content() *civic.Content { return v.g.cfg.Book.Content() }
func (v view) Citizen() civic.Citizen  { return v.person.Citizen() }

func (v view) Voted(consultation string) (time.Time, civic.Code, bool) {
	return v.person.Voted(consultation)
}

func (v view) Standing(consultation string, commune civic.Code) civic.Standing {
	return v.g.cfg.Book.Standing(consultation, commune)
}

// part keeps one part of a long text, and answers the whole once all are
// there.
func (g *Gateway) part(ctx context.Context, in Inbound, e164 string) error {
	if in.Part < 1 || in.Part > in.Parts || in.Parts > store.MaxParts {
		in.Parts = 0 // not parts as we know them: a text of its own
		return g.text(ctx, in, e164, g.event(in), nil)
	}
	group := g.cfg.Book.Group("sms parts", g.cfg.Provider, e164, in.To, in.Ref, strconv.Itoa(in.Parts))
	at := in.At
	if at.IsZero() {
		at = g.cfg.Now()
	}
	for _, near := range []time.Time{at, at.Add(-refLife), at.Add(refLife)} {
		if _, done, err := g.cfg.Book.Reply(ctx, g.whole(group, near)); err != nil || done {
			return err // the whole was answered; this part is a repeat
		}
	}
	all, err := g.cfg.Book.KeepPart(ctx, group, in.Part, store.Part{At: at, From: e164, To: in.To, Text: in.Text, Of: in.Parts})
	if err != nil || len(all) < in.Parts {
		return err
	}
	return g.joined(ctx, group, all, g.whole(group, at))
}

// refLife is how long a long text's reference means the same text: phones use
// one again after 256 long texts.
const refLife = 6 * time.Hour

// whole is the ID of the command that a text in parts causes.
func (g *Gateway) whole(group [16]byte, at time.Time) store.ID {
	return store.ID(g.cfg.Keys.Event("sms joined", g.cfg.Keys.Inner(group), strconv.FormatInt(at.Unix()/int64(refLife.Seconds()), 10)))
}

// joined answers a text from its parts; what is missing is marked.
func (g *Gateway) joined(ctx context.Context, group [16]byte, parts map[int]store.Part, id store.ID) error {
	var first store.Part
	var text strings.Builder
	of := 0
	for _, p := range parts {
		of = max(of, p.Of)
	}
	for n := 1; n <= of; n++ {
		p, ok := parts[n]
		if !ok {
			text.WriteString(missingPart)
			continue
		}
		if first.From == "" {
			first = p
		}
		text.WriteString(p.Text)
	}
	in := Inbound{From: first.From, To: first.To, Text: text.String(), At: first.At}
	return g.text(ctx, in, first.From, id, store.PartKeys(group, of))
}

// missingPart stands where a part never came.
const missingPart = " [...] "

// partsWait is how long parts wait for each other.
const partsWait = 30 * time.Minute

// Sweep answers texts whose parts all came before a crash, and those whose
// last parts never came.
func (g *Gateway) Sweep(ctx context.Context) error {
	return g.cfg.Book.WaitingParts(ctx, func(group [16]byte, parts map[int]store.Part) error {
		var last time.Time
		of, from := 0, ""
		for _, p := range parts {
			of, from = max(of, p.Of), p.From
			if p.At.After(last) {
				last = p.At
			}
		}
		if from == "" || len(parts) < of && g.cfg.Now().Sub(last) < partsWait {
			return nil
		}
		return g.joined(ctx, group, parts, g.whole(group, last))
	})
}

// errDefect is a defect of ours while a callback was taken.
var errDefect = errors.New("defect")

// guarded turns a defect of ours into an error: the provider delivers again,
// and nothing is lost.
func (g *Gateway) guarded(what string, f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			g.cfg.Logger.Error("defect while taking a callback", "what", what, "panic", fmt.Sprint(p))
			err = errDefect
		}
	}()
	return f()
}
