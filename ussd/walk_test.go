package ussd_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/gsm"
)

// said is what a phone must be able to trust of any answer.
func trustworthy(t *testing.T, input, answer string) {
	t.Helper()
	text, ok := strings.CutPrefix(answer, "CON ")
	if !ok {
		text, ok = strings.CutPrefix(answer, "END ")
	}
	if !ok || text == "" {
		t.Fatalf("%q was answered %q", input, answer)
	}
	if !gsm.DefaultLimit.Fits(text) {
		_, units := gsm.Measure(text)
		t.Fatalf("%q was answered with %d units: %q", input, units, text)
	}
	for _, wrong := range []string{"goroutine", "panic", "<no value>", "?{", "%!"} {
		if strings.Contains(text, wrong) {
			t.Fatalf("%q was answered %q", input, answer)
		}
	}
}

// noted says whether an answer acknowledges a ballot.
func noted(answer string) bool {
	for _, words := range []string{"Votre vote est not", "Votre vote est chang", "I ka wote s\u00e8b\u00e8nna", "I ka wote y\u00e8l\u00e8mana"} {
		if strings.Contains(answer, words) {
			return true
		}
	}
	return false
}

// TestRandomPhones lets phones press anything, repeat, drop, come back late,
// and crash the gateway: always an answer that fits, and as many numbers
// counted as were told so.
func TestRandomPhones(t *testing.T) {
	s := newStage(t)
	chance := rand.New(rand.NewPCG(7, 42))
	inputs := []string{"1", "1", "1", "1", "2", "2", "3", "4", "5", "6", "7", "8", "0", "9", "", "#", "1#", "\u07c1", "x", "Jamadugu", "*", "a*b", "99", strings.Repeat("\u025b", 200), "50%;", "+", "K7P4XY"}
	told := map[string]bool{}
	for n := range 400 {
		number := fmt.Sprintf("+2237600%04d", n%60)
		session := fmt.Sprintf("ATUid_%d", n)
		chain := ""
		answer := s.turn(session, number, "")
		for turn := 0; turn < 14 && strings.HasPrefix(answer, "CON "); turn++ {
			trustworthy(t, chain, answer)
			input := inputs[chance.IntN(len(inputs))]
			switch {
			case strings.Contains(answer, "Kan / Langue"):
				input = []string{"1", "2"}[chance.IntN(2)]
			case chance.IntN(3) > 0:
				input = "1"
			}
			if chain == "" && turn == 0 {
				chain = input
			} else {
				chain += "*" + input
			}
			before := chain
			answer = s.turn(session, number, chain)
			if noted(answer) {
				told[number] = true
			}
			switch chance.IntN(12) {
			case 0: // the same again
				if again := s.turn(session, number, before); again != answer {
					t.Fatalf("%q again: %q, want %q", before, again, answer)
				}
			case 1: // one that never was
				trustworthy(t, "diverged", s.turn(session, number, "8*8*8*8"))
			}
			if chance.IntN(150) == 0 {
				if err := s.crash(); err != nil {
					t.Fatal(err)
				}
			}
		}
		trustworthy(t, chain, answer)
		s.pass(time.Duration(chance.IntN(90)) * time.Second)
	}
	counted := 0
	for _, n := range s.ballots() {
		counted += n
	}
	if counted != len(told) || counted == 0 {
		t.Errorf("%d numbers counted, %d were told so", counted, len(told))
	}
}

// FuzzTurn posts anything as a turn's text, in a call that has begun.
func FuzzTurn(f *testing.F) {
	for _, seed := range []string{"", "1", "2*1*1*1", "*", "2*1*1*3*6*eau; 50%*", "\xff", "\u07c1"} {
		f.Add(seed, seed)
	}
	n := 0
	s := newStage(f)
	f.Fuzz(func(t *testing.T, first, second string) {
		n++
		session := fmt.Sprintf("ATUid_fuzz%d", n)
		for _, text := range []string{first, second, first} {
			form := url.Values{"sessionId": {session}, "phoneNumber": {fmt.Sprintf("+2237%07d", n%10_000_000)}, "serviceCode": {"*384*55#"}, "text": {text}}
			req := httptest.NewRequest(http.MethodPost, "/ussd/africastalking/demo", strings.NewReader(form.Encode()))
			req.Header.Set("Content-Type", formType)
			res := httptest.NewRecorder()
			s.handler.ServeHTTP(res, req)
			if res.Code == http.StatusRequestEntityTooLarge {
				continue
			}
			if res.Code != http.StatusOK {
				t.Fatalf("%q: status %d", text, res.Code)
			}
			trustworthy(t, text, res.Body.String())
		}
	})
}
