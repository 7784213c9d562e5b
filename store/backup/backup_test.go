package backup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/jamakan/jamakan/store/secret"
)

// database is what stands for one: this package never looks inside.
func database() []byte {
	data := make([]byte, 150_000)
	chance := rand.NewChaCha8([32]byte{1})
	_, _ = chance.Read(data)
	return data
}

func manifest(data []byte) Manifest {
	sum := sha256.Sum256(data)
	return Manifest{Program: "test", Created: time.Date(2026, 11, 30, 6, 0, 0, 0, time.UTC), Ballots: 3, Records: 4, Root: "aa", Bytes: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}
}

func keys(t *testing.T) *secret.Keys {
	t.Helper()
	k, err := secret.New()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func identity(t *testing.T) *age.X25519Identity {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// made is a backup's bytes.
func made(t *testing.T, k *secret.Keys, to ...age.Recipient) []byte {
	t.Helper()
	var b bytes.Buffer
	data := database()
	if err := Write(&b, manifest(data), k, bytes.NewReader(data), to); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func file(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.backup")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// taken opens, verifies and extracts a backup, as a restore does.
func taken(path string, k *secret.Keys, ids ...age.Identity) ([]byte, error) {
	b, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	if err := errors.Join(b.Genuine(k), b.Opens(ids), b.Whole(context.Background())); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = b.Extract(context.Background(), &out, ids)
	return out.Bytes(), err
}

func TestRoundTrip(t *testing.T) {
	k, id := keys(t), identity(t)
	for _, to := range [][]age.Recipient{nil, {id.Recipient()}, {identity(t).Recipient(), id.Recipient()}} {
		got, err := taken(file(t, made(t, k, to...)), k, id)
		if err != nil || !bytes.Equal(got, database()) {
			t.Errorf("%d recipients: %d bytes, %v", len(to), len(got), err)
		}
	}
}

// What is not exactly what was written is refused, and by name.
func TestRefused(t *testing.T) {
	k, id := keys(t), identity(t)
	plain, sealed := made(t, k), made(t, k, id.Recipient())
	resealed := func(data []byte) []byte { // whoever changes it may mend the last line
		sum := sha256.Sum256(data[:len(data)-int(tailLength)])
		return fmt.Appendf(bytes.Clone(data[:len(data)-int(tailLength)]), "%s%x\n", tailPrefix, sum)
	}
	flip := func(data []byte, at int) []byte {
		data = bytes.Clone(data)
		data[at] ^= 1
		return data
	}
	for name, tc := range map[string]struct {
		data []byte
		want error
	}{
		"empty":                         {nil, ErrForeign},
		"zeros":                         {make([]byte, 5000), ErrForeign},
		"a text":                        {[]byte("Bonjour\nBonjour\n"), ErrForeign},
		"newer format":                  {append([]byte("jamakan backup 2\n"), plain[17:]...), ErrNewer},
		"format 0":                      {append([]byte("jamakan backup 0\n"), plain[17:]...), ErrForeign},
		"a longer one":                  {append(bytes.Clone(plain), 0), ErrCut},
		"changed inside":                {flip(plain, 90_000), ErrDamaged},
		"changed inside and resealed":   {resealed(flip(plain, 90_000)), ErrDamaged},
		"changed sealed and resealed":   {resealed(flip(sealed, 90_000)), ErrDamaged},
		"manifest changed and resealed": {resealed(bytes.Replace(plain, []byte(`"ballots":3`), []byte(`"ballots":4`), 1)), ErrForged},
		"said to be plain, resealed":    {resealed(bytes.Replace(sealed, []byte(`"encrypted":true`), []byte(`"encrypted":false`), 1)), ErrForged},
	} {
		if _, err := taken(file(t, tc.data), k, id); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", name, err, tc.want)
		}
	}
	if _, err := taken(file(t, plain), keys(t)); !errors.Is(err, ErrKey) {
		t.Errorf("another master key: %v", err)
	}
	for _, ids := range [][]age.Identity{nil, {identity(t)}} {
		if _, err := taken(file(t, sealed), k, ids...); !errors.Is(err, ErrIdentity) {
			t.Errorf("wrong identity: %v", err)
		}
	}
}

// Cut anywhere, or with any byte changed, it is refused.
func TestCutAndFlipped(t *testing.T) {
	k, id := keys(t), identity(t)
	for _, whole := range [][]byte{made(t, k), made(t, k, id.Recipient())} {
		cuts := []int{1, 5, 16, 17, 18, 100, 400, len(whole) - 1, len(whole) - 40, len(whole) - int(tailLength)}
		for at := 0; at < len(whole); at += 4096 {
			cuts = append(cuts, at)
		}
		for _, at := range cuts {
			if _, err := taken(file(t, whole[:at]), k, id); err == nil {
				t.Errorf("cut at %d of %d: taken", at, len(whole))
			}
		}
		chance := rand.New(rand.NewPCG(1, 2))
		for i := range 300 {
			at := chance.IntN(len(whole))
			if i < 150 { // half of them in the head and in the last line
				at = (at%600 + len(whole) - 80*(i%2)) % len(whole)
			}
			bad := bytes.Clone(whole)
			bad[at] ^= 1 << chance.IntN(8)
			if _, err := taken(file(t, bad), k, id); err == nil {
				t.Errorf("byte %d flipped: taken", at)
			}
		}
	}
}

func TestNoFile(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, link, "/dev/null"} {
		if _, err := Open(path); !errors.Is(err, ErrForeign) {
			t.Errorf("%s: %v", path, err)
		}
		for _, overwrite := range []bool{false, true} {
			if err := Put(context.Background(), path, overwrite, nil); !errors.Is(err, ErrNoFile) {
				t.Errorf("put on %s: %v", path, err)
			}
		}
	}
}

// Put leaves the new one, whole, or what was there.
func TestPut(t *testing.T) {
	k, ctx := keys(t), context.Background()
	good := made(t, k)
	path := filepath.Join(t.TempDir(), "a.backup")
	write := func(data []byte, err error) func(io.Writer) error {
		return func(w io.Writer) error { _, e := w.Write(data); return errors.Join(e, err) }
	}
	broken := errors.New("no space left on device")
	for name, fill := range map[string]func(io.Writer) error{
		"fails": write(good[:500], broken), "is cut": write(good[:len(good)-9], nil), "writes nothing": write(nil, nil),
	} {
		if err := Put(ctx, path, false, fill); err == nil {
			t.Errorf("%s: put", name)
		}
		alone(t, path)
	}
	if err := os.WriteFile(Part(path), []byte("left by a crash, and longer than nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Put(ctx, path, false, write(good, nil)); err != nil {
		t.Fatal(err)
	}
	alone(t, path, "a.backup")
	if err := Put(ctx, path, false, write(good, nil)); !errors.Is(err, ErrExists) {
		t.Errorf("again: %v", err)
	}
	if err := Put(ctx, path, true, write(good[:900], broken)); !errors.Is(err, broken) {
		t.Errorf("overwriting that fails: %v", err)
	}
	if _, err := taken(path, k); err != nil {
		t.Errorf("the old one after an overwriting that failed: %v", err)
	}
	if err := Put(ctx, path, true, func(w io.Writer) error {
		if err := Put(ctx, path, true, write(good, nil)); !errors.Is(err, ErrBusy) {
			t.Errorf("two at once: %v", err)
		}
		return write(good, nil)(w)
	}); err != nil {
		t.Error(err)
	}
	alone(t, path, "a.backup")
}

func alone(t *testing.T, path string, want ...string) {
	t.Helper()
	var got []string
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if !slices.Equal(got, want) {
		t.Errorf("the folder holds %v, want %v", got, want)
	}
}
