package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/cmd/jamakan/config"
)

const unitFile = "../../docs/systemd/jamakan.service"

// unit is a systemd unit: what stands under a name, in its order.
type unit map[string][]string

func readUnit(t *testing.T, path string) unit {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	u := unit{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		if line == "" || line[0] == '#' || line[0] == '[' {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			t.Errorf("%s: %q is no line of a unit", path, line)
		}
		u[name] = append(u[name], value)
	}
	return u
}

// one is the value that stands under a name once.
func (u unit) one(t *testing.T, name string) string {
	t.Helper()
	if len(u[name]) != 1 {
		t.Fatalf("%s stands %d times", name, len(u[name]))
	}
	return u[name][0]
}

// TestUnit: each line that keeps the service in its place is there, and what
// the unit names is what the program has.
func TestUnit(t *testing.T) {
	u := readUnit(t, unitFile)
	for name, want := range map[string]string{
		"Type": "notify", "NotifyAccess": "main", "User": "jamakan", "KillSignal": "SIGTERM", "ExecReload": "/bin/kill -HUP $MAINPID",
		"Restart": "on-failure", "RestartPreventExitStatus": "2", "StateDirectory": "jamakan", "StateDirectoryMode": "0700", "UMask": "0077",
		"LimitCORE": "0", "NoNewPrivileges": "yes", "CapabilityBoundingSet": "", "AmbientCapabilities": "", "ProtectSystem": "strict",
		"ProtectHome": "yes", "PrivateTmp": "yes", "PrivateDevices": "yes", "PrivateMounts": "yes", "PrivateUsers": "yes", "ProtectProc": "invisible",
		"ProtectClock": "yes", "ProtectHostname": "yes", "ProtectKernelTunables": "yes", "ProtectKernelModules": "yes", "ProtectKernelLogs": "yes",
		"ProtectControlGroups": "yes", "RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6", "RestrictNamespaces": "yes", "RestrictRealtime": "yes",
		"RestrictSUIDSGID": "yes", "LockPersonality": "yes", "MemoryDenyWriteExecute": "yes", "SystemCallArchitectures": "native",
		"MemoryMax": "1G", "LimitNOFILE": "16384", "TimeoutStartSec": "30min",
	} {
		if got := u.one(t, name); got != want {
			t.Errorf("%s=%s, want %s", name, got, want)
		}
	}
	if got := u["SystemCallFilter"]; !slices.Equal(got, []string{"@system-service", "~@privileged @resources"}) {
		t.Errorf("SystemCallFilter: %v", got)
	}
	if grace := config.Default().Grace; grace >= time.Minute || u.one(t, "TimeoutStopSec") != "60s" {
		t.Errorf("a stop waits %s, and systemd %s", grace, u.one(t, "TimeoutStopSec"))
	}
	start := strings.Fields(u.one(t, "ExecStart"))
	if code, said := runHere(t, append(start[1:], "--help")...); code != 0 {
		t.Errorf("ExecStart: %d %s", code, said)
	}
	if i := slices.Index(start, "--config"); i < 0 || filepath.Base(start[i+1]) != "config.yaml" {
		t.Errorf("ExecStart names no configuration: %v", start)
	}
	name, _, _ := strings.Cut(u.one(t, "Environment"), "=")
	if !strings.Contains(config.Default().Describe(), "# "+name+"\n") {
		t.Errorf("%s is no variable of the program", name)
	}
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Log("systemd-analyze is not on this machine: the unit was read by this test alone")
		return
	}
	said, err := exec.Command(analyze, "security", "--offline=true", "--no-pager", "--threshold=15", unitFile).CombinedOutput()
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	if t.Log(lines[len(lines)-1]); err != nil {
		t.Errorf("the unit is more exposed than 1.5: %v\n%s", err, said)
	}
	said, err = exec.Command(analyze, "verify", "--man=no", unitFile).CombinedOutput()
	for line := range strings.SplitSeq(string(said), "\n") {
		if strings.Contains(line, "jamakan.service") && !strings.Contains(line, "/usr/local/bin/jamakan is not executable") {
			t.Errorf("systemd-analyze verify: %v %s", err, line)
		}
	}
}

// runHere runs a verb in this process.
func runHere(t *testing.T, args ...string) (code int, said string) {
	t.Helper()
	var out strings.Builder
	w := world{stdin: strings.NewReader(""), stdout: &out, stderr: &out, getenv: func(string) string { return "" }}
	code = run(t.Context(), args, w)
	return code, out.String()
}
