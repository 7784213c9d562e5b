package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store/outbox"
)

// Deed is one act of a person, with what must be recorded together with it.
type Deed struct {
	ID      ID // of the message that caused it: the same message again changes nothing
	Person  *Person
	Act     civic.Act
	Channel civic.Channel
	// SessionKey and Session record where the call stands after the act, in
	// the same command. Session is pure and may be called again.
	SessionKey Key
	Session    func(civic.Outcome) []byte
	// Letters are the SMS that the act causes, committed with it. It is pure
	// and may be called again.
	Letters func(civic.Outcome) []Letter
	// Drop is deleted in the same command: the parts a long text came in.
	Drop []Key

	said   *civic.Outcome    // of an act that the rules forbade
	seq    int64             // of its first letter
	salt   [16]byte          // of its letters' references
	posted *[]outbox.Message // the letters as the last run of the command made them
	merged *civic.Citizen    // the profile as that run left it

	opinions []Key // that the command changes
}

// MaxLetters is how many SMS one act may cause.
const MaxLetters = 4

// MaxFeedback is the longest opinion kept whole, in bytes.
const MaxFeedback = 16 << 10

// Commit carries out an act as one command. A repeat of the same ID gives the
// first outcome again. What the rules forbid (closed meanwhile, another
// commune) is an outcome without an error, and nothing is written. ErrRefused
// comes with NotNoted; ErrUnknown with Unsure.
func (b *Book) Commit(ctx context.Context, d Deed) (civic.Outcome, error) {
	var posted []outbox.Message
	d.posted, d.merged = &posted, &civic.Citizen{}
	if d.Letters != nil {
		d.seq = b.sequence()
		if _, err := io.ReadFull(rand.Reader, d.salt[:]); err != nil {
			return civic.Outcome{Verdict: civic.NotNoted}, err
		}
	}
	cmd, err := b.command(&d)
	if err != nil {
		return civic.Outcome{Verdict: civic.NotNoted}, err
	}
	result, err := b.engine.Do(ctx, cmd)
	var no forbidden
	switch {
	case err == nil:
		if !result.Repeat {
			b.announce(posted)
			b.inbox.touch(b, d.opinions...)
		}
	case errors.As(err, &no):
		if d.Letters == nil {
			return no.outcome, nil
		}
		// What the rules forbid is not recorded; the answer to her text is.
		d.Act = civic.Act{Deed: civic.JustAnswer, Citizen: d.Person.Citizen()}
		d.said = &no.outcome
		return b.Commit(ctx, d)
	case errors.Is(err, ErrUnknown):
		return civic.Outcome{Verdict: civic.Unsure}, err
	default:
		return civic.Outcome{Verdict: civic.NotNoted}, err
	}
	out, err := decodeOutcome(result.Reply)
	if err != nil {
		return civic.Outcome{Verdict: civic.Unsure}, err
	}
	switch {
	case d.Act.Deed == civic.EraseMe:
		d.Person.now(civic.Citizen{})
	case d.merged.Known:
		d.Person.now(*d.merged)
	}
	return out, nil
}

// forbidden is a decision of the rules: nothing is written, and the citizen is
// told why.
type forbidden struct{ outcome civic.Outcome }

func (f forbidden) Error() string { return fmt.Sprintf("verdict %d", f.outcome.Verdict) }

func no(v civic.Verdict) error { return forbidden{civic.Outcome{Verdict: v}} }

// command makes the command of an act.
func (b *Book) command(told *Deed) (Command, error) {
	d := *told
	switch d.Act.Deed {
	case civic.CastBallot:
		return b.cast(d)
	case civic.DeclareGroup:
		return b.declare(d)
	case civic.GiveFeedback:
		return b.feedback(told)
	case civic.SaveProfile:
		return b.save(told)
	case civic.JustAnswer:
		return Command{ID: d.ID, Decide: func(v View) (Change, error) {
			out := civic.Outcome{Verdict: civic.Noted}
			if d.said != nil {
				out = *d.said
			}
			return b.with(d, v, Change{}, out)
		}}, nil
	case civic.EraseMe:
		return Command{ID: d.ID, Decide: func(v View) (Change, error) {
			c := Change{Delete: []Key{CitizenKey(d.Person.key), ContactKey(d.Person.key)}}
			return b.with(d, v, c, civic.Outcome{Verdict: civic.Noted})
		}}, nil
	}
	return Command{}, fmt.Errorf("%w: deed %d is not recorded", ErrBounds, d.Act.Deed)
}

