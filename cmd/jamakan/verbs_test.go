package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/cmd/jamakan/clock"
	"github.com/jamakan/jamakan/store/secret"
)

// hand runs verbs in this process, with nothing of its environment.
type hand struct {
	t     *testing.T
	env   map[string]string
	stdin string
	now   func() time.Time
	// the machine's clocks when now is nil
	clocks func() clock.Reading
}

func (h hand) run(args ...string) (code int, said string) {
	h.t.Helper()
	var out bytes.Buffer
	code = run(h.t.Context(), args, world{
		stdin: strings.NewReader(h.stdin), stdout: &out, stderr: &out, now: h.now, clocks: h.clocks,
		getenv: func(name string) string { return h.env[name] },
	})
	return code, out.String()
}

// wants a code and some words.
func (h hand) wants(code int, words string, args ...string) {
	h.t.Helper()
	if got, said := h.run(args...); got != code || !strings.Contains(said, words) {
		h.t.Errorf("jamakan %s: code %d, want %d and %q:\n%s", strings.Join(args, " "), got, code, words, said)
	}
}

// madeData is the data of a demonstration that ran once.
func madeData(t *testing.T) string {
	t.Helper()
	data := t.TempDir()
	hand{t: t}.wants(0, "", "coordinator", "add", "awa", "--role", "administrateur", "--data", data)
	return data
}

func isThere(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, os.ErrNotExist)
}

// TestNoKeyIsInvented: a key is made with the data and never after it, and
// never to be printed.
func TestNoKeyIsInvented(t *testing.T) {
	h := hand{t: t}
	empty := t.TempDir()
	h.wants(1, "the key file", "key", "export", "--data", empty)
	if isThere(filepath.Join(empty, "demo.key")) {
		t.Error("key export made a key")
	}
	data := madeData(t)
	h.wants(0, "Master key", "key", "export", "--data", data)
	if err := os.Remove(filepath.Join(data, "demo.key")); err != nil {
		t.Fatal(err)
	}
	elsewhere := filepath.Join(t.TempDir(), "key")
	for _, env := range []map[string]string{nil, {"JAMAKAN_KEY_FILE": elsewhere}} {
		h.env = env
		for _, verb := range [][]string{{"key", "export"}, {"check"}, {"coordinator", "list"}, {"plan", "import", "../../docs/plan.example.yaml"}} {
			h.wants(1, "`jamakan key import`, or the right key_file", append(verb, "--data", data)...)
		}
	}
	if isThere(filepath.Join(data, "demo.key")) || isThere(elsewhere) {
		t.Error("another key was made for data that is there")
	}
}

// TestNoDataIsInvented: a verb on a mistyped folder says so and makes nothing.
func TestNoDataIsInvented(t *testing.T) {
	h := hand{t: t, stdin: "Code;Statut\nEDU-00;achevé\n"}
	data := filepath.Join(t.TempDir(), "dtaa")
	for _, verb := range []string{
		"check", "outbox", "opinions", "backup " + filepath.Join(t.TempDir(), "b"), "export --out " + t.TempDir(), "correct --week 2026-W40 --text a",
		"coordinator list", "coordinator invite awa", "coordinator disable awa", "plan check -",
	} {
		h.wants(2, "no database in "+data+"; is --data right?", append(strings.Fields(verb), "--data", data)...)
	}
	if isThere(data) {
		t.Error("the folder was made")
	}
	h.wants(0, "plan EXEMPLE-2030", "plan", "import", "../../docs/plan.example.yaml", "--data", data)
	h.wants(0, "Nothing wrong", "check", "--data", data)
}

// A token of a gateway in service, and where it is given.
const (
	tokensName = "JAMAKAN_USSD_AFRICASTALKING_TOKENS"
	longToken  = "abcdefghijklmnopqrstuvwx"
)

