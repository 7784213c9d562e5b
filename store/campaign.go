package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store/outbox"
)

// Errors of messages to many.
var (
	// ErrCampaign: no such message to many.
	ErrCampaign = errors.New("no such message to many")
	// ErrFewRecipients: so small an audience would tell on somebody.
	ErrFewRecipients = errors.New("too few recipients, or too few left out: the message would tell who voted")
	// ErrTyped: what was typed is not the number of recipients.
	ErrTyped = errors.New("not the number of recipients of the dry run")
	// ErrTrial: no dry run, or one that is older than TrialLife.
	ErrTrial = errors.New("the dry run is missing or too old; make it again")
	// ErrHeld: the message's campaign is paused: it waits.
	ErrHeld = errors.New("the message to many is paused")
	// ErrRecalled: the message's campaign was cancelled: it never leaves.
	ErrRecalled = errors.New("the message to many was cancelled")
	// ErrUnwanted: the number does not want to be told things, or not any more.
	ErrUnwanted = errors.New("the number does not want messages")
)

// CampaignLife is how long after its confirmation a message to many may still
// leave. It is shorter than replies are kept: until it is over, the store
// remembers whom it was made for.
const CampaignLife = 6 * 24 * time.Hour

// TrialLife is how long a dry run may be confirmed.
const TrialLife = time.Hour

// Draft is what a coordinator writes of a message to many.
type Draft struct {
	Audience civic.Audience
	Texts    map[string]string // as written, by language; French is always there
	Letters  map[string]Letter // the same as they leave: spelled, with how to stop at the end
	Until    time.Time         // nothing leaves after it
}

// Campaign is a message to many. It holds no number and no citizen's key:
// whom it was made for is remembered only under the ids of commands, which
// are keyed hashes.
type Campaign struct {
	ID      string // "12": they are numbered
	Who     string // wrote it
	By      string // confirmed it
	Created time.Time
	Started time.Time
	Ended   time.Time
	Draft
	State  civic.CampaignState
	Why    string // why it ended without being done: "late", or ""
	Trial  Trial  // the last dry run
	Cursor uint64 // place of the last profile that was looked at
	Fed    bool   // all were
	Skips  Skips
	Tally  Tally
}

// Skips are numbers of the audience to whom no letter was made. A profile that
// changes while they are looked at may be counted twice.
type Skips struct {
	Stopped   int // said STOP
	NotAsked  int // never said that they want news
	NoContact int // their number is not kept
}

// Late is why a campaign ended whose time was over.
const Late = "late"

// maxCampaignText bounds one language's text, in bytes.
const maxCampaignText = 2000

// check says what a draft lacks.
func (d *Draft) check(now time.Time) error {
	if d.Texts["fr"] == "" || len(d.Texts) > 20 {
		return fmt.Errorf("%w: a message to many needs its text in French", ErrBounds)
	}
	for lang, text := range d.Texts {
		l, ok := d.Letters[lang]
		if !ok || l.Segments == 0 || l.Purpose != outbox.Bulk || l.Provider == "" || len(text) > maxCampaignText || len(l.Text) > maxCampaignText {
			return fmt.Errorf("%w: the text in %q is not spelled, or too long", ErrBounds, lang)
		}
	}
	if !d.Until.After(now) || d.Until.After(now.Add(CampaignLife)) {
		return fmt.Errorf("%w: a message to many leaves within %s", ErrBounds, CampaignLife)
	}
	return nil
}

const keyCampaigns = Key(KindMeta + "/campaigns") // how many there were

func campaignKey(id string) (Key, error) {
	n, err := strconv.ParseUint(id, 10, 32)
	if err != nil {
		return "", fmt.Errorf("%w: %q", ErrCampaign, id)
	}
	return Key(fmt.Sprintf("%s/%010d", KindCampaign, n)), nil
}

func decodeCampaign(k Key, v []byte) (c Campaign, err error) {
	if err := json.Unmarshal(v, &c); err != nil {
		return c, fmt.Errorf("%s: %w: %w", k, ErrCorrupt, err)
	}
	return c, nil
}

func putCampaign(k Key, c *Campaign) (Put, error) {
	encoded, err := json.Marshal(c)
	return Put{k, encoded}, err
}