// with adds to a change what every act records: the profile, the call's
// position, and the outcome as the reply.
func (b *Book) with(d Deed, v View, c Change, out civic.Outcome) (Change, error) {
	c, err := b.profile(d, v, c)
	if err != nil {
		return c, err
	}
	c.Delete = append(c.Delete, d.Drop...)
	if c, err = b.letters(d, v, c, out); err != nil {
		return c, err
	}
	if d.SessionKey != "" {
		c.Put = append(c.Put, Put{d.SessionKey, d.Session(out)})
	}
	c.Reply, err = encodeOutcome(out)
	return c, err
}

// profile adds what an act changes of the profile to its change. Only that:
// the dialogue may have read the profile minutes ago, and the other channel
// may have recorded a STOP since.
func (b *Book) profile(d Deed, v View, c Change) (Change, error) {
	if d.Act.Deed == civic.JustAnswer || d.Act.Deed == civic.EraseMe {
		return c, nil
	}
	var now civic.Citizen
	var last month
	stored, ok := v.Get(CitizenKey(d.Person.key))
	if ok {
		var err error
		if now, last, err = readProfile(stored); err != nil {
			return c, err
		}
	}
	merged := merge(now, d.Person.Citizen(), d.Act.Citizen)
	*d.merged = merged
	this := monthOf(v.Now())
	if ok && merged == now && last >= this {
		return c, nil
	}
	encoded, err := encodeProfile(merged, max(last, this))
	c.Put = append(c.Put, Put{CitizenKey(d.Person.key), encoded})
	return c, err
}

// merge is a profile as stored, with what was wanted otherwise than it was
// when the dialogue read it.
func merge(stored, was, want civic.Citizen) civic.Citizen {
	stored.Known = true
	if want.Lang != was.Lang || stored.Lang == "" {
		stored.Lang = want.Lang
	}
	if want.Commune != was.Commune || stored.Commune == "" {
		stored.Commune = want.Commune
	}
	if want.Sex != was.Sex {
		stored.Sex = want.Sex
	}
	if want.Age != was.Age {
		stored.Age = want.Age
	}
	if want.News != was.News {
		stored.News = want.News
	}
	stored.Asked = stored.Asked || want.Asked
	return stored
}

// cast makes the command of a ballot.
func (b *Book) cast(d Deed) (Command, error) {
	content := b.Content()
	c, plan := content.Consultation(d.Act.Consultation)
	voting, ok := d.Person.voting(d.Act.Consultation)
	voter := voting.id
	if c == nil || !ok {
		return Command{}, fmt.Errorf("%w: no consultation %q", ErrBounds, d.Act.Consultation)
	}
	number, err := b.engine.Reserve()
	if err != nil {
		return Command{}, err
	}
	code := civic.FormatReceipt(b.keys.Receipt(number))
	nonce, err := b.nonce()
	if err != nil {
		return Command{}, err
	}
	mine := VoterKey(c.Code, voter)
	reads := []Key{mine, PlanKey(plan.Code), CitizenKey(d.Person.key)}
	siblings := b.siblings(d, plan, c.Code)
	reads = append(reads, siblings...)
	return Command{ID: d.ID, Reads: reads, Decide: func(v View) (Change, error) {
		c, err := b.openConsultation(v, plan.Code, c.Code)
		if err != nil {
			return Change{}, err
		}
		if c.Check(d.Act.Marks) != nil {
			return Change{}, no(civic.NotAllowed)
		}
		r := civic.Record{
			Kind: civic.Cast, Consultation: c.Code, Voter: voter, Place: d.Act.Citizen.Commune, Marks: d.Act.Marks,
			Group:   civic.Group{Channel: d.Channel, Lang: d.Act.Citizen.Lang, Sex: d.Act.Citizen.Sex, Age: d.Act.Citizen.Age},
			Receipt: number, Nonce: nonce, Event: voting.key.Event(d.ID),
		}
		out := civic.Outcome{Verdict: civic.Noted, Code: code, At: c.LastDay(), First: true}
		if err := replace(v, mine, siblings, &r, &out); err != nil {
			return Change{}, err
		}
		if !c.Covers(r.Place) {
			return Change{}, no(civic.NotAllowed)
		}
		return b.with(d, v, Change{Append: []civic.Record{r}}, out)
	}}, nil
}

