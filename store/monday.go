package store

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store/outbox"
)

// Monday is what was done of a week's Monday morning: files written, mails and
// digests gone out. It is how a missed one is found and made up, and how
// nothing is sent twice.
type Monday struct {
	Week    civic.Week `json:"week"`
	At      time.Time  `json:"at"`                 // of the last step
	Files   bool       `json:"files,omitempty"`    // written and synced
	Mailed  []string   `json:"mailed,omitempty"`   // logins whose mail server took it
	Texted  []string   `json:"texted,omitempty"`   // logins whose digest is in the outbox
	Faults  []string   `json:"faults,omitempty"`   // what could not be done, in words, the last of each
	GivenUp []string   `json:"given_up,omitempty"` // logins whose mail was tried for two days
	Done    bool       `json:"done,omitempty"`
}

const mondayPrefix = KindMeta + "/monday/"

func mondayKey(w civic.Week) Key { return Key(mondayPrefix + w.String()) }

// Monday is what was done for a week; false when nothing was begun.
func (b *Book) Monday(ctx context.Context, w civic.Week) (m Monday, ok bool, err error) {
	err = b.engine.View(ctx, func(s Snapshot) error {
		v, found, err := s.Get(mondayKey(w))
		if err != nil || !found {
			return err
		}
		ok = true
		if err := json.Unmarshal(v, &m); err != nil {
			return fmt.Errorf("monday %s: %w: %w", w, ErrCorrupt, err)
		}
		return nil
	})
	return m, ok, err
}

// LastMonday is the latest week of which anything was begun; false when none
// ever was.
func (b *Book) LastMonday(ctx context.Context) (last Monday, ok bool, err error) {
	err = b.engine.View(ctx, func(s Snapshot) error {
		var failed error
		err := s.Scan(mondayPrefix, "", func(_ Key, v []byte) bool {
			last, ok = Monday{}, true
			failed = json.Unmarshal(v, &last)
			return failed == nil
		})
		return errors.Join(err, failed)
	})
	return last, ok, err
}

// StepMonday records a step of a week's Monday. step may be called again.
func (b *Book) StepMonday(ctx context.Context, w civic.Week, step func(*Monday)) error {
	key := mondayKey(w)
	return b.do(ctx, []Key{key}, func(v View) (Change, error) {
		m := Monday{Week: w}
		if stored, ok := v.Get(key); ok {
			if err := json.Unmarshal(stored, &m); err != nil {
				return Change{}, fmt.Errorf("monday %s: %w: %w", w, ErrCorrupt, err)
			}
		}
		step(&m)
		m.At = v.Now()
		encoded, err := json.Marshal(m)
		return Change{Put: []Put{{key, encoded}}}, err
	})
}

// TextMonday puts a coordinator's digest into the outbox, once a week and
// login, in the command that remembers it.
func (b *Book) TextMonday(ctx context.Context, w civic.Week, login, e164 string, l Letter) error {
	id := ID(b.keys.Event("monday digest", w.String(), login))
	ref := b.keys.Event("letter", string(id[:]), "0")
	key, seq := mondayKey(w), b.sequence()
	var posted outbox.Message
	err := b.do(ctx, []Key{key}, func(v View) (Change, error) {
		posted = outbox.Message{}
		m := Monday{Week: w}
		if stored, ok := v.Get(key); ok {
			if err := json.Unmarshal(stored, &m); err != nil {
				return Change{}, fmt.Errorf("monday %s: %w: %w", w, ErrCorrupt, err)
			}
		}
		if slices.Contains(m.Texted, login) {
			return Change{}, nil
		}
		message, err := b.message(hex.EncodeToString(ref[:]), e164, l, v.Now())
		if err != nil {
			return Change{}, err
		}
		message.Seq = seq
		put, err := putMessage(message)
		if err != nil {
			return Change{}, err
		}
		m.Texted, m.At = append(m.Texted, login), v.Now()
		encoded, err := json.Marshal(m)
		posted = message
		return Change{Put: []Put{put, {key, encoded}}}, err
	})
	if err == nil && posted.Ref != "" {
		b.announce([]outbox.Message{posted})
	}
	return err
}
