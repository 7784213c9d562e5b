package ussd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jamakan/jamakan/store"
)

// send posts a raw body and returns status and answer.
func (s *stage) send(method, path, contentType string, body []byte) (int, string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, s.server.URL+path, bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	res, err := s.server.Client().Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	said, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, string(said)
}

const formType = "application/x-www-form-urlencoded"

func (s *stage) turn(session, number, text string) string {
	s.t.Helper()
	form := url.Values{"sessionId": {session}, "phoneNumber": {number}, "serviceCode": {"*384*55#"}, "networkCode": {"99999"}, "text": {text}}
	status, said := s.send(http.MethodPost, "/ussd/africastalking/demo", formType, []byte(form.Encode()))
	if status != http.StatusOK {
		s.t.Fatalf("status %d, want 200", status)
	}
	return said
}

// TestProviderVectors posts every session of the provider's vectors as it
// came off the wire: always 200, always CON or END, a repeat byte for byte,
// and nothing is recorded by any of them.
func TestProviderVectors(t *testing.T) {
	data, err := os.ReadFile("africastalking/testdata/ussd_africastalking.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			ID, Kind string
			Method   string
			Type     string `json:"content_type"`
			Body     string `json:"raw_body"`
			Steps    []struct {
				Type   string `json:"content_type"`
				Body   string `json:"raw_body"`
				Expect struct{ Event string }
			}
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	for _, v := range file.Vectors {
		t.Run(v.ID, func(t *testing.T) {
			s := newStage(t)
			last := ""
			for i, step := range v.Steps {
				status, said := s.send(http.MethodPost, "/ussd/africastalking/demo", step.Type, []byte(step.Body))
				wellFormed(t, status, said)
				switch step.Expect.Event {
				case "repeat", "diverged":
					if said != last {
						t.Errorf("step %d (%s): %q, want the same bytes as before: %q", i, step.Expect.Event, said, last)
					}
				case "conflict":
					if !strings.HasPrefix(said, "END ") {
						t.Errorf("step %d: another number under the same session got %q", i, said)
					}
				}
				last = said
			}
			if v.Kind == "ussd.at.malformed" && v.Method == http.MethodPost {
				status, said := s.send(http.MethodPost, "/ussd/africastalking/demo", v.Type, []byte(v.Body))
				wellFormed(t, status, said)
			}
			if v.Kind == "ussd.at.end" {
				if status, _ := s.send(http.MethodPost, "/ussd/africastalking/demo/events", v.Type, []byte(v.Body)); status != http.StatusOK {
					t.Errorf("event answered %d, want 200", status)
				}
			}
			if n := len(s.ballots()); n != 0 {
				t.Errorf("%d options got ballots that nobody confirmed", n)
			}
		})
	}
}

func wellFormed(t *testing.T, status int, said string) {
	t.Helper()
	if status != http.StatusOK || !strings.HasPrefix(said, "CON ") && !strings.HasPrefix(said, "END ") || len(said) < 6 {
		t.Errorf("answered %d %q, want 200 and CON or END with a sentence", status, said)
	}
}

func TestWrongTokenFindsNothing(t *testing.T) {
	s := newStage(t)
	body := []byte("sessionId=S1&phoneNumber=%2B22376000001&serviceCode=%2A384%2A55%23&text=")
	for _, path := range []string{"/ussd/africastalking/demo2", "/ussd/africastalking/x", "/ussd/africastalking/demo2/events", "/ussd/other/demo"} {
		if status, said := s.send(http.MethodPost, path, formType, body); status != http.StatusNotFound || strings.Contains(said, "CON") {
			t.Errorf("%s: %d %q, want 404", path, status, said)
		}
	}
	if status, said := s.send(http.MethodPost, "/ussd/africastalking/a-second-token-of-32-characters", formType, body); status != http.StatusOK {
		t.Errorf("the second token of a change: %d %q, want 200", status, said)
	}
}

func TestBodies(t *testing.T) {
	s := newStage(t)
	start := "sessionId=S1&phoneNumber=%2B22376000001&serviceCode=%2A384%2A55%23&text="
	for name, tc := range map[string]struct {
		body   []byte
		status int
		says   string
	}{
		"empty":            {nil, 200, "END "},
		"no session":       {[]byte("phoneNumber=%2B22376000001&serviceCode=%2A384%2A55%23&text="), 200, "END "},
		"no number":        {[]byte("sessionId=S1&serviceCode=%2A384%2A55%23&text="), 200, "END "},
		"two sessions":     {[]byte("sessionId=S2&" + start), 200, "END "},
		"unknown code":     {[]byte("sessionId=S3&phoneNumber=%2B22376000001&serviceCode=%2A999%23&text="), 200, "END Ce code n'est pas en service."},
		"foreign number":   {[]byte("sessionId=S4&phoneNumber=%2B33612345678&serviceCode=%2A384%2A55%23&text="), 200, "END Ce service est pour les num\u00e9ros du Mali."},
		"no number at all": {[]byte("sessionId=S5&phoneNumber=MTN&serviceCode=%2A384%2A55%23&text="), 200, "END "},
		"invalid UTF-8":    {[]byte(start + "\xff\xfe%ff"), 200, "CON "},
		"NUL":              {[]byte("sessionId=S6&phoneNumber=%2B22376000001&serviceCode=%2A384%2A55%23&text=%00"), 200, "CON "},
		"64 KiB":           {[]byte("sessionId=S7&phoneNumber=%2B22376000001&serviceCode=%2A384%2A55%23&text=" + strings.Repeat("9", 60<<10)), 200, ""},
		"1 MB":             {[]byte(start + strings.Repeat("9", 1<<20)), 413, ""},
	} {
		t.Run(name, func(t *testing.T) {
			status, said := s.send(http.MethodPost, "/ussd/africastalking/demo", formType, tc.body)
			if status != tc.status || !strings.HasPrefix(said, tc.says) {
				t.Errorf("%d %.80q, want %d %q", status, said, tc.status, tc.says)
			}
		})
	}
	t.Run("1 MB without a length", func(t *testing.T) {
		req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, s.url(), io.MultiReader(strings.NewReader(start), strings.NewReader(strings.Repeat("9", 1<<20))))
		if err != nil {
			t.Fatal(err)
		}
		res, err := s.server.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("%d, want 413", res.StatusCode)
		}
	})
}

