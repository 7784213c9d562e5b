package store

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store/secret"
)

// Person is what a session needs of a number, worked out once. It holds the
// number in memory only, and never shows it.
type Person struct {
	book *Book
	e164 string
	key  [16]byte

	mu      sync.Mutex
	profile civic.Citizen
	month   month     // that the profile says she was seen in
	voters  []voterID // few: one a consultation looked at
}

// voterID is the number's id in a consultation.
type voterID struct {
	consultation string
	id           civic.VoterID
	key          secret.VoterKey
}

// String shows nothing of the number.
func (p *Person) String() string { return "a person" }

// GoString shows nothing of the number.
func (p *Person) GoString() string { return p.String() }

// profile is a citizen as stored.
type profile struct {
	Lang    string     `json:"l"`
	Commune civic.Code `json:"c"`
	Sex     civic.Sex  `json:"s,omitempty"`
	Age     civic.Age  `json:"a,omitempty"`
	Asked   bool       `json:"q,omitempty"`
	News    civic.News `json:"n,omitempty"`
	Month   month      `json:"m,omitempty"` // she last called or texted in
}

// Person reads what is known of a number, in E.164.
func (b *Book) Person(ctx context.Context, e164 string) (*Person, error) {
	p := &Person{book: b, e164: e164, key: b.keys.Citizen(e164)}
	err := b.engine.View(ctx, func(s Snapshot) error {
		v, ok, err := s.Get(CitizenKey(p.key))
		if err != nil || !ok {
			return err
		}
		p.profile, p.month, err = readProfile(v)
		return err
	})
	return p, err
}

func decodeProfile(v []byte) (civic.Citizen, error) {
	c, _, err := readProfile(v)
	return c, err
}

// readProfile is a profile and the month it says she was seen in; 0: none.
func readProfile(v []byte) (civic.Citizen, month, error) {
	var stored profile
	if err := json.Unmarshal(v, &stored); err != nil {
		return civic.Citizen{}, 0, fmt.Errorf("profile: %w: %w", ErrCorrupt, err)
	}
	return civic.Citizen{Known: true, Lang: stored.Lang, Commune: stored.Commune, Sex: stored.Sex, Age: stored.Age, Asked: stored.Asked, News: stored.News}, stored.Month, nil
}

func encodeProfile(c civic.Citizen, seen month) ([]byte, error) {
	return json.Marshal(profile{c.Lang, c.Commune, c.Sex, c.Age, c.Asked, c.News, seen})
}

// Citizen is the profile, as last read or recorded.
func (p *Person) Citizen() civic.Citizen {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.profile
}

func (p *Person) now(c civic.Citizen) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.profile = c
}

// voter is the number's id in a consultation; false for an unknown one.
func (p *Person) voter(consultation string) (civic.VoterID, bool) {
	v, ok := p.voting(consultation)
	return v.id, ok
}

// voting is the number's id in a consultation and the key that made it.
func (p *Person) voting(consultation string) (voterID, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.voters {
		if p.voters[i].consultation == consultation {
			return p.voters[i], true
		}
	}
	key, ok := (*p.book.voters.Load())[consultation]
	if !ok {
		return voterID{}, false
	}
	v := voterID{consultation, key.Voter(p.e164), key}
	p.voters = append(p.voters, v)
	return v, true
}

// Voted says when, and in which commune, the number's ballot in a
// consultation was cast.
func (p *Person) Voted(consultation string) (at time.Time, place civic.Code, ok bool) {
	id, known := p.voter(consultation)
	if !known {
		return at, "", false
	}
	err := p.book.engine.View(context.Background(), func(s Snapshot) error {
		v, found, err := s.Get(VoterKey(consultation, id))
		if err != nil || !found {
			return err
		}
		r, err := DecodeEntry(v)
		at, place, ok = r.At, r.Place, err == nil
		return err
	})
	return at, place, ok && err == nil
}
