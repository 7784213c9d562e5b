package guard

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"io"
	"sync"
	"time"

	"github.com/jamakan/jamakan/store"
)

// How long a session lives: at most half a day, and two hours without a page.
const (
	sessionLife = 12 * time.Hour
	sessionIdle = 2 * time.Hour
	stepLife    = 5 * time.Minute // between the password and the second step
	maxSessions = 10_000
)

// Session is one person at the desk, from log-in to log-out. Sessions live in
// memory: a restart asks everybody to log in again.
type Session struct {
	Account store.Account // as last read: rights change at once
	Token   string        // of her forms

	begun, seen time.Time
	agent       [32]byte // of her browser: a stolen cookie elsewhere is refused
	half        bool     // the password was right, the second step is owed
}

// sessions are those under way, by the hash of their cookie.
type sessions struct {
	mu  sync.Mutex
	all map[[32]byte]*Session
}

func newSessions() *sessions { return &sessions{all: map[[32]byte]*Session{}} }

// secretText is fresh randomness as text.
func secretText(bytes int) (string, error) {
	raw := make([]byte, bytes)
	_, err := io.ReadFull(rand.Reader, raw)
	return base64.RawURLEncoding.EncodeToString(raw), err
}

// open begins a session and gives its cookie.
func (s *sessions) open(a store.Account, agent string, half bool, now time.Time) (cookie string, err error) {
	cookie, err = secretText(32)
	if err != nil {
		return "", err
	}
	token, err := secretText(24)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep(now)
	s.all[sha256.Sum256([]byte(cookie))] = &Session{Account: a, Token: token, begun: now, seen: now, agent: sha256.Sum256([]byte(agent)), half: half}
	return cookie, nil
}

func (x *Session) over(now time.Time) bool {
	life, idle := sessionLife, sessionIdle
	if x.half {
		life, idle = stepLife, stepLife
	}
	return now.Sub(x.begun) > life || now.Sub(x.seen) > idle
}

// sweep forgets what is over. The lock is held.
func (s *sessions) sweep(now time.Time) {
	for k, x := range s.all {
		if x.over(now) {
			delete(s.all, k)
		}
	}
	for k := range s.all {
		if len(s.all) < maxSessions {
			return
		}
		delete(s.all, k)
	}
}

// find is the session of a cookie, nil when there is none.
func (s *sessions) find(cookie, agent string, now time.Time) *Session {
	if cookie == "" {
		return nil
	}
	key, from := sha256.Sum256([]byte(cookie)), sha256.Sum256([]byte(agent))
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.all[key]
	if x == nil {
		return nil
	}
	if x.over(now) || subtle.ConstantTimeCompare(x.agent[:], from[:]) != 1 {
		delete(s.all, key)
		return nil
	}
	x.seen = now
	found := *x
	return &found
}

// close ends the session of a cookie.
func (s *sessions) close(cookie string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, sha256.Sum256([]byte(cookie)))
}