// Campaigns are all messages to many, the newest first.
func (b *Book) Campaigns(ctx context.Context) (all []Campaign, err error) {
	err = b.engine.View(ctx, func(s Snapshot) error {
		var failed error
		err := s.Scan(KindCampaign+"/", "", func(k Key, v []byte) bool {
			var c Campaign
			c, failed = decodeCampaign(k, v)
			all = append(all, c)
			return failed == nil
		})
		return errors.Join(err, failed)
	})
	slices.Reverse(all)
	return all, err
}

// Campaign is one message to many; ErrCampaign when there is none.
func (b *Book) Campaign(ctx context.Context, id string) (c Campaign, err error) {
	key, err := campaignKey(id)
	if err != nil {
		return c, err
	}
	err = b.engine.View(ctx, func(s Snapshot) error {
		v, ok, err := s.Get(key)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("%w: %s", ErrCampaign, id)
		}
		c, err = decodeCampaign(key, v)
		return err
	})
	return c, err
}

// DraftCampaign begins a message to many.
func (b *Book) DraftCampaign(ctx context.Context, who string, d Draft) (c Campaign, err error) {
	if err := d.check(b.opts.Now()); err != nil {
		return c, err
	}
	seq := b.journalSequence()
	n := uint64(1)
	for taken := true; taken; { // the number is part of a key, which a command declares
		if n, err = b.campaignsSoFar(ctx); err != nil {
			return c, err
		}
		id := strconv.FormatUint(n+1, 10)
		key, _ := campaignKey(id)
		err = b.do(ctx, []Key{keyCampaigns, key}, func(v View) (Change, error) {
			if _, taken = v.Get(key); taken {
				return Change{}, nil
			}
			c = Campaign{ID: id, Who: who, Created: v.Now(), Draft: d, State: civic.CampaignDraft}
			put, err := putCampaign(key, &c)
			if err != nil {
				return Change{}, err
			}
			said, err := entry(v, seq, who, "campaign.draft", id)
			return Change{Put: []Put{put, {keyCampaigns, []byte(id)}, said}}, err
		})
		if err != nil {
			return c, err
		}
	}
	return c, nil
}

func (b *Book) campaignsSoFar(ctx context.Context) (n uint64, err error) {
	err = b.engine.View(ctx, func(s Snapshot) error {
		v, ok, err := s.Get(keyCampaigns)
		if err != nil || !ok {
			return err
		}
		n, err = strconv.ParseUint(string(v), 10, 32)
		return err
	})
	return n, err
}

// RewriteCampaign changes a draft; its dry run is to be made again.
func (b *Book) RewriteCampaign(ctx context.Context, who, id string, d Draft) error {
	return b.changeCampaign(ctx, who, id, "campaign.draft", func(c *Campaign, now time.Time) ([]string, error) {
		if c.State != civic.CampaignDraft {
			return nil, fmt.Errorf("%w: rewrite from %s", civic.ErrCampaignStep, c.State)
		}
		if err := d.check(now); err != nil {
			return nil, err
		}
		c.Draft, c.Trial = d, Trial{}
		return nil, nil
	})
}

// changeCampaign changes a message to many and writes into the journal what was done,
// with the lines that how returns. how may be called again; its error ends it
// with nothing written.
func (b *Book) changeCampaign(ctx context.Context, who, id, what string, how func(*Campaign, time.Time) ([]string, error)) error {
	key, err := campaignKey(id)
	if err != nil {
		return err
	}
	seq := b.journalSequence()
	return b.do(ctx, []Key{key}, func(v View) (Change, error) {
		stored, ok := v.Get(key)
		if !ok {
			return Change{}, fmt.Errorf("%w: %s", ErrCampaign, id)
		}
		c, err := decodeCampaign(key, stored)
		if err != nil {
			return Change{}, err
		}
		lines, err := how(&c, v.Now())
		if err != nil {
			return Change{}, err
		}
		put, err := putCampaign(key, &c)
		if err != nil || what == "" {
			return Change{Put: []Put{put}}, err
		}
		said, err := entry(v, seq, who, what, strings.TrimLeft(id, "0"), lines...)
		return Change{Put: []Put{put, said}}, err
	})
}
