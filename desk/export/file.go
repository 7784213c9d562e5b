package export

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"path/filepath"
	"sync"
	"time"
)

// File is one rendered file. It is made when it is written, so that a large
// one is never whole in memory.
type File struct {
	Name  string // with slashes for folders; never outside
	Write func(io.Writer) error
}

// Bytes is the whole file.
func (f File) Bytes() ([]byte, error) {
	var b bytes.Buffer
	err := f.Write(&b)
	return b.Bytes(), err
}

// errName: a file that would leave its folder.
var errName = errors.New("a file's name leaves its folder")

// zipTime is the time of every entry of a zip: the format's first, so that the
// same files give the same bytes.
var zipTime = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// Archive is a zip being written, one file after the other.
type Archive struct{ z *zip.Writer }

// NewArchive begins an archive.
func NewArchive(w io.Writer) *Archive { return &Archive{zip.NewWriter(w)} }

// Add writes a file.
func (a *Archive) Add(f File) error {
	if !filepath.IsLocal(filepath.FromSlash(f.Name)) {
		return fmt.Errorf("%q: %w", f.Name, errName)
	}
	entry, err := a.z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: zipTime})
	if err != nil {
		return err
	}
	return f.Write(entry)
}

// Close ends the archive.
func (a *Archive) Close() error { return a.z.Close() }

// Zip writes files into one archive: the same files give the same bytes.
func Zip(w io.Writer, files []File) error {
	a := NewArchive(w)
	for _, f := range files {
		if err := a.Add(f); err != nil {
			return errors.Join(err, a.Close())
		}
	}
	return a.Close()
}

// digest is what a file weighs.
type digest struct {
	sha256 string
	bytes  int64
}

// scale weighs files as they are written, or, for one that was not yet, writes
// it to nowhere.
type scale struct {
	mu   sync.Mutex
	seen map[string]digest
}

func newScale() *scale { return &scale{seen: map[string]digest{}} }

// weighed is a file that leaves its digest on the scale.
func (s *scale) weighed(f File) File {
	write := f.Write
	f.Write = func(w io.Writer) error {
		m := meter{w: w, h: sha256.New()}
		if err := write(&m); err != nil {
			return err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.seen[f.Name] = digest{hex.EncodeToString(m.h.Sum(nil)), m.n}
		return nil
	}
	return f
}

// of is a file's digest; the file must be a weighed one.
func (s *scale) of(f File) (digest, error) {
	known := func() (digest, bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		d, ok := s.seen[f.Name]
		return d, ok
	}
	if d, ok := known(); ok {
		return d, nil
	}
	if err := f.Write(io.Discard); err != nil {
		return digest{}, err
	}
	d, _ := known()
	return d, nil
}

type meter struct {
	w io.Writer
	h hash.Hash
	n int64
}

func (m *meter) Write(b []byte) (int, error) {
	n, err := m.w.Write(b)
	m.n += int64(n)
	_, _ = m.h.Write(b[:n]) // a hash takes everything
	return n, err
}
