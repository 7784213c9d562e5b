package backup

import (
	"bufio"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/jamakan/jamakan/store/secret"
)

// Format is the version of the file's layout.
const Format = 1

// Errors of backup files. Each says, wrapped, what is wrong where.
var (
	// ErrForeign: no backup of Jamakan.
	ErrForeign = errors.New("not a backup of Jamakan")
	// ErrNewer: a newer version wrote it.
	ErrNewer = errors.New("a backup of a newer version: restore it with that program")
	// ErrCut: its end is missing.
	ErrCut = errors.New("the backup is cut: its end is missing; it may still be being written, or its disk was full. Use another one")
	// ErrDamaged: its bytes are not those that were written.
	ErrDamaged = errors.New("the backup is damaged: use another one")
	// ErrKey: made with another master key.
	ErrKey = errors.New("the backup belongs to another master key")
	// ErrForged: the manifest was not made by a holder of the master key.
	ErrForged = errors.New("the backup's manifest was changed, or made without the master key: it is not restored")
	// ErrIdentity: encrypted, and the identity given does not open it.
	ErrIdentity = errors.New("the backup is encrypted, and this identity does not open it")
)

// Manifest says what is in a backup. It is readable by whoever has the file.
type Manifest struct {
	Program   string    `json:"program"`
	Created   time.Time `json:"created"` // when the copy was begun: what was acknowledged before is in it
	Ballots   int       `json:"ballots"` // that count
	Records   uint64    `json:"records"` // leaves of the ballot log's tree
	Root      string    `json:"root"`    // of the tree, hex
	Key       string    `json:"key"`     // fingerprint of the master key
	Bytes     int64     `json:"bytes"`   // of the database
	SHA256    string    `json:"sha256"`  // of the database, hex
	Encrypted bool      `json:"encrypted"`
	To        []string  `json:"to,omitempty"` // public keys it is encrypted to
}

const (
	magic      = "jamakan backup "
	maxHeader  = 64 << 10
	macLength  = 32
	tailPrefix = "\nsha256 "
	tailLength = int64(len(tailPrefix) + 64 + 1)
)

// header is the parts before the database.
func (m *Manifest) header(keys *secret.Keys) ([]byte, error) {
	line, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	if len(line) > maxHeader/2 {
		return nil, errors.New("too many recipients for one backup")
	}
	return fmt.Appendf(nil, "%s%d\n%s\n%s\n", magic, Format, line, mac(keys, line)), nil
}

func mac(keys *secret.Keys, line []byte) string {
	sum := keys.Stamp("backup", string(line))
	return hex.EncodeToString(sum[:])
}

// header as read from a file.
type header struct {
	m    Manifest
	line []byte
	mac  string
	size int64 // of the three lines
}

// readHeader reads the parts before the database.
func readHeader(r io.Reader) (h header, err error) {
	in := bufio.NewReaderSize(io.LimitReader(r, maxHeader), maxHeader)
	first, err := in.ReadString('\n')
	version, ours := strings.CutPrefix(strings.TrimSuffix(first, "\n"), magic)
	switch {
	case !ours && strings.HasPrefix(magic, first) && errors.Is(err, io.EOF) && first != "":
		return h, ErrCut
	case !ours:
		return h, ErrForeign
	case err != nil:
		return h, ErrCut
	}
	switch n, err := strconv.Atoi(version); {
	case err != nil || n < 1:
		return h, ErrForeign
	case n > Format:
		return h, fmt.Errorf("%w (its format is %d, this program knows %d)", ErrNewer, n, Format)
	}
	line, err := in.ReadBytes('\n')
	if err != nil {
		return h, ErrCut
	}
	sum, err := in.ReadString('\n')
	if err != nil {
		return h, ErrCut
	}
	h.size = int64(len(first) + len(line) + len(sum))
	h.line, h.mac = line[:len(line)-1], strings.TrimSuffix(sum, "\n")
	if err := json.Unmarshal(h.line, &h.m); err != nil || len(h.mac) != macLength || h.m.Bytes < 0 {
		return h, fmt.Errorf("%w: its manifest can't be read", ErrDamaged)
	}
	return h, nil
}

// genuine says whether a holder of these keys made the manifest.
func (h *header) genuine(keys *secret.Keys) error {
	if mine := keys.Fingerprint(); h.m.Key != mine {
		return fmt.Errorf("%w: it was made with key %s, this is %s", ErrKey, h.m.Key, mine)
	}
	if subtle.ConstantTimeCompare([]byte(mac(keys, h.line)), []byte(h.mac)) != 1 {
		return ErrForged
	}
	return nil
}