// TestSameTurnFromManyConnections: a network that posts one turn five times
// at once gets one answer, and one ballot is cast.
func TestSameTurnFromManyConnections(t *testing.T) {
	s := newStage(t)
	chain := ""
	for i, key := range voteKeys {
		var wg sync.WaitGroup
		answers := make([]string, 5)
		for j := range answers {
			wg.Go(func() { answers[j] = s.turn("ATUid_many", "+22376000002", chain) })
		}
		wg.Wait()
		for _, a := range answers {
			if a != answers[0] {
				t.Fatalf("turn %d: answers differ: %q and %q", i, a, answers[0])
			}
		}
		chain = strings.TrimPrefix(chain+"*"+key, "*")
	}
	for range 3 {
		s.turn("ATUid_many", "+22376000002", chain)
	}
	if got, want := fmt.Sprint(s.ballots()), "map[3:1]"; got != want {
		t.Errorf("ballots %s, want %s", got, want)
	}
}

// voteKeys are the inputs of a first call that votes for option 3.
var voteKeys = []string{"2", "1", "1", "1", "3", "1", "1"}

// vote casts a number's first ballot and returns the last answer.
func (s *stage) vote(session, number, option string) string {
	s.t.Helper()
	chain, said := "", s.turn(session, number, "")
	for i, key := range voteKeys {
		if i == 4 {
			key = option
		}
		chain = strings.TrimPrefix(chain+"*"+key, "*")
		said = s.turn(session, number, chain)
	}
	return said
}

func TestVoteIsOnDiskBeforeItIsSaid(t *testing.T) {
	s := newStage(t)
	said := s.vote("ATUid_disk", "+22376000003", "2")
	if !strings.Contains(said, "not\u00e9") {
		t.Fatalf("answered %q, want a receipt", said)
	}
	if err := s.crash(); err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(s.ballots()), "map[2:1]"; got != want {
		t.Errorf("after a crash: ballots %s, want %s", got, want)
	}
	chain := strings.Join([]string{"2", "1", "1", "1", "2", "1", "1"}, "*")
	if again := s.turn("ATUid_disk", "+22376000003", chain); again != said {
		t.Errorf("the same callback after the crash: %q, want the same bytes %q", again, said)
	}
	if got, want := fmt.Sprint(s.ballots()), "map[2:1]"; got != want {
		t.Errorf("after the repeat: ballots %s, want %s", got, want)
	}
}

func TestTooManyDials(t *testing.T) {
	s := newStage(t)
	limited := 0
	for i := range 100 {
		if said := s.turn(fmt.Sprintf("ATUid_dial%d", i), "+22376000004", ""); strings.HasPrefix(said, "END ") {
			limited++
		}
	}
	if got, want := limited, 40; got != want {
		t.Errorf("%d dials of 100 limited, want %d", got, want)
	}
	if said := s.turn("ATUid_other", "+22376000005", ""); !strings.HasPrefix(said, "CON ") {
		t.Errorf("another number is limited too: %q", said)
	}
	s.pass(11 * time.Minute)
	if said := s.turn("ATUid_later", "+22376000004", ""); !strings.HasPrefix(said, "CON ") {
		t.Errorf("still limited ten minutes later: %q", said)
	}
}

// TestALongOpinionIsKeptWhole: 500 characters, with all that forms lose.
func TestALongOpinionIsKeptWhole(t *testing.T) {
	s := newStage(t)
	text := strings.Repeat("L'eau de la pompe; 50% * \u025b\u0254 ", 20)
	chain := ""
	var said string
	for _, key := range []string{"", "2", "1", "1", "3", "1", text} {
		if chain += "*" + key; key == "" {
			chain = ""
		}
		said = s.turn("ATUid_long", "+22376000006", strings.TrimPrefix(chain, "*"))
	}
	code := receipt(t, said)
	found := false
	err := s.book.Opinions(context.Background(), func(o store.Opinion) bool {
		found = o.Reference == code && o.Text == text
		return !found
	})
	if err != nil || !found {
		t.Fatalf("opinion %s is not stored as typed: %v", code, err)
	}
}

// receipt reads a code off a screen.
func receipt(t *testing.T, screen string) string {
	t.Helper()
	_, rest, ok := strings.Cut(screen, ": ")
	if !ok || len(rest) < 6 {
		t.Fatalf("no code on %q", screen)
	}
	return rest[:6]
}
