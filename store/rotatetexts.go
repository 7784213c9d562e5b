package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// opinion turns whose text it is, and which messages answered it.
func (r *Rotation) opinion(k Key, v []byte) ([]byte, error) {
	o, err := decodeOpinion(k, v)
	if err != nil {
		return nil, err
	}
	reference := []byte((&Book{keys: r.from}).referenceOf(k)) // receipts are permuted as before
	if len(o.From) > 0 {
		owner, err := r.from.Open(reference, o.From)
		if err != nil || len(owner) != 16 {
			return nil, errors.Join(secretFault(reference), err)
		}
		next := r.from.Turn(r.to, [16]byte(owner))
		if o.From, err = r.to.Seal(reference, next[:]); err != nil {
			return nil, err
		}
	}
	for i := range o.Replies {
		a := &o.Replies[i]
		if a.Ref == "" {
			continue
		}
		if a.Ref, err = r.ref(a.Ref); err != nil {
			return nil, err
		}
		if seq, _, ok := strings.Cut(a.Place, "-"); ok {
			a.Place = seq + "-" + a.Ref[:8]
		}
	}
	return json.Marshal(o)
}

func secretFault(reference []byte) error {
	return fmt.Errorf("opinion %s: %w: whose it is can't be opened", reference, ErrCorrupt)
}

// part turns one part of a long text: its key is a keyed hash and a number.
func (r *Rotation) part(k Key, v []byte) (Key, []byte, error) {
	hash, n, _ := strings.Cut(strings.TrimPrefix(string(k), KindPart+"/"), "/")
	h, err := hashIn(hash)
	if err != nil {
		return k, nil, err
	}
	next := r.from.Turn(r.to, h)
	value, err := r.reseal(h[:], next[:], v)
	return Key(KindPart + "/" + hexOf(next) + "/" + n), value, err
}

// stray turns what is nobody's text: its key ends in the id it came with.
func (r *Rotation) stray(k Key, v []byte) (Key, []byte, error) {
	at, id, _ := strings.Cut(string(k), "-")
	h, err := hashIn(id)
	if err != nil {
		return k, nil, err
	}
	var x stray
	if err := json.Unmarshal(v, &x); err != nil {
		return k, nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if x.Raw, err = r.reseal([]byte("stray"), []byte("stray"), x.Raw); err != nil {
		return k, nil, err
	}
	encoded, err := json.Marshal(x)
	return Key(at + "-" + hexOf(r.from.Turn(r.to, h))), encoded, err
}

// account reseals what is a coordinator's alone.
func (r *Rotation) account(k Key, v []byte) ([]byte, error) {
	login := strings.TrimPrefix(string(k), KindAccount+"/")
	from, to := &Book{keys: r.from}, &Book{keys: r.to}
	a, err := from.decodeAccount(login, v)
	if err != nil {
		return nil, err
	}
	return to.encodeAccount(a)
}

// Fingerprint names the master key that some data belongs to; "" for new data.
func Fingerprint(s Snapshot) (string, error) {
	v, _, err := s.Get(FingerprintKey)
	return string(v), err
}
