package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"io"

	"github.com/jamakan/jamakan/civic"
)

// VoterKey makes voter ids of one consultation. It is random, so that ballots
// of two consultations can't be joined, and stored wrapped by the master key.
type VoterKey struct{ mac *mac }

// NewVoterKey makes a consultation's key and its wrapped form.
func (k *Keys) NewVoterKey(consultation string) (wrapped []byte, err error) {
	var key [Size]byte
	if _, err := io.ReadFull(rand.Reader, key[:]); err != nil {
		return nil, err
	}
	return seal(k.wrap, []byte(consultation), key[:])
}

// OpenVoterKey unwraps a consultation's key; ErrSealed under another master
// key, or for another consultation.
func (k *Keys) OpenVoterKey(consultation string, wrapped []byte) (VoterKey, error) {
	key, err := open(k.wrap, []byte(consultation), wrapped)
	if err != nil {
		return VoterKey{}, err
	}
	return VoterKey{newMAC(key)}, nil
}

// Voter is a number's id in the key's consultation.
func (v VoterKey) Voter(e164 string) civic.VoterID { return civic.VoterID(v.mac.sum(e164)) }

// Event is a message's id as a ballot of the consultation keeps it. The log is
// never rewritten, so what stands in it hangs on this key, which a rotation
// wraps anew, and on no key that the old master gives.
func (v VoterKey) Event(id [16]byte) [16]byte { return v.mac.sum("event", string(id[:])) }

// Receipts are numbered in order and shown permuted, so that a receipt tells
// neither when nor how many. The permutation is a Feistel network of ten
// rounds on pairs of numbers under 8,000, whose pairs are exactly the
// civic.Receipts numbers.
const (
	half   = 8000
	rounds = 10
)

// Receipt is the number shown for a reserved number under civic.Receipts.
func (k *Keys) Receipt(n uint32) uint32 {
	left, right := n/half, n%half
	for i := range byte(rounds) {
		left, right = right, (left+k.round(i, right))%half
	}
	return left*half + right
}

// ReceiptNumber is the reserved number behind one shown.
func (k *Keys) ReceiptNumber(shown uint32) uint32 {
	left, right := shown/half, shown%half
	for i := byte(rounds); i > 0; i-- {
		left, right = (right+half-k.round(i-1, left))%half, left
	}
	return left*half + right
}

func (k *Keys) round(i byte, n uint32) uint32 {
	var in [Size + 5]byte
	copy(in[:], k.ring.receipt[:])
	in[Size] = i
	binary.BigEndian.PutUint32(in[Size+1:], n)
	sum := sha256.Sum256(in[:])
	return uint32(binary.BigEndian.Uint64(sum[:8]) % half)
}