// siblings are this person's ballots in the plan's other consultations: a
// number votes in one commune per plan.
func (b *Book) siblings(d Deed, plan *civic.Plan, except string) []Key {
	var keys []Key
	for i := range plan.Consultations {
		other := plan.Consultations[i].Code
		if id, ok := d.Person.voter(other); ok && other != except && len(keys) < MaxReads-4 {
			keys = append(keys, VoterKey(other, id))
		}
	}
	return keys
}

// replace makes a record take the place of the voter's earlier one, and keeps
// it in the commune of the number's first ballot in the plan.
func replace(v View, mine Key, siblings []Key, r *civic.Record, out *civic.Outcome) error {
	if encoded, voted := v.Get(mine); voted {
		was, err := DecodeEntry(encoded)
		if err != nil {
			return err
		}
		r.Replaces, r.First = was.Seq, was.First
		if r.First == 0 {
			r.First = r.Replaces
		}
		r.Place = was.Place
		out.Verdict, out.First, out.Place = civic.Changed, false, was.Place
		return nil
	}
	for _, k := range siblings {
		if encoded, voted := v.Get(k); voted {
			was, err := DecodeEntry(encoded)
			if err != nil {
				return err
			}
			r.Place, out.Place = was.Place, was.Place
			return nil
		}
	}
	return nil
}

// openConsultation reads a consultation as it is now, if it takes ballots.
func (b *Book) openConsultation(v View, plan, code string) (*civic.Consultation, error) {
	stored, ok := v.Get(PlanKey(plan))
	if !ok {
		return nil, no(civic.NotAllowed)
	}
	p, err := b.read(plan, stored)
	if err != nil {
		return nil, err
	}
	c := p.Consultation(code)
	if c == nil {
		return nil, no(civic.NotAllowed)
	}
	switch c.State(v.Now()) {
	case civic.NotOpen:
		return nil, no(civic.TooEarly)
	case civic.Closed:
		return nil, no(civic.TooLate)
	case civic.Annulled:
		return nil, no(civic.Cancelled)
	}
	if !p.MayVote(c, v.Now()) {
		return nil, no(civic.NotAllowed)
	}
	return c, nil
}

// read is the plan that stored bytes hold: the one in memory when it was read
// from the same bytes, as it nearly always is.
func (b *Book) read(code string, stored []byte) (*civic.Plan, error) {
	if known, ok := (*b.plans.Load())[code]; ok && bytes.Equal(known.raw, stored) {
		return known.plan, nil
	}
	p := &civic.Plan{}
	if err := json.Unmarshal(stored, p); err != nil {
		return nil, fmt.Errorf("plan %s: %w: %w", code, ErrCorrupt, err)
	}
	return p, nil
}

func (b *Book) nonce() (n [16]byte, err error) {
	_, err = io.ReadFull(b.opts.Rand, n[:])
	return n, err
}

// declare makes the command of sex and age: into the profile, and moving the
// ballots that count in open consultations to their group.
func (b *Book) declare(d Deed) (Command, error) {
	now := b.opts.Now()
	var mine []Key
	var events []ID
	for _, c := range b.Content().Consultations() {
		if v, ok := d.Person.voting(c.Code); ok && c.State(now) == civic.Open && len(mine) < MaxReads-1 {
			mine, events = append(mine, VoterKey(c.Code, v.id)), append(events, v.key.Event(d.ID))
		}
	}
	nonce, err := b.nonce()
	if err != nil {
		return Command{}, err
	}
	reads := append(slices.Clone(mine), CitizenKey(d.Person.key))
	return Command{ID: d.ID, Reads: reads, Decide: func(v View) (Change, error) {
		var change Change
		first := true
		if stored, ok := v.Get(CitizenKey(d.Person.key)); ok {
			was, err := decodeProfile(stored)
			if err != nil {
				return change, err
			}
			first = !was.Asked
		}
		for i, k := range mine {
			encoded, voted := v.Get(k)
			if !voted {
				continue
			}
			was, err := DecodeEntry(encoded)
			if err != nil {
				return change, err
			}
			r := was
			r.Kind, r.Event = civic.Declare, events[i]
			r.Group.Sex, r.Group.Age = d.Act.Citizen.Sex, d.Act.Citizen.Age
			if r.Group == was.Group {
				continue
			}
			r.Replaces = was.Seq
			if r.First == 0 {
				r.First = r.Replaces
			}
			r.Nonce = nonce
			r.Nonce[0] ^= byte(i)
			change.Append = append(change.Append, r)
		}
		return b.with(d, v, change, civic.Outcome{Verdict: civic.Noted, First: first})
	}}, nil
}

