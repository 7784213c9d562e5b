package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/ussd/phone"
)

// machine is a machine to install on: folders of the test's own stand for the
// system's, and the unit is run by the test as systemd would.
type machine struct {
	t       *testing.T
	at      string // stands for /
	clone   string // where the documents' commands are typed
	token   string // as jamakan config token printed it
	form    string
	service *service
}

// systemPath is a path that the documents name outside the clone.
var systemPath = regexp.MustCompile(`(^|[= ])(/(?:etc|var|usr/local)/)`)

// here is the machine's own path for one of the document.
func (m *machine) here(path string) string {
	return systemPath.ReplaceAllString(path, "${1}"+m.at+"${2}")
}

// TestInstall types every command of docs/operating.md that needs a machine,
// in its order: what is installed records a vote, and keeps it through an
// upgrade, a way back and a restore.
func TestInstall(t *testing.T) {
	m := &machine{t: t, at: t.TempDir(), clone: t.TempDir()}
	for _, folder := range []string{"etc/systemd/system", "usr/local/bin", "var/lib/jamakan", "var/backups"} {
		if err := os.MkdirAll(filepath.Join(m.at, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```shell\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	if len(blocks) < 6 {
		t.Fatalf("%d blocks found", len(blocks))
	}
	for _, block := range blocks {
		for line := range strings.SplitSeq(strings.TrimSpace(block[1]), "\n") {
			m.typed(line)
			if t.Failed() {
				t.Fatalf("%s", line)
			}
			if strings.Contains(line, "plan import") {
				m.vote()
			}
		}
	}
	if said := m.jamakan("check", "--config", "/etc/jamakan/config.yaml"); !strings.Contains(said, "1 record") {
		t.Errorf("after all of it: %s", said)
	}
	m.service.stop(t)
}

// typed does one line.
func (m *machine) typed(line string) {
	m.t.Helper()
	args := words(line)
	for len(args) > 0 && args[0] == "sudo" {
		if args = args[1:]; args[0] == "-u" {
			args = args[2:]
		}
	}
	switch args[0] {
	case "make":
		m.make(args[1:])
	case "jamakan":
		m.read(m.jamakan(args[1:]...))
	case "systemctl":
		m.systemctl(args[1:])
	case "sudoedit":
		m.edit(args[1])
	case "useradd":
		m.syntax(args, "jamakan")
	case "chown":
		m.syntax(args, "/var/lib/jamakan")
	case "install", "cp":
		m.copied(args)
	default:
		m.t.Errorf("%s: a document says it, and no test knows how to run it", line)
	}
}

func (m *machine) make(args []string) {
	m.t.Helper()
	bin := filepath.Join(m.clone, "bin")
	if said, err := exec.Command("make", append([]string{"-C", "../..", "BIN=" + bin}, args...)...).CombinedOutput(); err != nil {
		m.t.Errorf("make: %v\n%s", err, said)
	}
}

// jamakan runs the program that is installed.
func (m *machine) jamakan(args ...string) string {
	m.t.Helper()
	for i := range args {
		args[i] = m.here(args[i])
	}
	cmd := exec.Command(m.here("/usr/local/bin/jamakan"), args...)
	cmd.Dir = m.clone
	said, err := cmd.CombinedOutput()
	if err != nil {
		m.t.Errorf("jamakan %s: %v\n%s", strings.Join(args, " "), err, said)
	}
	return string(said)
}

// read keeps a token that was printed.
func (m *machine) read(said string) {
	if found := regexp.MustCompile(`address:\s+(\S+)\n.*configuration:\s+(\S+)`).FindStringSubmatch(said); found != nil {
		m.token, m.form = found[1], found[2]
	}
}

// systemctl does what systemd would with the unit that is installed.
func (m *machine) systemctl(args []string) {
	m.t.Helper()
	if m.service == nil {
		m.service = &service{root: m.here}
	}
	m.service.unit = readUnit(m.t, m.here("/etc/systemd/system/jamakan.service"))
	switch args[0] {
	case "daemon-reload":
	case "enable", "start":
		m.service.start(m.t)
	case "restart":
		m.service.stop(m.t)
		m.service.start(m.t)
	case "stop":
		m.service.stop(m.t)
	default:
		m.t.Errorf("systemctl %s: no test knows how to do it", args[0])
	}
}

// edit does what the document says to write into the configuration.
func (m *machine) edit(path string) {
	m.t.Helper()
	text, err := os.ReadFile(m.here(path))
	if err != nil || m.form == "" {
		m.t.Fatal("no configuration, or no token for it", err)
	}
	with := strings.ReplaceAll(string(text), "sha256:...", m.form)
	if with == string(text) {
		m.t.Errorf("%s has no place for a token", path)
	}
	with = regexp.MustCompile(`: (/(?:etc|var)/)`).ReplaceAllString(with, ": "+m.at+"$1")
	if err := os.WriteFile(m.here(path), []byte(with), 0o640); err != nil {
		m.t.Fatal(err)
	}
	m.plan()
}

// plan writes a plan of one's own: the example's, which is not invented any
// more and is being voted on.
func (m *machine) plan() {
	m.t.Helper()
	text, err := os.ReadFile("../../docs/plan.example.yaml")
	if err != nil {
		m.t.Fatal(err)
	}
	day := func(n int) string { return time.Now().AddDate(0, 0, n).Format(time.DateOnly) }
	own := strings.NewReplacer(" (fictif)", "", "fictif: oui\n", "", " FICTIF", "", "phase: information", "phase: priorisation", "2030-02-01", day(-2), "2030-02-28", day(20)).
		Replace(string(text))
	if err := os.WriteFile(filepath.Join(m.clone, "plan.yaml"), []byte(own), 0o600); err != nil {
		m.t.Fatal(err)
	}
}

// syntax looks whether a command that only root could do is on this machine,
// and ends with what it is about.
func (m *machine) syntax(args []string, about string) {
	m.t.Helper()
	if args[len(args)-1] != about {
		m.t.Errorf("%v is about %s, want %s", args, args[len(args)-1], about)
	}
}

// copied runs install or cp, but for the owner, whom this machine has not.
func (m *machine) copied(args []string) {
	m.t.Helper()
	var rest []string
	for i := 1; i < len(args); i++ {
		if args[i] == "-g" || args[i] == "-o" {
			i++
			continue
		}
		rest = append(rest, m.here(args[i]))
		if strings.HasPrefix(args[i], "docs/") {
			rest[len(rest)-1] = filepath.Join("..", "..", args[i])
		} else if strings.HasPrefix(args[i], "bin/") {
			rest[len(rest)-1] = filepath.Join(m.clone, args[i])
		}
	}
	if said, err := exec.Command(args[0], rest...).CombinedOutput(); err != nil {
		m.t.Errorf("%v: %v\n%s", args, err, said)
	}
}

// vote votes from a phone, by the provider's address.
func (m *machine) vote() {
	m.t.Helper()
	said := ""
	for _, text := range []string{"", "2", "2*1", "2*1*1", "2*1*1*1", "2*1*1*1*1", "2*1*1*1*1*1", "2*1*1*1*1*1*1"} {
		var err error
		if said, _, err = phone.Post(m.t.Context(), phone.Turn{
			URL: callbackURL(m.service.calls, "africastalking", m.token), Number: "+22376000001", Code: "*384*55#", Session: "ATUid_install", Transcript: text,
		}); err != nil {
			m.t.Fatal(err)
		}
		if strings.Contains(said, "Gardez ce code") {
			return
		}
	}
	m.t.Errorf("the vote was not noted: %q", said)
}
