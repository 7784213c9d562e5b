package store

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jamakan/jamakan/store/outbox"
	"github.com/jamakan/jamakan/store/secret"
)

// Rotation turns the records of a stopped database, one by one, to what they
// are under another master key. It changes nothing itself: an engine writes
// what it returns into a new file, which holds nothing of the old one that the
// old key opens. The ballot log stays as it is, to the byte.
type Rotation struct {
	from, to *secret.Keys
	ring     []byte
	at       time.Time
	seq      int64
}

// Rotate begins a rotation to another master key.
func (b *Book) Rotate(master *secret.Keys) (*Rotation, error) {
	to, ring, err := b.keys.Rotated(master)
	if err != nil {
		return nil, err
	}
	return &Rotation{from: b.keys, to: to, ring: ring, at: b.opts.Now().UTC(), seq: b.journalSequence()}, nil
}

// Add are the records that the new data has besides: its key's name, its
// working keys, and the line of the journal.
func (r *Rotation) Add() ([]Put, error) {
	said, err := json.Marshal(Entry{At: r.at.Truncate(time.Second), Who: ByCommand, What: "key.rotate", About: r.to.Fingerprint()})
	return []Put{
		{FingerprintKey, []byte(r.to.Fingerprint())},
		{keyRing, r.ring},
		{Key(fmt.Sprintf("%s/%020d", KindAudit, r.seq)), said},
	}, err
}

// Turn is a record under the new key. keep is false for one that is not taken
// along. get reads the old data.
func (r *Rotation) Turn(k Key, v []byte, get func(Key) ([]byte, bool, error)) (next Key, value []byte, keep bool, err error) {
	next, value, keep = k, v, true
	switch k.Kind() {
	case KindMeta:
		keep = k != FingerprintKey && k != keyRing
	case KindSession: // positions of calls that a stop has ended
		keep = false
	case KindCitizen, KindDone, KindParked, KindErase:
		next, err = r.turned(k)
	case KindContact:
		next, value, err = r.contact(k, v)
	case KindTalk:
		if next, err = r.turned(k); err == nil {
			value, err = r.reseal([]byte(k), []byte(next), v)
		}
	case KindHandle:
		next, value, keep, err = r.handle(k, v, get)
	case KindKey:
		value, err = r.from.Rewrap(r.to, strings.TrimPrefix(string(k), KindKey+"/"), v)
	case KindFeedback:
		value, err = r.opinion(k, v)
	case KindOutbox, KindSent:
		next, value, err = r.message(k, v)
	case KindPart:
		next, value, err = r.part(k, v)
	case KindStray:
		next, value, err = r.stray(k, v)
	case KindAccount:
		value, err = r.account(k, v)
	case KindPlan, KindWeek, KindAudit, KindTraffic, KindReport, KindCampaign, KindTemplate, KindFix, KindApart:
		// Nothing in them hangs on the key.
	default:
		err = fmt.Errorf("%w: a rotation does not know what %q holds", ErrCorrupt, k.Kind())
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", k.Kind(), err)
	}
	return next, value, keep, err
}

// turned is a key whose rest is a keyed hash.
func (r *Rotation) turned(k Key) (Key, error) {
	kind, rest, _ := strings.Cut(string(k), "/")
	h, err := hashIn(rest)
	return hashKey(kind, r.from.Turn(r.to, h)), err
}

func hashIn(text string) (h [16]byte, err error) {
	if len(text) != 2*len(h) {
		return h, fmt.Errorf("%w: a hash of %d letters", ErrCorrupt, len(text))
	}
	if _, err = hex.Decode(h[:], []byte(text)); err != nil {
		err = fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return h, err
}

func (r *Rotation) reseal(was, now, sealed []byte) ([]byte, error) {
	plain, err := r.from.Open(was, sealed)
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	return r.to.Seal(now, plain)
}

func (r *Rotation) contact(k Key, v []byte) (Key, []byte, error) {
	h, err := hashIn(strings.TrimPrefix(string(k), KindContact+"/"))
	if err != nil {
		return k, nil, err
	}
	next := r.from.Turn(r.to, h)
	value, err := r.reseal(h[:], next[:], v)
	return ContactKey(next), value, err
}

// ref is a message's reference, which is a keyed hash.
func (r *Rotation) ref(was string) (string, error) {
	h, err := hashIn(was)
	return hexOf(r.from.Turn(r.to, h)), err
}

// message turns one of the outbox, and where it lies.
func (r *Rotation) message(k Key, v []byte) (Key, []byte, error) {
	m, err := readMessage(k, v)
	if err != nil {
		return k, nil, err
	}
	was := m.Ref
	if m.Ref, err = r.ref(was); err != nil {
		return k, nil, err
	}
	if len(m.To) > 0 {
		if m.To, err = r.reseal(toOwner(was), toOwner(m.Ref), m.To); err != nil {
			return k, nil, err
		}
	}
	if len(m.Body) > 0 {
		if m.Body, err = r.reseal(bodyOwner(was), bodyOwner(m.Ref), m.Body); err != nil {
			return k, nil, err
		}
	}
	encoded, err := json.Marshal(m)
	return Key(k.Kind() + "/" + place(m)), encoded, err
}

// handle turns a provider's name of a message, which leads to its place.
func (r *Rotation) handle(k Key, v []byte, get func(Key) ([]byte, bool, error)) (Key, []byte, bool, error) {
	next, err := r.turned(k)
	for _, kind := range []string{KindOutbox, KindSent} {
		if err != nil {
			break
		}
		var stored []byte
		var ok bool
		at := Key(kind + "/" + string(v))
		if stored, ok, err = get(at); ok && err == nil {
			var m outbox.Message
			if m, err = readMessage(at, stored); err != nil {
				break
			}
			m.Ref, err = r.ref(m.Ref)
			return next, []byte(place(m)), true, err
		}
	}
	return next, nil, false, err
}
