package guard

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/jamakan/jamakan/store"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func TestHash(t *testing.T) {
	first, err := Hash("trois chèvres bleues")
	if err != nil {
		t.Fatal(err)
	}
	second, err := Hash("trois chèvres bleues")
	if err != nil || first == second || !strings.HasPrefix(first, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("%s %s %v", first, second, err)
	}
	for password, want := range map[string]bool{"trois chèvres bleues": true, "trois chèvres bleue": false, "": false, "Trois chèvres bleues": false} {
		if ok, err := Matches(password, first); ok != want || err != nil {
			t.Errorf("%q: %v %v", password, ok, err)
		}
	}
	for _, broken := range []string{
		"", "x", "$argon2i$v=19$m=19456,t=2,p=1$aaaa$bbbb", strings.Replace(first, "v=19", "v=18", 1), strings.Replace(first, "m=19456", "m=99999999", 1),
		strings.Replace(first, "t=2", "t=0", 1), first[:len(first)-30], first + "$", "$2a$10$abcdefghijklmnopqrstuv",
	} {
		if ok, err := Matches("trois chèvres bleues", broken); ok || !errors.Is(err, ErrHash) && err != nil {
			t.Errorf("%q opens: %v %v", broken, ok, err)
		}
	}
}

var large = regexp.MustCompile(`m=\d{4,}`)

// FuzzMatches: whatever is kept, no password opens it by accident, nothing
// panics, and it takes bounded memory and time.
func FuzzMatches(f *testing.F) {
	f.Add("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=1048577,t=1,p=1$c2FsdA$AAAA")
	f.Add("$$$$$")
	f.Fuzz(func(t *testing.T, hash string) {
		if large.MatchString(hash) {
			return // a large m is slow; too large a one is refused by the table above
		}
		if ok, _ := Matches("trois chèvres bleues", hash); ok {
			t.Errorf("%q opens", hash)
		}
	})
}

func TestCheckPassword(t *testing.T) {
	for password, want := range map[string]error{
		"court": ErrShort, "123456789": ErrShort, "1234567890": ErrCommon, "aaaaaaaaaaaa": ErrCommon, "motdepasse12": ErrCommon, "Jamakan-2026!": ErrCommon,
		"je suis awa moi": ErrCommon, "sept lampes au marché": nil, "ɲɛgɛn fila bɛ yen": nil, strings.Repeat("ab cd ", 60): ErrCommon,
	} {
		if err := CheckPassword(password, "awa"); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", password, err, want)
		}
	}
}

func TestThrottle(t *testing.T) {
	x := newThrottle()
	now := noon
	waits := []time.Duration{}
	for range loginTries + 8 {
		waits = append(waits, x.wait("login awa", loginTries, now))
		x.failed("login awa", now)
	}
	want := "[0s 0s 0s 0s 0s 15s 30s 1m0s 2m0s 4m0s 8m0s 15m0s 15m0s]"
	if got := fmt.Sprint(waits); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if x.wait("login moussa", loginTries, now) != 0 {
		t.Error("another waits")
	}
	if now = now.Add(longestWait); x.wait("login awa", loginTries, now) != 0 {
		t.Error("the wait does not end")
	}
	x.passed("login awa")
	if x.failed("login awa", now); x.wait("login awa", loginTries, now) != 0 {
		t.Error("a log-in does not forget the failures before it")
	}
	for i := range maxTracked * 2 {
		x.failed(fmt.Sprintf("login %d", i), now)
	}
	if len(x.tries) > maxTracked {
		t.Errorf("%d names are kept", len(x.tries))
	}
	for range loginTries {
		x.failed("login awa", now)
	}
	x.keep("login awa")
	for i := range maxTracked * 2 {
		x.failed(fmt.Sprintf("login %d", i), now)
	}
	if x.wait("login awa", loginTries, now) == 0 {
		t.Error("a flood of names lets the guesses at an account begin anew")
	}
}

func TestSessionsEnd(t *testing.T) {
	s := newSessions()
	open := func(half bool) string {
		t.Helper()
		cookie, err := s.open(store.Account{}, "browser", half, noon)
		if err != nil {
			t.Fatal(err)
		}
		return cookie
	}
	for _, tc := range []struct {
		half  bool
		seen  []time.Duration // pages after log-in
		alive bool            // at the last
	}{
		{false, []time.Duration{time.Hour, 2 * time.Hour, 3 * time.Hour}, true},
		{false, []time.Duration{2*time.Hour + time.Second}, false},
		{false, []time.Duration{2 * time.Hour, 4 * time.Hour, 6 * time.Hour, 8 * time.Hour, 10 * time.Hour, 12*time.Hour + time.Second}, false},
		{true, []time.Duration{4 * time.Minute}, true},
		{true, []time.Duration{4 * time.Minute, 6 * time.Minute}, false},
	} {
		cookie := open(tc.half)
		var found *Session
		for _, d := range tc.seen {
			found = s.find(cookie, "browser", noon.Add(d))
		}
		if (found != nil) != tc.alive {
			t.Errorf("%+v: %v", tc, found)
		}
	}
	for range maxSessions + 10 {
		open(false)
	}
	if len(s.all) > maxSessions {
		t.Errorf("%d sessions", len(s.all))
	}
	if s.find("", "browser", noon) != nil || s.find("x", "browser", noon) != nil {
		t.Error("no cookie opens a session")
	}
}

func TestACodeIsGoodOnce(t *testing.T) {
	secret, address, err := NewSecret("awa")
	if err != nil || !strings.HasPrefix(address, "otpauth://totp/") {
		t.Fatal(address, err)
	}
	s := newSecond()
	at := func(d time.Duration) string {
		t.Helper()
		code, err := totp.GenerateCode(secret, noon.Add(d))
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
	for i, tc := range []struct {
		code string
		at   time.Duration
		want bool
	}{
		{at(0), 0, true},
		{at(0), 0, false},
		{at(30 * time.Second), 0, true}, // a phone a little ahead
		{at(0), 30 * time.Second, false},
		{at(2 * time.Minute), 0, false},
		{at(-2 * time.Minute), 5 * time.Minute, false},
		{"", 10 * time.Minute, false},
		{"12345", 10 * time.Minute, false},
		{at(10 * time.Minute), 10*time.Minute + 29*time.Second, true},
	} {
		if got := s.check("awa", secret, tc.code, noon.Add(tc.at)); got != tc.want {
			t.Errorf("%d: %v", i, got)
		}
	}
}
