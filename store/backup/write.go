package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"

	"github.com/jamakan/jamakan/store/secret"
)

// Write writes a backup of a database that m describes, encrypted if there are
// recipients. m.Key and m.Encrypted are set here.
func Write(w io.Writer, m Manifest, keys *secret.Keys, database io.Reader, to []age.Recipient) error {
	m.Key, m.Encrypted = keys.Fingerprint(), len(to) > 0
	head, err := m.header(keys)
	if err != nil {
		return err
	}
	sum := sha256.New()
	all := io.MultiWriter(w, sum)
	if _, err := all.Write(head); err != nil {
		return err
	}
	if err := payload(all, m, database, to); err != nil {
		return err
	}
	_, err = io.WriteString(w, tailPrefix+hex.EncodeToString(sum.Sum(nil))+"\n")
	return err
}

// payload writes the database, and wants exactly the one of the manifest.
func payload(w io.Writer, m Manifest, database io.Reader, to []age.Recipient) error {
	out := io.WriteCloser(open{w})
	if len(to) > 0 {
		var err error
		if out, err = age.Encrypt(w, to...); err != nil {
			return fmt.Errorf("the backup can't be encrypted: %w", err)
		}
	}
	read := sha256.New()
	n, err := io.Copy(out, io.TeeReader(database, read))
	if err != nil {
		return err
	}
	if n != m.Bytes || hex.EncodeToString(read.Sum(nil)) != m.SHA256 {
		return errors.New("the copy changed after it was verified: the disk gives other bytes than it was given")
	}
	return out.Close()
}

// open is a writer that is closed by somebody else.
type open struct{ io.Writer }

func (open) Close() error { return nil }
