package store

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jamakan/jamakan/civic"
)

// What the text channel keeps besides opinions and ballots: what was asked
// last, parts of long texts, and what nobody meant as a text.

// save makes the command of a profile that changed, and gives her commune to
// an opinion that came before it was known.
func (b *Book) save(told *Deed) (Command, error) {
	d := *told
	var contact []byte
	var err error
	if d.Act.Citizen.News == civic.NewsYes {
		if contact, err = b.keys.Seal(d.Person.key[:], []byte(d.Person.e164)); err != nil {
			return Command{}, err
		}
	}
	reads := []Key{CitizenKey(d.Person.key)}
	orphan := b.feedbackKey(d.Act.Text)
	if d.Act.Text != "" {
		reads, told.opinions = append(reads, orphan), []Key{orphan}
	}
	return Command{ID: d.ID, Reads: reads, Decide: func(v View) (Change, error) {
		var c Change
		if contact != nil {
			c.Put = append(c.Put, Put{ContactKey(d.Person.key), contact})
		}
		if d.Act.Text != "" {
			if stored, ok := v.Get(orphan); ok {
				var o opinion
				if err := json.Unmarshal(stored, &o); err != nil {
					return c, fmt.Errorf("opinion: %w: %w", ErrCorrupt, err)
				}
				if o.Commune == "" {
					o.Commune = d.Act.Citizen.Commune
					encoded, err := json.Marshal(o)
					if err != nil {
						return c, err
					}
					c.Put = append(c.Put, Put{orphan, encoded})
				}
			}
		}
		return b.with(d, v, c, civic.Outcome{Verdict: civic.Noted})
	}}, nil
}

// feedbackKey is where an opinion is kept: by the number behind its reference,
// so that opinions lie in the order they came, and one commit writes few
// pages.
func (b *Book) feedbackKey(reference string) Key {
	shown, err := civic.ParseReceipt(reference)
	if err != nil {
		return FeedbackKey(reference)
	}
	return Key(fmt.Sprintf("%s/%010d", KindFeedback, b.keys.ReceiptNumber(shown)))
}

// referenceOf is the reference of an opinion kept under a key.
func (b *Book) referenceOf(k Key) string {
	rest := strings.TrimPrefix(string(k), KindFeedback+"/")
	n, err := strconv.ParseUint(rest, 10, 32)
	if err != nil || len(rest) != 10 {
		return rest
	}
	return civic.FormatReceipt(b.keys.Receipt(uint32(n)))
}

// stored is an opinion by its reference, wherever it lies.
func (b *Book) stored(s Snapshot, reference string) (v []byte, ok bool, err error) {
	if v, ok, err = s.Get(b.feedbackKey(reference)); ok || err != nil {
		return v, ok, err
	}
	return s.Get(FeedbackKey(reference))
}

// Opinions calls fn for every opinion, in order of reference.
func (b *Book) Opinions(ctx context.Context, fn func(Opinion) bool) error {
	after := Key("")
	for more := true; more; {
		var some []Opinion
		err := b.engine.View(ctx, func(s Snapshot) error {
			more = false
			var failed error
			err := s.Scan(KindFeedback+"/", after, func(k Key, v []byte) bool {
				var o opinion
				if err := json.Unmarshal(v, &o); err != nil {
					failed = fmt.Errorf("%s: %w: %w", k, ErrCorrupt, err)
					return false
				}
				after = k
				some = append(some, o.shown(b.referenceOf(k)))
				more = len(some) == scanSome
				return !more
			})
			return errors.Join(err, failed)
		})
		if err != nil {
			return err
		}
		for _, o := range some {
			if !fn(o) {
				return nil
			}
		}
	}
	return ctx.Err()
}

// heard is the outcome of asking after an opinion by its reference.
func (b *Book) heard(s Snapshot, code string) (out civic.Outcome, ok bool, err error) {
	v, ok, err := b.stored(s, code)
	if err != nil || !ok {
		return out, false, err
	}
	var o opinion
	if err := json.Unmarshal(v, &o); err != nil {
		return out, false, fmt.Errorf("opinion: %w: %w", ErrCorrupt, err)
	}
	if o.Status == civic.Replied {
		return civic.Outcome{Verdict: civic.Answered, Code: code, At: o.Answered}, true, nil
	}
	return civic.Outcome{Verdict: civic.Heard, Code: code, At: o.At}, true, nil
}

// TalkKey is where the person's conversation by SMS is kept. It is not her
// citizen key, and what is kept there is sealed.
func (p *Person) TalkKey() Key { return TalkKey(p.book.keys.Session("sms talk", p.e164)) }

// Talk is what was asked of the person by SMS last, nil when nothing is kept.
func (p *Person) Talk(ctx context.Context) ([]byte, error) {
	key := p.TalkKey()
	sealed, ok, err := p.book.SessionState(ctx, key)
	if err != nil || !ok {
		return nil, err
	}
	return p.book.keys.Open([]byte(key), sealed)
}

// SealTalk seals what was asked, for Deed.Session.
func (p *Person) SealTalk(talk []byte) []byte {
	sealed, err := p.book.keys.Seal([]byte(p.TalkKey()), talk)
	if err != nil {
		return nil // no randomness: what was asked is forgotten, and nothing else is lost
	}
	return sealed
}

// Stopped says whether the number asked for silence.
func (b *Book) Stopped(ctx context.Context, e164 string) (bool, error) {
	p, err := b.Person(ctx, e164)
	if err != nil {
		return false, err
	}
	return p.Citizen().News == civic.NewsStopped, nil
}

// Part is one part of a long text.
type Part struct {
	At   time.Time `json:"at"`
	From string    `json:"from"`
	To   string    `json:"to"`
	Text string    `json:"text"`
	Of   int       `json:"of"`
}

