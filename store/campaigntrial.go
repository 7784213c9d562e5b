package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store/outbox"
)

// Trial is a dry run: what a message to many would be, without anybody
// receiving anything.
type Trial struct {
	At         time.Time
	Took       time.Duration
	Profiles   int            // looked at
	Recipients int            // numbers; 0 when Few
	Few        bool           // civic.Audience.TooFew: how many is not said, and it can't be sent
	ByLang     map[string]int // of Recipients, by language of the letter
	InFrench   int            // of Recipients, whose language has no text
	Segments   int
	Price      outbox.Money // of one segment; zero: not known
	Cost       outbox.Money
	Skips      Skips
}

// DryRun counts whom a message to many would reach, as profiles are while it
// looks. Its memory is bounded whatever their number: it holds a few hundred
// at a time. With a participation, sealed numbers are opened one after the
// other, and nothing is kept of what they lead to.
func (b *Book) DryRun(ctx context.Context, d *Draft, price outbox.Money) (Trial, error) {
	t := Trial{At: b.opts.Now(), Price: price, ByLang: map[string]int{}}
	others := 0
	for after, end := uint64(0), false; !end; {
		if err := ctx.Err(); err != nil {
			return t, err
		}
		last, err := b.trySome(ctx, d, after, &t, &others)
		if err != nil {
			return t, err
		}
		after, end = last, last == 0
	}
	t.Took = b.opts.Now().Sub(t.At)
	if d.Audience.TooFew(t.Recipients, others) {
		t.Few, t.Recipients, t.InFrench, t.Segments, t.ByLang = true, 0, 0, 0, nil
	}
	t.Cost = outbox.Money{Amount: price.Amount * int64(t.Segments), Currency: price.Currency}
	return t, nil
}

// trySome looks at some profiles in one snapshot.
func (b *Book) trySome(ctx context.Context, d *Draft, after uint64, t *Trial, others *int) (last uint64, err error) {
	err = b.engine.View(ctx, func(s Snapshot) error {
		var failed error
		seen := 0
		last, err = s.Walk(KindCitizen, after, func(_ uint64, k Key, v []byte) bool {
			seen++
			failed = b.tryOne(s, d, k, v, t, others)
			return failed == nil && seen < scanSome
		})
		if failed != nil {
			return failed
		}
		return err
	})
	return last, err
}

func (b *Book) tryOne(s Snapshot, d *Draft, k Key, v []byte, t *Trial, others *int) error {
	t.Profiles++
	c, err := decodeProfile(v)
	if err != nil || !d.Audience.Matches(c) {
		return err
	}
	key, e164, ok, err := b.reachable(s, k, c, &t.Skips)
	if err != nil || !ok {
		return err
	}
	clear(key[:])
	if d.Audience.ByParticipation() {
		voted, err := b.voted(s, d.Audience.Consultation, e164)
		if err != nil {
			return err
		}
		if voted != (d.Audience.Participation == civic.Participated) {
			*others++
			return nil
		}
	}
	lang, own := d.langOf(c)
	if !own {
		t.InFrench++
	}
	t.Recipients++
	t.ByLang[lang]++
	t.Segments += d.Letters[lang].Segments
	return nil
}

// langOf is the language that a citizen's letter is in: hers, or French.
func (d *Draft) langOf(c civic.Citizen) (lang string, own bool) {
	if _, ok := d.Letters[c.Lang]; ok {
		return c.Lang, true
	}
	return "fr", c.Lang == "" || c.Lang == "fr"
}

// reachable opens the number of a citizen who wants news; ok is false, and
// skips says why, when she is not written to.
func (b *Book) reachable(s Snapshot, k Key, c civic.Citizen, skips *Skips) (key [16]byte, e164 string, ok bool, err error) {
	switch c.News {
	case civic.NewsStopped:
		skips.Stopped++
		return key, "", false, nil
	case civic.NewsYes:
	default:
		skips.NotAsked++
		return key, "", false, nil
	}
	if key, err = citizenOf(k); err != nil {
		return key, "", false, err
	}
	sealed, found, err := s.Get(ContactKey(key))
	if err != nil {
		return key, "", false, err
	}
	if !found {
		skips.NoContact++
		return key, "", false, nil
	}
	e164, err = b.openContact(key, sealed)
	return key, e164, err == nil, err
}

// citizenOf is the keyed hash in a profile's key.
func citizenOf(k Key) (key [16]byte, err error) {
	rest := strings.TrimPrefix(string(k), KindCitizen+"/")
	if len(rest) != 2*len(key) {
		return key, fmt.Errorf("profile: %w: its key has %d letters", ErrCorrupt, len(rest))
	}
	_, err = hex.Decode(key[:], []byte(rest))
	return key, err
}

func (b *Book) openContact(key [16]byte, sealed []byte) (string, error) {
	e164, err := b.keys.Open(key[:], sealed)
	if err != nil {
		return "", fmt.Errorf("contact: %w", err)
	}
	return string(e164), nil
}

// voterOf is where a number's ballot of a consultation counts; false when
// there is no such consultation.
func (b *Book) voterOf(consultation, e164 string) (Key, bool) {
	secret, ok := (*b.voters.Load())[consultation]
	if !ok {
		return "", false
	}
	return VoterKey(consultation, secret.Voter(e164)), true
}

func (b *Book) voted(s Snapshot, consultation, e164 string) (bool, error) {
	key, ok := b.voterOf(consultation, e164)
	if !ok {
		return false, fmt.Errorf("%w: no consultation %q", ErrBounds, consultation)
	}
	_, voted, err := s.Get(key)
	return voted, err
}

// TryCampaign makes the dry run of a draft and keeps its figures with it. The
// journal says that it was made: who makes many that differ by little is seen.
func (b *Book) TryCampaign(ctx context.Context, who, id string, price outbox.Money) (Trial, error) {
	c, err := b.Campaign(ctx, id)
	if err != nil {
		return Trial{}, err
	}
	t, err := b.DryRun(ctx, &c.Draft, price)
	if err != nil {
		return Trial{}, err
	}
	said := fmt.Sprintf("recipients %d", t.Recipients)
	if t.Few {
		said = "too few recipients"
	}
	return t, b.changeCampaign(ctx, who, id, "campaign.try", func(c *Campaign, _ time.Time) ([]string, error) {
		if c.State != civic.CampaignDraft {
			return nil, fmt.Errorf("%w: dry run from %s", civic.ErrCampaignStep, c.State)
		}
		c.Trial = t
		return []string{said}, nil
	})
}

// SegmentPrice is what one segment to many costs by a provider: as it last
// said, or else as configured.
func (b *Book) SegmentPrice(ctx context.Context, provider string, configured outbox.Money) (outbox.Money, error) {
	rows, err := b.Costs(ctx, b.opts.Now().Add(-4*7*24*time.Hour))
	price := configured
	for _, row := range rows { // in order of weeks: the last one stands
		if row.Provider == provider && row.Segments > 0 && row.Cost.Amount > 0 {
			price = outbox.Money{Amount: (row.Cost.Amount + int64(row.Segments) - 1) / int64(row.Segments), Currency: row.Cost.Currency}
		}
	}
	return price, err
}
