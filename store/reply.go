package store

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/civic/msisdn"
	"github.com/jamakan/jamakan/store/outbox"
)

// Answer is what a coordinator answers to a text.
type Answer struct {
	Form    string // of the page it was typed on: the same form sends once
	Text    string // as typed
	Lang    string
	Verdict Verdict // of a rumour
}

// ErrVerdict: a rumour is answered with what was found out, and nothing else
// is.
var ErrVerdict = errors.New("a rumour is answered with a verdict, and only a rumour")

// AnswerText answers a text: the reply, the SMS that carries it, and the line
// of the journal are one command. The same form again sends nothing. spell
// makes the SMS as the channel writes it. A number that said STOP still gets
// the answer to its own text. ErrErased and ErrNoSender say why nobody can be
// answered.
func (b *Book) AnswerText(ctx context.Context, who, reference string, a Answer, spell func(lang, text string) ([]Letter, error)) error {
	text, err := Sayable(a.Text)
	if err != nil {
		return err
	}
	a.Text = text
	if a.Form == "" || len(a.Form) > 64 {
		return fmt.Errorf("%w: an answer without its form", ErrBounds)
	}
	key, o, err := b.find(ctx, reference)
	if err != nil {
		return err
	}
	owner, err := b.owner(b.referenceOf(key), &o)
	if err != nil {
		return err
	}
	letters, err := spell(a.Lang, a.Text)
	if err != nil {
		return err
	}
	if len(letters) == 0 || len(letters) > MaxLetters {
		return fmt.Errorf("%w: %d messages for one answer", ErrBounds, len(letters))
	}
	posting := &posting{b: b, who: who, key: key, owner: owner, answer: a, letters: letters, seq: b.sequence(), line: b.journalSequence()}
	posting.id = ID(b.keys.Event("answer", b.referenceOf(key), a.Form))
	result, err := b.engine.Do(ctx, Command{ID: posting.id, Reads: []Key{key, ContactKey(owner)}, Decide: posting.decide})
	if errors.Is(err, errSame) {
		return nil
	}
	if err != nil {
		return err
	}
	b.inbox.touch(b, key)
	if !result.Repeat {
		b.announce(posting.posted)
	}
	return nil
}

// posting is an answer being recorded.
type posting struct {
	b       *Book
	id      ID
	who     string
	key     Key
	owner   [16]byte
	answer  Answer
	letters []Letter
	seq     int64 // of its first letter
	line    int64 // of the journal
	posted  []outbox.Message
}

// decide makes the change. It may run again.
func (p *posting) decide(v View) (Change, error) {
	p.posted = p.posted[:0]
	o, err := living(v, p.key)
	if err != nil {
		return Change{}, err
	}
	rumour := o.kind() == civic.Rumour
	if rumour != (p.answer.Verdict != NoVerdict) {
		return Change{}, ErrVerdict
	}
	e164, err := p.b.number(v, p.b.referenceOf(p.key), &o, p.owner)
	if err != nil {
		return Change{}, err
	}
	var puts []Put
	for i, l := range p.letters {
		ref := p.b.keys.Event("letter", string(p.id[:]), strconv.Itoa(i))
		m, err := p.b.message(hex.EncodeToString(ref[:]), e164, l, v.Now())
		if err != nil {
			return Change{}, err
		}
		m.Seq = p.seq + int64(i)
		put, err := putMessage(m)
		if err != nil {
			return Change{}, err
		}
		puts, p.posted = append(puts, put), append(p.posted, m)
	}
	for _, r := range o.Replies {
		if r.Ref == p.posted[0].Ref { // its form came back after the command was forgotten
			return Change{}, errSame
		}
	}
	note := p.reply(v, &o)
	c, err := p.b.kept(v, p.key, &o, p.line, p.who, "text.answer", note)
	c.Put = append(c.Put, puts...)
	return c, err
}

// reply adds the answer to the text, and says in a few words what it was. A
// rumour that is still being checked keeps waiting.
func (p *posting) reply(v View, o *opinion) (note string) {
	segments := 0
	for _, l := range p.letters {
		segments += l.Segments
	}
	o.Replies = append(o.Replies, reply{
		At: v.Now(), By: p.who, Text: p.answer.Text, Lang: p.answer.Lang, Verdict: p.answer.Verdict,
		Ref: p.posted[0].Ref, Place: place(p.posted[0]),
	})
	if o.Seen.IsZero() {
		o.Seen = v.Now()
	}
	switch p.answer.Verdict {
	case Unchecked:
		if o.Status != civic.Replied {
			o.Status = civic.Seen
		}
	default:
		o.Status, o.Answered = civic.Replied, v.Now()
	}
	note = p.answer.Lang + ", " + strconv.Itoa(segments) + " SMS"
	if p.answer.Verdict != NoVerdict {
		note = string(p.answer.Verdict) + ", " + note
	}
	return note
}

