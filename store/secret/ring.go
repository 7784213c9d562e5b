package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"io"
)

// ring holds the working keys. Those of data that was never rotated are
// derived from its master key; a rotation draws the ones below the line anew
// and keeps the ring in the database, sealed by the new master key.
type ring struct {
	citizen, event, session, bind, receipt [Size]byte // never change: what was hashed or told with them stays valid

	veiled bool
	veil   [Size]byte // over every keyed hash
	seal   [Size]byte
	wrap   [Size]byte
}

// ringVersion is the first byte of a ring.
const ringVersion = 1

// fields are a ring's keys in the order they are written.
func (r *ring) fields() []*[Size]byte {
	return []*[Size]byte{&r.citizen, &r.event, &r.session, &r.bind, &r.receipt, &r.veil, &r.seal, &r.wrap}
}

// deriveRing is the ring of data that was never rotated.
func deriveRing(master [Size]byte) (ring, error) {
	var r ring
	for use, into := range map[string]*[Size]byte{
		"citizen": &r.citizen, "event": &r.event, "session": &r.session, "bind": &r.bind, "receipt": &r.receipt,
		"contact": &r.seal, "wrap": &r.wrap,
	} {
		key, err := hkdf.Key(sha256.New, master[:], nil, "jamakan/1/"+use, Size)
		if err != nil {
			return r, err
		}
		*into = [Size]byte(key)
	}
	return r, nil
}

// ringSealer is what a master key seals its ring with.
func ringSealer(master [Size]byte) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, master[:], nil, "jamakan/1/ring", Size)
	if err != nil {
		return nil, err
	}
	return sealer(key)
}

// WithRing are the keys of data that was rotated: sealed is the ring kept in
// it. ErrSealed under another master key.
func (k *Keys) WithRing(sealed []byte) (*Keys, error) {
	a, err := ringSealer(k.master)
	if err != nil {
		return nil, err
	}
	b, err := open(a, []byte("ring"), sealed)
	if err != nil {
		return nil, err
	}
	r := ring{veiled: true}
	if len(b) != 1+len(r.fields())*Size || b[0] != ringVersion {
		return nil, ErrSealed
	}
	for i, f := range r.fields() {
		*f = [Size]byte(b[1+i*Size:])
	}
	return build(k.master, r)
}

// Rotated are keys under another master key that know the same numbers: what
// was hashed and told stays valid, what veils, seals and wraps is drawn anew.
// sealed is the ring to keep in the data.
func (k *Keys) Rotated(master *Keys) (next *Keys, sealed []byte, err error) {
	r := k.ring
	r.veiled = true
	for _, f := range []*[Size]byte{&r.veil, &r.seal, &r.wrap} {
		if _, err := io.ReadFull(rand.Reader, f[:]); err != nil {
			return nil, nil, err
		}
	}
	plain := []byte{ringVersion}
	for _, f := range r.fields() {
		plain = append(plain, f[:]...)
	}
	defer clear(plain)
	a, err := ringSealer(master.master)
	if err != nil {
		return nil, nil, err
	}
	if sealed, err = seal(a, []byte("ring"), plain); err != nil {
		return nil, nil, err
	}
	next, err = build(master.master, r)
	return next, sealed, err
}

// A keyed hash is stored behind the veil: a permutation of 16-byte values
// under a key that a rotation changes. So a hash that the old master key can
// compute leads nowhere, and hashes whose number nobody knows any more can
// still be turned.

func newVeil(r *ring) (cipher.Block, error) {
	if !r.veiled {
		return nil, nil
	}
	return aes.NewCipher(r.veil[:])
}

func (k *Keys) veil(h [16]byte) [16]byte {
	if k.block != nil {
		k.block.Encrypt(h[:], h[:])
	}
	return h
}

func (k *Keys) unveil(h [16]byte) [16]byte {
	if k.block != nil {
		k.block.Decrypt(h[:], h[:])
	}
	return h
}

// Inner is a keyed hash as a part of another one: the same before a rotation
// and after it.
func (k *Keys) Inner(h [16]byte) string {
	h = k.unveil(h)
	return string(h[:])
}

// Turn is a keyed hash of these keys as the next ones make it.
func (k *Keys) Turn(next *Keys, h [16]byte) [16]byte { return next.veil(k.unveil(h)) }

// Rewrap wraps a consultation's voter key for the next keys. Voter ids stay.
func (k *Keys) Rewrap(next *Keys, consultation string, wrapped []byte) ([]byte, error) {
	key, err := open(k.wrap, []byte(consultation), wrapped)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	return seal(next.wrap, []byte(consultation), key)
}