// TestKeyPlaceIsChecked: what serve refuses, config check refuses.
func TestKeyPlaceIsChecked(t *testing.T) {
	keys, err := secret.New()
	if err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	inside := filepath.Join(data, "key")
	for _, c := range []struct {
		env  map[string]string
		code int
		says string
	}{
		{map[string]string{}, 2, "no master key"},
		{map[string]string{"JAMAKAN_KEY_FILE": inside}, 2, "inside the data folder"},
		{map[string]string{"JAMAKAN_KEY": "abc"}, 1, "not a master key"},
		{map[string]string{"JAMAKAN_KEY": keys.Text()}, 0, "can be used"},
		{map[string]string{"JAMAKAN_KEY_FILE": filepath.Join(t.TempDir(), "key")}, 0, "can be used"},
	} {
		c.env["JAMAKAN_DEMO"], c.env[tokensName] = "false", longToken
		hand{t: t, env: c.env}.wants(c.code, c.says, "config", "check", "--data", data)
		if c.code != 0 {
			hand{t: t, env: c.env}.wants(c.code, c.says, "serve", "--data", data)
		}
	}
	hand{t: t, env: map[string]string{"JAMAKAN_DEMO": "false", tokensName: longToken, "JAMAKAN_KEY_FILE": inside}, stdin: keys.Text()}.wants(2, "inside the data folder", "key", "import", "--data", data)
	if isThere(inside) {
		t.Error("the key was written beside the data")
	}
}

// TestErrorsSayWhatToDo: each with its next step.
func TestErrorsSayWhatToDo(t *testing.T) {
	data, none := madeData(t), filepath.Join(t.TempDir(), "none")
	there := filepath.Join(t.TempDir(), "there")
	if err := os.WriteFile(there, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := hand{t: t}
	week := civic.WeekOf(time.Now())
	h.wants(1, "make the folder, or is the disk there?", "backup", filepath.Join(none, "b"), "--data", data)
	h.wants(1, "give the file of a backup", "restore", none, "--data", data)
	h.wants(2, "give another name", "key", "pair", there)
	h.wants(2, "créez le dossier, ou donnez un autre nom", "plan", "template", "--out", filepath.Join(none, "x"))
	h.wants(2, "no commune of that code is known", "opinions", "--commune", "99999999", "--data", data)
	h.wants(2, "no commune of that code is known", "opinions", "--commune", "0101", "--data", data)
	h.wants(0, "No opinion yet.", "opinions", "--commune", "01019901", "--data", data)
	h.wants(2, "week "+week.String()+" is not over; correct it from Monday on ("+week.End().Format(time.DateOnly), "correct", "--week", week.String(), "--text", "La radio.", "--data", data)
	if kept, err := os.ReadFile(there); err != nil || string(kept) != "kept" {
		t.Errorf("%q %v", kept, err)
	}
	_, at := inProcess(t)
	h.stdin = strings.Repeat("#", maxPlan+1)
	h.wants(2, "over 8 MiB", "plan", "import", "-", "--data", at)
	h.wants(2, "no commune of that code is known", "opinions", "--commune", "99999999", "--data", at)
	h.wants(0, "No opinion yet.", "opinions", "--commune", "01019901", "--data", at)
}

// TestVerbsUseTheClockTheyAreGiven: the week of an export, and the age of a
// count of the outbox.
func TestVerbsUseTheClockTheyAreGiven(t *testing.T) {
	at := time.Date(2027, 1, 6, 12, 0, 0, 0, time.UTC)
	data, out := t.TempDir(), t.TempDir()
	h := hand{t: t, now: func() time.Time { return at }}
	h.wants(0, "", "coordinator", "add", "awa", "--role", "administrateur", "--data", data)
	h.wants(0, "2027-W01", "export", "--format", "csv", "--out", out, "--data", data)

	s, _ := inProcess(t)
	view := mail{s, &counted{}}
	s.house.now = func() time.Time { return at }
	if _, err := view.outbox(t.Context()); err != nil || !view.last.at.Equal(at) {
		t.Errorf("counted at %v, want %v; %v", view.last.at, at, err)
	}
}

// TestKeyMake: a key is made where there is none, outside the data, and never
// replaced.
func TestKeyMake(t *testing.T) {
	data, file := t.TempDir(), filepath.Join(t.TempDir(), "master.key")
	h := hand{t: t}
	h.wants(2, "inside the data folder", "key", "make", filepath.Join(data, "key"), "--data", data)
	h.wants(0, "Print it for the safe", "key", "make", file, "--data", data)
	kept, err := secret.Load(file, false)
	if err != nil {
		t.Fatal(err)
	}
	h.wants(2, "never replaced", "key", "make", file, "--data", data)
	if again, err := secret.Load(file, false); err != nil || again.Fingerprint() != kept.Fingerprint() {
		t.Errorf("the key is another: %v", err)
	}
}
