package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/jamakan/jamakan/store/durable"
)

// Size is the length of the master key, in bytes.
const Size = 32

// Errors of keys.
var (
	// ErrKey: the text or file is no master key.
	ErrKey = errors.New("not a master key: 32 bytes, as 64 hexadecimal digits or base64")
	// ErrOpenFile: others could read the key file.
	ErrOpenFile = errors.New("the key file can be read by others")
	// ErrSealed: a sealed value that this key does not open.
	ErrSealed = errors.New("sealed with another key, or changed")
)

// Keys are derived from one master key, or opened with it. They are safe for
// concurrent use.
type Keys struct {
	master  [Size]byte
	ring    ring
	block   cipher.Block // the veil; nil: none
	stamp   *mac
	citizen *mac
	event   *mac
	session *mac
	bind    *mac
	contact cipher.AEAD
	wrap    cipher.AEAD
}

// New makes keys from fresh randomness.
func New() (*Keys, error) {
	var master [Size]byte
	if _, err := io.ReadFull(rand.Reader, master[:]); err != nil {
		return nil, err
	}
	return derive(master)
}

// FromText reads a master key as an operator keeps it: 64 hexadecimal digits,
// or base64.
func FromText(text string) (*Keys, error) {
	text = strings.TrimSpace(text)
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != Size {
		if raw, err = base64.StdEncoding.DecodeString(text); err != nil {
			raw, err = base64.RawURLEncoding.DecodeString(text)
		}
	}
	if err != nil || len(raw) != Size {
		return nil, ErrKey
	}
	return derive([Size]byte(raw))
}

// Load reads a key file, or makes one, mode 0600, where create allows it.
func Load(path string, create bool) (*Keys, error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) && create {
		return makeFile(path)
	}
	if err != nil {
		return nil, unread(err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%w: run chmod 600 %s", ErrOpenFile, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, unread(err)
	}
	k, err := FromText(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return k, nil
}

// unread says why a key file was not read; only its owner and root may.
func unread(err error) error {
	if errors.Is(err, os.ErrPermission) {
		return fmt.Errorf("the key file: %w; run it with sudo: as root, or as the service's user", err)
	}
	return fmt.Errorf("the key file: %w", err)
}

func makeFile(path string) (*Keys, error) {
	k, err := New()
	if err != nil {
		return nil, err
	}
	return k, k.Save(path)
}

// Save writes the master key into a new file, mode 0600: first beside its
// place, whole and synced, then under its name, and then its folder is synced.
// No power cut leaves a part of a key, or takes away the name of one that
// votes were recorded with.
func (k *Keys) Save(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.new") // mode 0600
	if err != nil {
		return fmt.Errorf("the key file can't be made: %w", err)
	}
	_, err = f.WriteString(k.Text() + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Link(f.Name(), path) // never over another key
	}
	if err = errors.Join(err, os.Remove(f.Name()), durable.SyncFolder(filepath.Dir(path))); err != nil {
		return fmt.Errorf("the key file can't be written: %w", err)
	}
	return nil
}

func derive(master [Size]byte) (*Keys, error) {
	r, err := deriveRing(master)
	if err != nil {
		return nil, err
	}
	return build(master, r)
}

func build(master [Size]byte, r ring) (*Keys, error) {
	k := &Keys{master: master, ring: r}
	k.citizen, k.event, k.session, k.bind = newMAC(r.citizen[:]), newMAC(r.event[:]), newMAC(r.session[:]), newMAC(r.bind[:])
	var err error
	if k.contact, err = sealer(r.seal[:]); err != nil {
		return nil, err
	}
	if k.wrap, err = sealer(r.wrap[:]); err != nil {
		return nil, err
	}
	first, err := deriveRing(master)
	if err != nil {
		return nil, err
	}
	k.stamp = newMAC(first.bind[:])
	k.block, err = newVeil(&r)
	return k, err
}

func sealer(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// Text is the master key, to keep in a safe place.
func (k *Keys) Text() string { return hex.EncodeToString(k.master[:]) }

// String shows nothing of the key.
func (k *Keys) String() string { return "master key " + k.Fingerprint() }

// GoString shows nothing of the key.
func (k *Keys) GoString() string { return k.String() }

// Fingerprint names the key and reveals nothing of it.
func (k *Keys) Fingerprint() string {
	m := hmac.New(sha256.New, k.master[:])
	m.Write([]byte("jamakan fingerprint"))
	return hex.EncodeToString(m.Sum(nil)[:6])
}

// mac is a pool of keyed hashes: making one costs more than using it.
type mac struct{ pool sync.Pool }

// hasher is a keyed hash with the room it works in.
type hasher struct {
	hash hash.Hash
	in   []byte
	out  [sha256.Size]byte
}

func newMAC(key []byte) *mac {
	return &mac{sync.Pool{New: func() any { return &hasher{hash: hmac.New(sha256.New, key)} }}}
}

// sum hashes parts, each with its length before it, so that no two lists of
// parts hash alike.
func (m *mac) sum(parts ...string) [16]byte {
	h, ok := m.pool.Get().(*hasher)
	if !ok {
		panic("secret: the pool holds hashers only")
	}
	h.in = h.in[:0]
	for _, p := range parts {
		h.in = binary.BigEndian.AppendUint32(h.in, uint32(len(p)))
		h.in = append(h.in, p...)
	}
	h.hash.Reset()
	h.hash.Write(h.in)
	h.hash.Sum(h.out[:0])
	sum := [16]byte(h.out[:16])
	clear(h.in) // a number is not left lying in a pool
	m.pool.Put(h)
	return sum
}

// Citizen is the key of a citizen's profile and contact: a keyed hash of the
// number in E.164.
func (k *Keys) Citizen(e164 string) [16]byte { return k.veil(k.citizen.sum(e164)) }

// Event is the ID of a message: of the channel, the provider, its session and
// transcript, or its message id.
func (k *Keys) Event(parts ...string) [16]byte { return k.veil(k.event.sum(asHeard(parts)...)) }

// Session is the key of a session's stored position.
func (k *Keys) Session(provider, id string) [16]byte { return k.veil(k.session.sum(provider, id)) }

// Bind is a keyed hash that a stored position is held against.
func (k *Keys) Bind(parts ...string) [16]byte { return k.veil(k.bind.sum(parts...)) }

// Stamp is a keyed hash of the master key alone: who has it can hold against
// it what stands outside the data, a backup's list, whatever is inside.
func (k *Keys) Stamp(parts ...string) [16]byte { return k.stamp.sum(parts...) }

// Seal encrypts a value for an owner, whose key it is bound to.
func (k *Keys) Seal(owner, value []byte) ([]byte, error) { return seal(k.contact, owner, value) }

// Open decrypts what Seal made for the same owner; else ErrSealed.
func (k *Keys) Open(owner, sealed []byte) ([]byte, error) { return open(k.contact, owner, sealed) }

func seal(a cipher.AEAD, owner, value []byte) ([]byte, error) {
	nonce := make([]byte, a.NonceSize(), a.NonceSize()+len(value)+a.Overhead())
	if _, err := io.ReadFull(rand.Reader, nonce); err != nil {
		return nil, err
	}
	return a.Seal(nonce, nonce, value, owner), nil
}

func open(a cipher.AEAD, owner, sealed []byte) ([]byte, error) {
	if len(sealed) < a.NonceSize() {
		return nil, ErrSealed
	}
	value, err := a.Open(nil, sealed[:a.NonceSize()], sealed[a.NonceSize():], owner)
	if err != nil {
		return nil, ErrSealed
	}
	return value, nil
}