// opinion is a feedback as stored. It holds no citizen key in the clear: From
// is one, sealed, so that the coordinator's answer can find the number. What
// the desk adds is optional: opinions from before it read the same.
type opinion struct {
	At      time.Time            `json:"at"`
	Commune civic.Code           `json:"commune"`
	Lang    string               `json:"lang"`
	Topic   string               `json:"topic"`
	Channel civic.Channel        `json:"channel"`
	Text    []byte               `json:"text"` // as received, whatever its bytes
	Status  civic.FeedbackStatus `json:"status"`
	From    []byte               `json:"from"`

	Kind     civic.FeedbackKind `json:"kind,omitempty"` // "": as the topic says
	Project  string             `json:"project,omitempty"`
	Labels   []string           `json:"labels,omitempty"`
	Assignee string             `json:"assignee,omitempty"`
	Summary  string             `json:"summary,omitempty"`
	Reason   string             `json:"reason,omitempty"` // why it was closed
	Replies  []reply            `json:"replies,omitempty"`
	Steps    []Step             `json:"steps,omitempty"`
	Seen     time.Time          `json:"seen,omitzero"`
	Answered time.Time          `json:"answered,omitzero"`
	Lapsed   time.Time          `json:"lapsed,omitzero"` // its words are not kept any more
	Closed   time.Time          `json:"closed,omitzero"`
}

// reference reserves the reference of an opinion. One that an opinion has
// already is passed over: before the engine remembered reservations, a restart
// gave them again.
func (b *Book) reference() (string, error) {
	for {
		number, err := b.engine.Reserve()
		if err != nil {
			return "", err
		}
		reference, taken := civic.FormatReceipt(b.keys.Receipt(number)), false
		err = b.engine.View(context.Background(), func(s Snapshot) error {
			_, taken, err = b.stored(s, reference)
			return err
		})
		if err != nil || !taken {
			return reference, err
		}
	}
}

// feedback makes the command of an opinion.
func (b *Book) feedback(told *Deed) (Command, error) {
	d := *told
	text := d.Act.Text
	if text == "" || len(text) > MaxFeedback {
		return Command{}, fmt.Errorf("%w: an opinion of %d bytes", ErrBounds, len(text))
	}
	reference, err := b.reference()
	if err != nil {
		return Command{}, err
	}
	told.opinions = []Key{b.feedbackKey(reference)}
	from, err := b.keys.Seal([]byte(reference), d.Person.key[:])
	if err != nil {
		return Command{}, err
	}
	contact, err := b.keys.Seal(d.Person.key[:], []byte(d.Person.e164))
	if err != nil {
		return Command{}, err
	}
	return Command{ID: d.ID, Reads: []Key{CitizenKey(d.Person.key)}, Decide: func(v View) (Change, error) {
		encoded, err := json.Marshal(opinion{
			At: v.Now(), Commune: d.Act.Citizen.Commune, Lang: d.Act.Citizen.Lang, Topic: d.Act.Topic,
			Channel: d.Channel, Text: []byte(text), Status: civic.Received, From: from,
		})
		if err != nil {
			return Change{}, err
		}
		change := Change{Put: []Put{{b.feedbackKey(reference), encoded}, {ContactKey(d.Person.key), contact}}}
		return b.with(d, v, change, civic.Outcome{Verdict: civic.Noted, Code: reference, At: v.Now()})
	}}, nil
}
