package store

import (
	"context"
	"errors"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/civic/msisdn"
)

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
