package phone_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jamakan/jamakan/ussd"
	"github.com/jamakan/jamakan/ussd/africastalking"
	"github.com/jamakan/jamakan/ussd/phone"
)

const number = "+22376000001"

// gateway is a listener that reads turns with the real codec, shows each
// transcript back, and ends the call when it ends with 9.
type gateway struct {
	*httptest.Server

	mu    sync.Mutex
	turns []ussd.Turn
	wrong []error
}

func serve(t *testing.T) *gateway {
	t.Helper()
	g := &gateway{}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		codec := africastalking.Codec{}
		body, err := io.ReadAll(r.Body)
		turn, decodeErr := codec.Decode(ussd.Request{Method: r.Method, ContentType: r.Header.Get("Content-Type"), Body: body})
		g.mu.Lock()
		defer g.mu.Unlock()
		if err = errors.Join(err, decodeErr); err != nil {
			g.wrong = append(g.wrong, err)
		}
		g.turns = append(g.turns, turn)
		end := strings.HasSuffix(turn.Transcript, "9")
		answer, contentType := codec.Encode(nil, ussd.Answer{Text: "[" + turn.Transcript + "]", End: end})
		w.Header().Set("Content-Type", contentType)
		if _, err := w.Write(answer); err != nil {
			g.wrong = append(g.wrong, err)
		}
	}))
	t.Cleanup(func() {
		g.Close()
		for _, err := range g.wrong {
			t.Errorf("the gateway could not read a turn: %v", err)
		}
	})
	return g
}

// transcripts are those that came, in order.
func (g *gateway) transcripts() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var all []string
	for _, t := range g.turns {
		all = append(all, t.Transcript)
	}
	return all
}

// sessions are the different sessions that came, in order.
func (g *gateway) sessions() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var all []string
	for _, t := range g.turns {
		if !slices.Contains(all, t.Session) {
			all = append(all, t.Session)
		}
	}
	return all
}

// handset returns a phone of the gateway.
func (g *gateway) handset(t *testing.T) *phone.Phone {
	t.Helper()
	p, err := phone.New(phone.Config{URL: g.URL + "/ussd/africastalking/secret", Number: number, Code: "*384*55#"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}