// owner opens whose text it is: a citizen key, never shown.
func (b *Book) owner(reference string, o *opinion) (owner [16]byte, err error) {
	switch {
	case o.Status == civic.ErasedOnAsk:
		return owner, ErrErased
	case len(o.From) == 0:
		return owner, ErrNoSender
	}
	opened, err := b.keys.Open([]byte(reference), o.From)
	if err != nil || len(opened) != len(owner) {
		return owner, errors.Join(ErrNoSender, err)
	}
	return [16]byte(opened), nil
}

// number opens the number of who wrote a text, if it is still the one meant.
func (b *Book) number(v View, reference string, o *opinion, owner [16]byte) (string, error) {
	if now, err := b.owner(reference, o); err != nil || now != owner {
		return "", errors.Join(err, ErrNoSender)
	}
	sealed, ok := v.Get(ContactKey(owner))
	if !ok {
		return "", ErrNoSender
	}
	e164, err := b.keys.Open(owner[:], sealed)
	if err != nil {
		return "", errors.Join(ErrNoSender, err)
	}
	return string(e164), nil
}

// LookAtNumber is the number of who wrote a text, to answer her. That it was
// looked at is on disk before it is told.
func (b *Book) LookAtNumber(ctx context.Context, who, reference string) (string, error) {
	key, o, err := b.find(ctx, reference)
	if err != nil {
		return "", err
	}
	owner, err := b.owner(b.referenceOf(key), &o)
	if err != nil {
		return "", err
	}
	seq := b.journalSequence()
	var e164 string
	err = b.do(ctx, []Key{key, ContactKey(owner)}, func(v View) (Change, error) {
		o, err := living(v, key)
		if err != nil {
			return Change{}, err
		}
		if e164, err = b.number(v, b.referenceOf(key), &o, owner); err != nil {
			return Change{}, err
		}
		return b.kept(v, key, &o, seq, who, "text.number", "")
	})
	if err != nil {
		return "", err
	}
	return e164, nil
}

// MaskedNumber is what may be seen without being noted: enough to tell whether
// somebody in front of the desk is who wrote, too little to call anybody.
func (b *Book) MaskedNumber(ctx context.Context, reference string) (string, error) {
	var masked string
	err := b.engine.View(ctx, func(s Snapshot) error {
		k, o, err := b.opinionAt(s, reference)
		if err != nil {
			return err
		}
		owner, err := b.owner(b.referenceOf(k), &o)
		if err != nil {
			return err
		}
		sealed, ok, err := s.Get(ContactKey(owner))
		if err != nil || !ok {
			return errors.Join(err, ErrNoSender)
		}
		e164, err := b.keys.Open(owner[:], sealed)
		masked = msisdn.Mask(string(e164))
		return err
	})
	return masked, err
}

// stateOf is how far a message of the outbox came; "" when it is not kept.
func (b *Book) stateOf(s Snapshot, place string) (outbox.State, error) {
	if place == "" {
		return "", nil
	}
	for _, kind := range []string{KindOutbox, KindSent} {
		k := Key(kind + "/" + place)
		v, ok, err := s.Get(k)
		if err != nil {
			return "", err
		}
		if ok {
			m, err := readMessage(k, v)
			return m.State, err
		}
	}
	return "", nil
}

// Sayable is an answer as it is kept and sent: lines of letters that show.
// ErrTextLength when nothing is left, or too much.
func Sayable(text string) (string, error) {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\r\n", "\n")
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			return -1
		}
		return r
	}, text))
	if n := utf8.RuneCountInString(text); n == 0 || n > MaxReply {
		return "", fmt.Errorf("%w: an answer of %d letters; 1 to %d can be sent", ErrTextLength, n, MaxReply)
	}
	return text, nil
}

func putJSON(k Key, v any) (Put, error) {
	encoded, err := json.Marshal(v)
	return Put{k, encoded}, err
}
