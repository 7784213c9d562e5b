package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"filippo.io/age"

	"github.com/jamakan/jamakan/store/secret"
)

// File is a backup that is open for reading.
type File struct {
	f    *os.File
	head header
	size int64
}

// Open opens a backup and reads its manifest.
func Open(path string) (*File, error) {
	// Looked at before it is opened: opening a pipe would wait for a writer.
	if info, err := os.Stat(path); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: %w: it is no file", path, ErrForeign)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	b, err := read(f)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), f.Close())
	}
	return b, nil
}

func read(f *os.File) (*File, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() == 0 {
		return nil, fmt.Errorf("%w: it is empty", ErrForeign)
	}
	b := &File{f: f, size: info.Size()}
	if b.head, err = readHeader(f); err != nil {
		return nil, err
	}
	if b.size < b.head.size+tailLength {
		return nil, ErrCut
	}
	return b, nil
}

// Close closes it.
func (b *File) Close() error { return b.f.Close() }

// Manifest says what is in it, as far as it can be believed (Genuine).
func (b *File) Manifest() Manifest { return b.head.m }

// Size is the length of the file.
func (b *File) Size() int64 { return b.size }

// Genuine says whether a holder of the keys made it: ErrKey, ErrForged.
func (b *File) Genuine(keys *secret.Keys) error { return b.head.genuine(keys) }

// Ends says whether the last line is there: cheap, and enough to recognise a
// file that was never finished.
func (b *File) Ends() (digest string, err error) {
	tail := make([]byte, tailLength)
	if _, err := b.f.ReadAt(tail, b.size-tailLength); err != nil {
		return "", fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	digest, ok := strings.CutPrefix(string(tail), tailPrefix)
	if !ok || !strings.HasSuffix(digest, "\n") {
		return "", ErrCut
	}
	return strings.TrimSuffix(digest, "\n"), nil
}

// Whole reads all of it and holds it against its last line.
func (b *File) Whole(ctx context.Context) error {
	want, err := b.Ends()
	if err != nil {
		return err
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, patient{ctx, io.NewSectionReader(b.f, 0, b.size-tailLength)}); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != want {
		return fmt.Errorf("%w: its digest is not the one in its last line", ErrDamaged)
	}
	return nil
}

// Opens says whether the identities open the backup, before anything of it is
// written. One that is not encrypted needs none.
func (b *File) Opens(identities []age.Identity) error {
	_, err := b.database(context.Background(), identities)
	return err
}

// database reads the database, decrypted.
func (b *File) database(ctx context.Context, identities []age.Identity) (io.Reader, error) {
	in := patient{ctx, io.NewSectionReader(b.f, b.head.size, b.size-tailLength-b.head.size)}
	if !b.head.m.Encrypted {
		return in, nil
	}
	whom := strings.Join(b.head.m.To, " or ")
	if len(identities) == 0 {
		return nil, fmt.Errorf("%w: none was given; give the file of the secret half of %s with --identity", ErrIdentity, whom)
	}
	out, err := age.Decrypt(in, identities...)
	var wrong *age.NoIdentityMatchError
	switch {
	case errors.As(err, &wrong):
		return nil, fmt.Errorf("%w; it was encrypted to %s", ErrIdentity, whom)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return out, nil
}

// Extract writes the database, decrypted, and wants exactly the one of the
// manifest.
func (b *File) Extract(ctx context.Context, w io.Writer, identities []age.Identity) error {
	in, err := b.database(ctx, identities)
	if err != nil {
		return err
	}
	out := writing{w: w}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(&out, sum), io.LimitReader(in, b.head.m.Bytes+1))
	switch {
	case out.err != nil:
		return out.err
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	case n != b.head.m.Bytes || hex.EncodeToString(sum.Sum(nil)) != b.head.m.SHA256:
		return fmt.Errorf("%w: the database in it is not the one its manifest names", ErrDamaged)
	}
	return nil
}

// writing remembers that it was the writing that failed.
type writing struct {
	w   io.Writer
	err error
}

// Write writes.
func (w *writing) Write(p []byte) (n int, err error) {
	n, w.err = w.w.Write(p)
	return n, w.err
}

// patient reads until its context ends.
type patient struct {
	ctx context.Context
	r   io.Reader
}

// Read reads.
func (p patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}
