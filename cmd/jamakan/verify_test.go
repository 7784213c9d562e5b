package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/faults/load"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/bolt"
	"github.com/jamakan/jamakan/store/secret"
)

// left is a database as a crash leaves it: of phones that voted and wrote.
func left(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), databaseFile)
	g, err := load.Open(bolt.Options{Path: path, InitialMmap: 32 << 10})
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 60; n++ {
		if _, err := g.Send(load.Message{Phone: n % 4, N: 1 + n/4}); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(path)
	if err = errors.Join(err, g.Engine.Close()); err != nil {
		t.Fatal(err)
	}
	return data
}

const pageSize = 4096

// TestDamagedPages: whatever page of a crashed database is gone, cut or leads
// in a circle, the start says so in a sentence, or serves what was not in it.
// The process that serves never reads it first.
func TestDamagedPages(t *testing.T) {
	verify := world{self: buildGateway(t)}.verifier(context.Background(), nil)
	whole := left(t)
	if err := verified(t, verify, whole, nil); err != nil {
		t.Fatalf("the whole file: %v", err)
	}
	// The file is longer than what is used: what is written ahead are zeros.
	pages := (len(bytes.TrimRight(whole, "\x00")) + pageSize - 1) / pageSize
	refused, step := 0, max(1, pages/24)
	for page := 2; page < pages; page += step {
		for name, damage := range map[string]func([]byte){
			"zeros":  func(p []byte) { clear(p) },
			"ones":   func(p []byte) { fill(p, 0xff) },
			"half":   func(p []byte) { clear(p[pageSize/2:]) },
			"circle": func(p []byte) { circle(p, uint64(page)) },
		} {
			err := verified(t, verify, whole, func(d []byte) { damage(d[page*pageSize : (page+1)*pageSize]) })
			if err == nil {
				continue
			}
			refused++
			if !errors.Is(err, store.ErrCorrupt) || strings.Contains(err.Error(), "goroutine 1") || strings.Contains(err.Error(), "\n") {
				t.Errorf("page %d, %s: %v", page, name, err)
			}
		}
	}
	if refused == 0 {
		t.Error("no damage was noticed")
	}
	t.Logf("every page of %d, in steps of %d, damaged in 4 ways: %d files refused in a sentence", pages-2, step, refused)
}

// verified asks about a file with a damage.
func verified(t *testing.T, verify func(string) error, whole []byte, damage func([]byte)) error {
	t.Helper()
	data := append([]byte(nil), whole...)
	if damage != nil {
		damage(data)
	}
	path := filepath.Join(t.TempDir(), databaseFile)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return verify(path)
}

func fill(p []byte, with byte) {
	for i := range p {
		p[i] = with
	}
}

// circle makes a page a branch that leads to itself (bbolt's page: id, flags,
// count, overflow; then elements of position, key size, page).
func circle(p []byte, id uint64) {
	clear(p)
	binary.LittleEndian.PutUint64(p, id)
	binary.LittleEndian.PutUint16(p[8:], 1)
	binary.LittleEndian.PutUint16(p[10:], 1)
	binary.LittleEndian.PutUint32(p[16:], 16)
	binary.LittleEndian.PutUint32(p[20:], 1)
	binary.LittleEndian.PutUint64(p[24:], id)
}

// TestServeRefusesDamage: the gateway itself, killed, its file damaged, does
// not start and names the damage; nothing of a Go trace is shown.
func TestServeRefusesDamage(t *testing.T) {
	bin, data := buildGateway(t), t.TempDir()
	whole := left(t)
	copy(whole[4*pageSize:], make([]byte, 8*pageSize))
	if err := os.WriteFile(filepath.Join(data, databaseFile), whole, 0o600); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.New()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(context.Background(), 30*time.Second)
	defer stop()
	var out, errs strings.Builder
	code := run(ctx, []string{"serve", "--data", data, "--listen", "127.0.0.1:0", "--desk", "127.0.0.1:0", "--sandbox", "127.0.0.1:0"}, world{
		stdin: strings.NewReader(""), stdout: &out, stderr: &errs, self: bin,
		getenv: func(name string) string {
			if name == "JAMAKAN_KEY" {
				return keys.Text()
			}
			return ""
		},
	})
	if said := errs.String(); code != 1 || !strings.Contains(said, store.ErrCorrupt.Error()) || strings.Contains(said, "goroutine") {
		t.Errorf("exit %d: %s", code, said)
	}
}

// TestRoomIsWarnedOf: while the reserve is all that is left, /readyz says that
// what citizens send is refused; with little more, it warns.
func TestRoomIsWarnedOf(t *testing.T) {
	bin := buildGateway(t)
	for _, c := range []struct {
		reserve, want string
		status        int
	}{
		{"8000000GB", "not ready to record: refused", 503},
		{"1MB", "ready to record", 200},
	} {
		t.Run(c.reserve, func(t *testing.T) {
			cmd, base := gateway(t, bin, t.TempDir(), "JAMAKAN_STORE_RESERVE="+c.reserve)
			defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
			status, body := fetched(t, base+"/readyz")
			if status != c.status || !strings.Contains(body, c.want) {
				t.Errorf("%d %s", status, body)
			}
		})
	}
}

func fetched(t *testing.T, url string) (int, string) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}
