package sms_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jamakan/jamakan/sms"
	"github.com/jamakan/jamakan/sms/africastalking"
)

// hijack takes the connection from the server and does as told.
func hijack(w http.ResponseWriter, do func(c net.Conn)) {
	c, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer c.Close()
	do(c)
}

// TestBrokenProviders: what a broken provider may do with a request, byte by
// byte. What was certainly not taken is kept to be tried again; what may have
// been is unknown, and is never handed over twice by itself.
func TestBrokenProviders(t *testing.T) {
	const whole = `{"SMSMessageData":{"Message":"Sent to 1/1","Recipients":[{"statusCode":101,"number":"+22376000001","cost":"XOF 25","status":"Success","messageId":"ATXid_1"}]}}`
	until := func(r *http.Request) { <-r.Context().Done() }
	for name, x := range map[string]struct {
		does http.HandlerFunc
		want string
		most int32 // requests in all; 0: as often as it is tried
	}{
		"401 text": {func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "The supplied authentication is invalid", http.StatusUnauthorized)
		}, "queued 1", 0},
		"500 html": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, "<html><body>Oops</body></html>")
		}, "unknown 1", 1},
		"503 {}": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, "{}")
		}, "queued 1", 0},
		"200 {}":   {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") }, "unknown 1", 1},
		"200 null": {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "null") }, "unknown 1", 1},
		"reset": {func(w http.ResponseWriter, _ *http.Request) {
			hijack(w, func(c net.Conn) {
				if tcp, ok := c.(*net.TCPConn); ok {
					_ = tcp.SetLinger(0)
				}
			})
		}, "unknown 1", 1},
		"hangs": {func(_ http.ResponseWriter, r *http.Request) { until(r) }, "unknown 1", 1},
		"drips": {func(w http.ResponseWriter, r *http.Request) {
			hijack(w, func(c net.Conn) {
				_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", len(whole))
				for i := range whole {
					if _, err := c.Write([]byte{whole[i]}); err != nil {
						return
					}
					time.Sleep(100 * time.Millisecond) // the drip itself
				}
			})
		}, "unknown 1", 1},
		"cut JSON": {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, whole[:len(whole)/2]) }, "unknown 1", 1},
		"cut body": {func(w http.ResponseWriter, _ *http.Request) {
			hijack(w, func(c net.Conn) {
				_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(whole), whole[:40])
			})
		}, "unknown 1", 1},
		"not HTTP": {func(w http.ResponseWriter, _ *http.Request) {
			hijack(w, func(c net.Conn) { _, _ = io.WriteString(c, "\x00\x01 hello\r\n\r\n") })
		}, "unknown 1", 1},
		"endless": {func(w http.ResponseWriter, _ *http.Request) {
			for line := make([]byte, 64<<10); ; {
				if _, err := w.Write(line); err != nil {
					return
				}
			}
		}, "unknown 1", 1},
		"redirects": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}, "queued 1", 0},
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int32
			raw := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				_, _ = io.Copy(io.Discard, r.Body)
				x.does(w, r)
			}))
			defer raw.Close()
			s := newStage(t, func(c *sms.SenderConfig) {
				carrier, err := africastalking.New(africastalking.Account{Username: "sandbox", APIKey: "secret-key", API: raw.URL})
				if err != nil {
					t.Fatal(err)
				}
				c.Carrier, c.Timeout = carrier, time.Second
			})
			s.text("+22376000001", "aide")
			s.stand4(x.want)
			for range 3 {
				s.pass(6 * time.Hour)
				s.sender.Drain(context.Background())
				s.crash()
				s.sender.Drain(context.Background())
			}
			s.stand4(x.want)
			if n := asked.Load(); x.most > 0 && n != x.most || n == 0 {
				t.Errorf("it was asked %d times", n)
			}
		})
	}
}

// TestNobodyListens: a provider that is away took nothing.
func TestNobodyListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	s := newStage(t, func(c *sms.SenderConfig) {
		carrier, err := africastalking.New(africastalking.Account{Username: "sandbox", APIKey: "secret-key", API: "http://" + addr})
		if err != nil {
			t.Fatal(err)
		}
		c.Carrier = carrier
	})
	s.text("+22376000001", "aide")
	s.stand4("queued 1")
}
