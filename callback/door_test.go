package callback_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/callback"
	"github.com/jamakan/jamakan/callback/refusal"
)

const (
	present = "a-token-of-this-year-0001"
	next    = "a-token-of-next-year-0002"
)

func networks(texts ...string) (all []netip.Prefix) {
	for _, text := range texts {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}

// knock asks a door, and returns the status and the body.
func knock(d callback.Door, token, peer string, header http.Header, body string) (status int, said string) {
	e := echo.New()
	e.POST("/ussd/africastalking/:token", d.Guard(func(c echo.Context) error {
		if _, err := callback.Read(c.Request()); err != nil {
			return d.Refuse(c, err)
		}
		return c.String(http.StatusOK, "in")
	}))
	r := httptest.NewRequest(http.MethodPost, "/ussd/africastalking/"+token, strings.NewReader(body))
	r.RemoteAddr = peer
	for name, values := range header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// Two tokens are valid at once, in clear or hashed; the hash itself opens
// nothing; who comes from elsewhere gets what a wrong token gets, byte for
// byte.
func TestDoor(t *testing.T) {
	refused := refusal.New(time.Now)
	d := callback.Door{
		Tokens: []string{present, callback.HashToken(next)}, From: networks("203.0.113.0/24", "2001:db8::/32"),
		Proxies: networks("10.0.0.0/8"), Refused: refused.Channel("ussd/a"),
	}
	forwarded := func(text ...string) http.Header { return http.Header{"X-Forwarded-For": text} }
	_, wrong := knock(d, "wrong", "203.0.113.9:1", nil, "")
	for name, tc := range map[string]struct {
		token, peer string
		header      http.Header
		want        int
	}{
		"the present token":            {present, "203.0.113.9:1", nil, 200},
		"the next token":               {next, "203.0.113.9:1", nil, 200},
		"the next token's hash":        {callback.HashToken(next), "203.0.113.9:1", nil, 404},
		"a wrong token":                {"wrong", "203.0.113.9:1", nil, 404},
		"nothing":                      {"%20", "203.0.113.9:1", nil, 404},
		"version 6":                    {present, "[2001:db8::7]:1", nil, 200},
		"version 4 in 6":               {present, "[::ffff:203.0.113.9]:1", nil, 200},
		"from elsewhere":               {present, "198.51.100.7:1", nil, 404},
		"a forged header":              {present, "198.51.100.7:1", forwarded("203.0.113.9"), 404},
		"through our proxy":            {present, "10.0.0.1:1", forwarded("203.0.113.9"), 200},
		"through two of ours":          {present, "10.0.0.1:1", forwarded("203.0.113.9, 10.0.0.2"), 200},
		"forged before our proxy":      {present, "10.0.0.1:1", forwarded("203.0.113.9, 198.51.100.7"), 404},
		"forged in another header":     {present, "10.0.0.1:1", forwarded("203.0.113.9", "198.51.100.7"), 404},
		"our proxy says nonsense":      {present, "10.0.0.1:1", forwarded("203.0.113.9, x"), 404},
		"our proxy says nothing":       {present, "10.0.0.1:1", nil, 404},
		"our proxy gives a port":       {present, "10.0.0.1:1", forwarded("203.0.113.9:4711"), 200},
		"a peer without an address":    {present, "@", nil, 404},
		"wrong token and from outside": {"wrong", "198.51.100.7:1", nil, 404},
	} {
		status, said := knock(d, tc.token, tc.peer, tc.header, "")
		if status != tc.want || status == 404 && said != wrong {
			t.Errorf("%s: %d %q, want %d", name, status, said, tc.want)
		}
	}
	knock(d, present, "203.0.113.9:1", nil, strings.Repeat("x", 70_000))
	counted := map[string]int64{}
	for _, row := range refused.Rows() {
		counted[row.Reason.String()] = row.N
	}
	if counted["bad_token"] != 5 || counted["outside_network"] != 7 || counted["too_large"] != 1 {
		t.Errorf("counted %v", counted)
	}
	if text := fmt.Sprintf("%+v", refused.Recent()); strings.Contains(text, "token-of") || strings.Contains(text, "203.0.113.9") {
		t.Errorf("an example holds a token or an address: %s", text)
	}
}

// A comparison looks at all tokens: its time does not tell which one is near.
func TestLockLooksAtAll(t *testing.T) {
	l := callback.NewLock([]string{present, next})
	ofFirst, ofNone := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			l.Opens(present)
		}
	}), testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			l.Opens("a-token-of-this-year-0009")
		}
	})
	if a, b := float64(ofFirst.NsPerOp()), float64(ofNone.NsPerOp()); a > 3*b || b > 3*a {
		t.Errorf("%v ns for the first token, %v for none", a, b)
	}
}

// Headers and time are bounded as the gateway's servers bound them (see
// cmd/jamakan); a body without a length is read to the limit and no further.
func TestChunkedBodyIsBounded(t *testing.T) {
	d := callback.Door{Tokens: []string{present}}
	e := echo.New()
	e.POST("/:token", d.Guard(func(c echo.Context) error {
		if _, err := callback.Read(c.Request()); err != nil {
			return d.Refuse(c, err)
		}
		return c.String(http.StatusOK, "in")
	}))
	server := httptest.NewServer(e)
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /%s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", present)
	chunk := fmt.Sprintf("%x\r\n%s\r\n", 8192, strings.Repeat("x", 8192))
	for range 10 {
		if _, err := conn.Write([]byte(chunk)); err != nil {
			break
		}
	}
	answer := make([]byte, 64)
	n, err := conn.Read(answer)
	if err != nil || !strings.Contains(string(answer[:n]), " 413 ") {
		t.Errorf("%q %v", answer[:n], err)
	}
}
