package store

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store/outbox"
)

// Answer is what a coordinator answers to a text.
type Answer struct {
	Form    string // of the page it was typed on: the same words of the same form are sent once
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
	posting.id = ID(b.keys.Event("answer", b.referenceOf(key), a.Form, a.Lang, string(a.Verdict), a.Text))
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