// MaxParts is how many parts are joined: a long text has ten at most.
const MaxParts = 10

// Group is the key of the parts that belong together.
func (b *Book) Group(parts ...string) [16]byte { return b.keys.Event(parts...) }

func partKey(group [16]byte, n int) Key {
	return Key(fmt.Sprintf("%s/%s/%02d", KindPart, hex.EncodeToString(group[:]), n))
}

// PartKeys are the keys of a group's parts.
func PartKeys(group [16]byte, of int) []Key {
	keys := make([]Key, 0, of)
	for n := 1; n <= min(of, MaxParts); n++ {
		keys = append(keys, partKey(group, n))
	}
	return keys
}

// KeepPart keeps one part until the others come, and returns all there are by
// number. The same part again changes nothing.
func (b *Book) KeepPart(ctx context.Context, group [16]byte, n int, part Part) (map[int]Part, error) {
	key := partKey(group, n)
	encoded, err := json.Marshal(part)
	if err != nil {
		return nil, err
	}
	sealed, err := b.keys.Seal(group[:], encoded)
	if err != nil {
		return nil, err
	}
	err = b.do(ctx, []Key{key}, func(v View) (Change, error) {
		if _, ok := v.Get(key); ok {
			return Change{}, nil
		}
		return Change{Put: []Put{{key, sealed}}}, nil
	})
	if err != nil {
		return nil, err
	}
	return b.parts(ctx, group)
}

func (b *Book) parts(ctx context.Context, group [16]byte) (map[int]Part, error) {
	all := map[int]Part{}
	err := b.engine.View(ctx, func(s Snapshot) error {
		for _, k := range PartKeys(group, MaxParts) {
			sealed, ok, err := s.Get(k)
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			p, err := b.openPart(group, sealed)
			if err != nil {
				return err
			}
			var n int
			if _, err := fmt.Sscanf(string(k[len(k)-2:]), "%d", &n); err != nil {
				return fmt.Errorf("part: %w: %w", ErrCorrupt, err)
			}
			all[n] = p
		}
		return nil
	})
	return all, err
}

func (b *Book) openPart(group [16]byte, sealed []byte) (Part, error) {
	var p Part
	encoded, err := b.keys.Open(group[:], sealed)
	if err == nil {
		err = json.Unmarshal(encoded, &p)
	}
	if err != nil {
		return p, fmt.Errorf("part: %w: %w", ErrCorrupt, err)
	}
	return p, nil
}

// WaitingParts calls fn for every group of parts that is kept.
func (b *Book) WaitingParts(ctx context.Context, fn func(group [16]byte, parts map[int]Part) error) error {
	var groups [][16]byte
	err := b.engine.View(ctx, func(s Snapshot) error {
		return s.Scan(KindPart+"/", "", func(k Key, _ []byte) bool {
			var g [16]byte
			rest := strings.TrimPrefix(string(k), KindPart+"/")
			if len(rest) == 35 {
				if _, err := hex.Decode(g[:], []byte(rest[:32])); err == nil && (len(groups) == 0 || groups[len(groups)-1] != g) {
					groups = append(groups, g)
				}
			}
			return len(groups) < scanSome
		})
	})
	if err != nil {
		return err
	}
	for _, g := range groups {
		parts, err := b.parts(ctx, g)
		if err != nil {
			return err
		}
		if err := fn(g, parts); err != nil {
			return err
		}
	}
	return nil
}

// stray is what a provider sent that is nobody's text.
type stray struct {
	At       time.Time `json:"at"`
	Provider string    `json:"provider"`
	Reason   string    `json:"reason"`
	Raw      []byte    `json:"raw"` // sealed: it may hold a number
}

// maxStray is how many bytes of one are kept.
const maxStray = 16 << 10

// KeepStray keeps, sealed, what came and is no citizen's text: a sender's
// name, a foreign number, a callback that can't be read. Once per id.
func (b *Book) KeepStray(ctx context.Context, id ID, provider, reason string, raw []byte) error {
	sealed, err := b.keys.Seal([]byte("stray"), raw[:min(len(raw), maxStray)])
	if err != nil {
		return err
	}
	_, err = b.engine.Do(ctx, Command{ID: id, Decide: func(v View) (Change, error) {
		encoded, err := json.Marshal(stray{v.Now(), provider, reason, sealed})
		key := Key(fmt.Sprintf("%s/%012d-%s", KindStray, v.Now().Unix(), hex.EncodeToString(id[:])))
		return Change{Put: []Put{{key, encoded}}}, err
	}})
	return err
}

// Strays counts what is kept of them, by reason.
func (b *Book) Strays(ctx context.Context) (map[string]int, error) {
	all := map[string]int{}
	err := b.engine.View(ctx, func(s Snapshot) error {
		return s.Scan(KindStray+"/", "", func(_ Key, v []byte) bool {
			var x stray
			if json.Unmarshal(v, &x) == nil {
				all[x.Reason]++
			}
			return true
		})
	})
	return all, err
}

// dropStrays drops those that are older.
func (b *Book) dropStrays(ctx context.Context, now time.Time) error {
	limit := fmt.Sprintf("%s/%012d", KindStray, now.AddDate(0, 0, -b.opts.Keep.Strays).Unix())
	for {
		var old []Key
		err := b.engine.View(ctx, func(s Snapshot) error {
			return s.Scan(KindStray+"/", "", func(k Key, _ []byte) bool {
				if string(k) < limit {
					old = append(old, k)
				}
				return string(k) < limit && len(old) < MaxWrites
			})
		})
		if err != nil || len(old) == 0 {
			return err
		}
		if err := b.do(ctx, nil, func(View) (Change, error) { return Change{Delete: old}, nil }); err != nil {
			return err
		}
	}
}
