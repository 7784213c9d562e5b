package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jamakan/jamakan/store"
)

// backups makes them of the serving gateway, plain and encrypted, and opens
// both as a restore does.
func (l *leak) backups(data string) {
	folder := l.t.TempDir()
	identity := filepath.Join(folder, "identity")
	run := func(at, key string, args ...string) string {
		out, err := verbApart(l.t, at, key, args...).CombinedOutput()
		if err != nil {
			l.t.Errorf("%v: %v %s", args, err, out)
		}
		l.holdsNone("jamakan "+args[0], out)
		return string(out)
	}
	out, err := verbApart(l.t, data, "", "key", "pair", identity).CombinedOutput()
	if err != nil {
		l.t.Fatalf("%v %s", err, out)
	}
	plain, sealed := filepath.Join(folder, "plain"), filepath.Join(folder, "sealed")
	run(data, "", "backup", plain)
	run(data, "", "backup", sealed, "--to", lastLine(string(out)))
	for _, file := range []string{plain, sealed} {
		l.read("the backup "+filepath.Base(file), file)
		machine := filepath.Join(l.t.TempDir(), "data")
		run(machine, filepath.Join(data, "demo.key"), "restore", file, "--identity", identity)
		l.read("what the backup "+filepath.Base(file)+" opens to", filepath.Join(machine, databaseFile))
	}
}

func (l *leak) read(what, path string) {
	raw, err := os.ReadFile(path)
	if err != nil {
		l.t.Error(err)
	}
	l.holdsNone(what, raw)
}

// behindTLS is a gateway that serves the desk with TLS, and whoever speaks to it
// badly: plain HTTP, another name, half a handshake, requests that are none. What
// net/http and crypto/tls say of it is in the log.
func (l *leak) behindTLS(numbers []string) {
	cert, key := writePair(l.t, l.t.TempDir(), 7, time.Now())
	var said bytes.Buffer
	cmd, at := loudGateway(l.t, l.t.TempDir(), &said, "JAMAKAN_TLS_DESK_CERT="+cert, "JAMAKAN_TLS_DESK_KEY="+key)
	for _, number := range numbers[:min(50, len(numbers))] {
		for name, base := range at {
			u, err := url.Parse(base)
			if err != nil || name == "sandbox" {
				continue
			}
			for _, raw := range []string{
				"POST /" + number + "?from=" + number + " HTTP/1.1\r\nHost: " + number + "\r\n\r\n",
				"GET /" + number + " HTTP/9.9\r\n\r\n", "GET " + number + "\r\n\r\n", number + "\r\n", "\x16\x03\x01\x00\xff" + number,
				"GET / HTTP/1.1\r\nHost: x\r\n" + number + "\r\n\r\n",
			} {
				l.raw(u.Host, raw)
			}
			if u.Scheme == "https" {
				c, err := tls.Dial("tcp", u.Host, &tls.Config{ServerName: strings.TrimPrefix(number, "+") + ".example", MinVersion: tls.VersionTLS12})
				if err == nil {
					_ = c.Close()
					l.t.Error("a name that the certificate does not have is believed")
				}
			}
		}
	}
	if err := cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		l.t.Fatal(err)
	}
	_ = cmd.Wait()
	if !strings.Contains(said.String(), "TLS handshake error") {
		l.t.Error("no handshake failed: the test looks at nothing")
	}
	l.holdsNone("logs and stacks of a gateway with TLS", said.Bytes())
}

// raw sends bytes and keeps what is answered.
func (l *leak) raw(host, text string) {
	c, err := net.Dial("tcp", host)
	if err != nil {
		l.t.Error(err)
		return
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	_, _ = io.WriteString(c, text)
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
	answer, _ := io.ReadAll(c)
	l.holdsNone("the answer to a request that is none", append(answer, '\n'))
}

// TestPanicShowsNoNumber: a process that dies with what it knows of a number in
// its hands, and the line that net/http writes of a request that panicked, show
// none.
func TestPanicShowsNoNumber(t *testing.T) {
	const number = "+22376543210"
	if os.Getenv("JAMAKAN_PANIC") != "" {
		s, _ := inProcess(t)
		p, err := s.house.book.Person(context.Background(), number)
		if err != nil {
			t.Fatal(err)
		}
		p.Citizen()
		srv := http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(p) })}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() { _ = srv.Serve(l) }()
		if res, err := http.PostForm("http://"+l.Addr().String()+"/"+number, url.Values{"from": {number}}); err == nil {
			_ = res.Body.Close()
		}
		hold(p, number)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run", "^TestPanicShowsNoNumber$")
	cmd.Env = append(os.Environ(), "JAMAKAN_PANIC=1", "GOTRACEBACK=system")
	out, err := cmd.CombinedOutput()
	if err == nil || !bytes.Contains(out, []byte("http: panic serving")) || !bytes.Contains(out, []byte("a person")) {
		t.Fatalf("it did not panic as it was told: %v %s", err, out)
	}
	if found := newHunt(number).in(out); len(found) > 0 {
		t.Errorf("%q in %s", found, out)
	}
}

// hold panics with a person, with her number on its stack.
//
//go:noinline
func hold(p *store.Person, number string) {
	if len(number) > 0 {
		panic(fmt.Errorf("%v %+v %#v %s", p, p, p, p))
	}
}
