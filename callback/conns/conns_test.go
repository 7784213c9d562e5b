package conns

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"testing"
)

// stage is a server whose answers wait until they are let go.
func stage(t *testing.T, most int) (addr string, c *Crowd, begun chan string, let chan struct{}) {
	t.Helper()
	c, begun, let = New(most, 32<<10), make(chan string), make(chan struct{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{ConnState: c.Watch, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			begun <- r.URL.Path
			<-let
		}
		_, _ = io.WriteString(w, "ok")
	})}
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String(), c, begun, let
}

// settled waits until the server has noted that so many wait: it does so after
// the answer was read.
func (c *Crowd) settled(n int) {
	for {
		c.mu.Lock()
		got := c.waiting.Len()
		c.mu.Unlock()
		if got == n {
			return
		}
		runtime.Gosched()
	}
}

type client struct {
	net.Conn
	r *bufio.Reader
}

func dial(t *testing.T, addr string) client {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return client{conn, bufio.NewReader(conn)}
}

func (c client) ask(path string) error {
	if _, err := fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path); err != nil {
		return err
	}
	return c.read()
}

func (c client) read() error {
	res, err := http.ReadResponse(c.r, nil)
	if err != nil {
		return err
	}
	_, err = io.ReadAll(res.Body)
	return err
}

// TestTheLongestWaitingGoes: a newcomer finds room, and who asks something
// keeps it.
func TestTheLongestWaitingGoes(t *testing.T) {
	addr, c, begun, let := stage(t, 3)
	busy := dial(t, addr)
	if _, err := fmt.Fprint(busy, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	<-begun
	first, second := dial(t, addr), dial(t, addr)
	for _, x := range []client{first, second, first} { // first is now the younger
		if err := x.ask("/"); err != nil {
			t.Fatal(err)
		}
		c.settled(2)
	}
	third := dial(t, addr)
	if err := third.ask("/"); err != nil {
		t.Errorf("the newcomer: %v", err)
	}
	c.settled(2)
	if err := second.read(); err == nil {
		t.Error("the longest waiting is still there")
	}
	if err := first.ask("/"); err != nil {
		t.Errorf("the younger: %v", err)
	}
	close(let)
	if err := busy.read(); err != nil {
		t.Errorf("who asked something: %v", err)
	}
	if here, shed, refused := c.Counts(); here != 3 || shed != 1 || refused != 0 {
		t.Errorf("%d here, %d shed, %d refused", here, shed, refused)
	}
}

// TestNobodyWaits: all ask something, so the newcomer goes.
func TestNobodyWaits(t *testing.T) {
	addr, c, begun, let := stage(t, 2)
	var all []client
	for range 2 {
		x := dial(t, addr)
		if _, err := fmt.Fprint(x, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		<-begun
		all = append(all, x)
	}
	if err := dial(t, addr).read(); err == nil {
		t.Error("there was room")
	}
	close(let)
	for _, x := range all {
		if err := x.read(); err != nil {
			t.Error(err)
		}
	}
	if _, shed, refused := c.Counts(); shed != 0 || refused != 1 {
		t.Errorf("%d shed, %d refused", shed, refused)
	}
}
