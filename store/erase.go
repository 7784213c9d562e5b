package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jamakan/jamakan/store/outbox"
)

// An erasure takes several commands: texts may be many. The first one takes
// away profile and number and leaves a mark; while the mark stands, the rest
// is not through. Whoever finds it goes on: the same EFFACER delivered again,
// the next start, or the clock. Every step may be done twice.

// erasure is the mark of one. It holds no number; what is counted stays.
type erasure struct {
	At   time.Time `json:"at"`
	Seq  int64     `json:"seq"`            // messages made before it never leave; the answer to EFFACER does
	Talk string    `json:"talk,omitempty"` // where what was asked by SMS last lies
}

// after says whether a message was made before the erasure. Times of records
// never go back, whatever the machine's clock does over a restart; places in
// the order tell apart what is of one second.
func (e erasure) after(m outbox.Message) bool { return m.At.Before(e.At) || m.Seq < e.Seq }

// ReasonErased is why a message was ended whose receiver had herself erased.
const ReasonErased = "erased"

func eraseKey(citizen [16]byte) Key { return hashKey(KindErase, citizen) }

// EraseTexts takes away a person's profile, number, the texts of her opinions
// and their answers, and what waits to be sent to her. It is done before
// EraseMe is committed, which answers her; done twice, it changes nothing.
func (b *Book) EraseTexts(ctx context.Context, p *Person) error {
	talk := p.TalkKey()
	if err := b.beginErasure(ctx, p.key, talk, nil); err != nil {
		return err
	}
	return b.finishErasure(ctx, p.key)
}

// EraseSender does the same for whoever wrote a text, from the desk. The
// journal says that it was done, and on which text. ErrNoSender when nobody
// is behind it any more, ErrErased when it was done before.
func (b *Book) EraseSender(ctx context.Context, who, reference string) error {
	key, o, err := b.find(ctx, reference)
	if err != nil {
		return err
	}
	owner, err := b.owner(b.referenceOf(key), &o)
	if err != nil {
		return err
	}
	seq := b.journalSequence()
	said := func(v View) (Put, error) { return entry(v, seq, who, "text.erase", b.referenceOf(key)) }
	if err := b.beginErasure(ctx, owner, b.talkOf(ctx, owner), said); err != nil {
		return err
	}
	return b.finishErasure(ctx, owner)
}

// talkOf is where the conversation of a number lies, if the number is kept.
func (b *Book) talkOf(ctx context.Context, owner [16]byte) (talk Key) {
	_ = b.engine.View(ctx, func(s Snapshot) error { // without it the conversation ends by itself
		sealed, ok, err := s.Get(ContactKey(owner))
		if err != nil || !ok {
			return err
		}
		e164, err := b.keys.Open(owner[:], sealed)
		if err == nil {
			talk = TalkKey(b.keys.Session("sms talk", string(e164)))
		}
		return err
	})
	return talk
}

// beginErasure takes profile and number away, and marks that the rest follows.
// From here on nothing new is made for her.
func (b *Book) beginErasure(ctx context.Context, citizen [16]byte, talk Key, said func(View) (Put, error)) error {
	mark := erasure{Seq: b.sequence(), Talk: string(talk)}
	return b.do(ctx, nil, func(v View) (Change, error) {
		mark.At = v.Now()
		put, err := putJSON(eraseKey(citizen), mark)
		if err != nil {
			return Change{}, err
		}
		c := Change{Put: []Put{put}, Delete: []Key{CitizenKey(citizen), ContactKey(citizen)}}
		if talk != "" {
			c.Delete = append(c.Delete, talk)
		}
		if said != nil {
			line, err := said(v)
			if err != nil {
				return c, err
			}
			c.Put = append(c.Put, line)
		}
		return c, nil
	})
}

// FinishErasures goes on with those that a crash, or a message in the hands of
// a provider, left. The owner calls it at start and by the clock.
func (b *Book) FinishErasures(ctx context.Context) error {
	var left [][16]byte
	err := b.engine.View(ctx, func(s Snapshot) error {
		var failed error
		err := s.Scan(KindErase+"/", "", func(k Key, _ []byte) bool {
			h, err := hashIn(strings.TrimPrefix(string(k), KindErase+"/"))
			left, failed = append(left, h), err
			return err == nil
		})
		return errors.Join(err, failed)
	})
	for _, h := range left {
		err = errors.Join(err, b.finishErasure(ctx, h))
	}
	return err
}

// finishErasure does what is left of one, and takes its mark away unless a
// message of hers is being handed over: that one may still come back to be
// tried again.
func (b *Book) finishErasure(ctx context.Context, citizen [16]byte) error {
	var mark erasure
	key := eraseKey(citizen)
	err := b.engine.View(ctx, func(s Snapshot) error {
		v, ok, err := s.Get(key)
		if err == nil && ok {
			err = json.Unmarshal(v, &mark)
		}
		if err != nil {
			return fmt.Errorf("erasure: %w: %w", ErrCorrupt, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := b.eraseOpinions(ctx, citizen); err != nil {
		return err
	}
	if err := b.eraseParts(ctx, citizen); err != nil {
		return err
	}
	waits, err := b.eraseLetters(ctx, citizen, mark)
	if err != nil || waits {
		return err
	}
	return b.do(ctx, nil, func(View) (Change, error) { return Change{Delete: []Key{key}}, nil })
}
