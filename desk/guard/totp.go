package guard

import (
	"sync"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

// second is the second step: codes of RFC 6238, six digits every 30 seconds,
// one step early or late. A code is good once.
type second struct {
	mu   sync.Mutex
	used map[string]uint64 // login -> last step taken
	asks map[string]proposal
}

// proposal is a secret that a login is about to set up.
type proposal struct {
	secret, address string
	at              time.Time
}

// proposalLife is how long it may take to read a square and type a code.
const proposalLife = 15 * time.Minute

const stepSeconds = 30

func newSecond() *second { return &second{used: map[string]uint64{}, asks: map[string]proposal{}} }

func (s *second) propose(login, secret, address string, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asks[login] = proposal{secret, address, now}
}

func (s *second) proposed(login string, now time.Time) (secret, address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x, ok := s.asks[login]; ok && now.Sub(x.at) < proposalLife {
		return x.secret, x.address
	}
	delete(s.asks, login)
	return "", ""
}

func (s *second) settle(login string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.asks, login)
}

// NewSecret makes the secret of a second step and the address that a phone's
// application reads.
func NewSecret(login string) (secret, address string, err error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Jamakan", AccountName: login})
	if err != nil {
		return "", "", err
	}
	return key.Secret(), key.URL(), nil
}

// check says whether a code is right now, and marks it used.
func (s *second) check(login, secret, code string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	step := uint64(now.Unix()) / stepSeconds
	for _, at := range []uint64{step - 1, step, step + 1} {
		if at <= s.used[login] {
			continue
		}
		ok, err := totp.ValidateCustom(code, secret, time.Unix(int64(at*stepSeconds), 0), totp.ValidateOpts{Period: stepSeconds, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && ok {
			s.used[login] = at
			return true
		}
	}
	return false
}
