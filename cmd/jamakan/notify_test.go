package main

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// heard is what a service told its manager, which listens on a socket.
func heard(t *testing.T) (path string, next func() string) {
	t.Helper()
	folder, err := os.MkdirTemp("", "sd") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(folder, "n")
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(); _ = os.RemoveAll(folder) })
	return path, func() string {
		t.Helper()
		if err := c.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 100)
		n, err := c.Read(buf)
		if err != nil {
			t.Fatalf("the service told nothing: %v", err)
		}
		return string(buf[:n])
	}
}

// service runs a program as its unit would: the flags of ExecStart, its
// Environment, a socket to say READY=1 on. Paths are those of a root of the
// test's own.
type service struct {
	unit  unit
	root  func(string) string // a path of the document, in the test's root
	env   []string
	cmd   *exec.Cmd
	calls string // address of the callbacks
	desk  string // of the desk
}

// start starts it, and waits until it says that it is ready.
func (s *service) start(t *testing.T) {
	t.Helper()
	credentials := filepath.Join(t.TempDir(), "credentials")
	if err := os.MkdirAll(credentials, 0o700); err != nil {
		t.Fatal(err)
	}
	name, source, _ := strings.Cut(s.unit.one(t, "LoadCredential"), ":")
	key, err := os.ReadFile(s.root(source))
	if err != nil {
		t.Fatalf("LoadCredential: %v", err)
	}
	if err := os.WriteFile(filepath.Join(credentials, name), key, 0o400); err != nil {
		t.Fatal(err)
	}
	args := strings.Fields(s.unit.one(t, "ExecStart"))
	for i := range args {
		args[i] = s.root(args[i])
	}
	s.cmd = exec.Command(args[0], args[1:]...)
	s.cmd.Dir = s.root(s.unit.one(t, "WorkingDirectory"))
	notify, next := heard(t)
	s.cmd.Env = append(append(os.Environ(), s.env...), "NOTIFY_SOCKET="+notify, "CREDENTIALS_DIRECTORY="+credentials,
		strings.ReplaceAll(s.unit.one(t, "Environment"), "%d", credentials), "JAMAKAN_LISTEN=127.0.0.1:0", "JAMAKAN_DESK=127.0.0.1:0")
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	s.cmd.Stderr = &stderr
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	t.Cleanup(func() { s.stop(t) })
	at := map[string]string{}
	for at["desk"] == "" && lines.Scan() {
		if f := strings.Fields(lines.Text()); len(f) == 2 {
			at[f[0]] = f[1]
		}
	}
	if s.calls, s.desk = at["callbacks"], at["desk"]; s.desk == "" {
		ended := s.cmd.Wait()
		s.cmd = nil
		t.Fatalf("the service does not start: %v %s", ended, stderr.String())
	}
	go func() {
		for lines.Scan() {
		}
	}()
	if got := next(); got != "READY=1" {
		t.Fatalf("the service says %q", got)
	}
}

// stop stops it, if it runs.
func (s *service) stop(t *testing.T) {
	t.Helper()
	if s.cmd != nil {
		stopGently(t, s.cmd)
	}
	s.cmd, s.calls, s.desk = nil, "", ""
}
