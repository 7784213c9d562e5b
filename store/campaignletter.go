package store

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store/outbox"
)

// addressee is one citizen of the audience who wants news. Her number is held
// in memory while her letter is made.
type addressee struct {
	citizen [16]byte
	e164    string
}

// addressees are the next of the audience behind the cursor, who is left out,
// and the last place that was looked at: 0 when nothing is behind.
func (b *Book) addressees(ctx context.Context, c *Campaign, most int) (some []addressee, skips Skips, last uint64, err error) {
	var unsure []int
	err = b.engine.View(ctx, func(s Snapshot) error {
		var failed error
		some, skips, unsure = nil, Skips{}, nil
		last, err = s.Walk(KindCitizen, c.Cursor, func(_ uint64, k Key, v []byte) bool {
			var who addressee
			var what Skips
			if who, what, failed = b.addressee(s, c, k, v); failed != nil {
				return false
			}
			if what.NoContact > 0 {
				unsure = append(unsure, len(some))
				what.NoContact = 0
			}
			skips.Stopped += what.Stopped
			skips.NotAsked += what.NotAsked
			if who != (addressee{}) {
				some = append(some, who)
			}
			return len(some) < most
		})
		if failed != nil {
			return failed
		}
		return err
	})
	for _, i := range unsure {
		if err == nil {
			some[i].e164, err = b.surely(ctx, some[i].citizen)
		}
	}
	return some, skips, last, err
}

// addressee reads one profile. One who was written to already is nobody's
// skip.
func (b *Book) addressee(s Snapshot, c *Campaign, k Key, v []byte) (who addressee, skips Skips, err error) {
	profile, err := decodeProfile(v)
	if err != nil || !c.Audience.Matches(profile) {
		return who, skips, err
	}
	key, e164, ok, err := b.reachable(s, k, profile, &skips)
	if err != nil {
		return who, skips, err
	}
	if ok || skips.NoContact > 0 {
		return addressee{key, e164}, skips, nil
	}
	if key, err = citizenOf(k); err != nil {
		return who, skips, err
	}
	if _, before, err := s.Get(DoneKey(b.letterID(c.ID, key))); before || err != nil {
		return who, Skips{}, err
	}
	return who, skips, nil
}

// surely is a number as a command reads it: a snapshot may miss a record that
// is rewritten in that moment. "" when it is not kept.
func (b *Book) surely(ctx context.Context, citizen [16]byte) (e164 string, err error) {
	var sealed []byte
	key := ContactKey(citizen)
	err = b.do(ctx, []Key{key}, func(v View) (Change, error) {
		stored, _ := v.Get(key)
		sealed = bytes.Clone(stored)
		return Change{}, nil
	})
	if err != nil || sealed == nil {
		return "", err
	}
	return b.openContact(citizen, sealed)
}

// letterID is the id of the command that makes a citizen's letter of a message
// to many.
func (b *Book) letterID(campaign string, citizen [16]byte) ID {
	return ID(b.keys.Event("campaign", campaign, b.keys.Inner(citizen)))
}

// write makes one letter, with everything decided in the one command. Its
// error is why there is none.
func (b *Book) write(ctx context.Context, c *Campaign, who addressee) error {
	if who.e164 == "" {
		return errNoContact
	}
	key, err := campaignKey(c.ID)
	if err != nil {
		return err
	}
	ref, err := b.nonce()
	if err != nil {
		return err
	}
	w := writing{
		book: b, campaign: key, citizen: CitizenKey(who.citizen), contact: ContactKey(who.citizen), e164: who.e164, seq: b.sequence(),
		// Of chance: the command's own id leads from a citizen to the message,
		// and is forgotten after a week; this stays.
		ref: hexOf(ref),
	}
	reads := []Key{w.campaign, w.citizen, w.contact}
	if c.Audience.ByParticipation() {
		var ok bool
		if w.voter, ok = b.voterOf(c.Audience.Consultation, who.e164); !ok {
			return fmt.Errorf("%w: no consultation %q", ErrBounds, c.Audience.Consultation)
		}
		reads = append(reads, w.voter)
	}
	result, err := b.engine.Do(ctx, Command{ID: b.letterID(c.ID, who.citizen), Reads: reads, Decide: w.decide})
	switch {
	case err != nil:
		return err
	case result.Repeat:
		return errAlready
	}
	b.announce([]outbox.Message{w.made})
	return nil
}

func hexOf(h [16]byte) string { return hex.EncodeToString(h[:]) }

// writing is one letter being made.
type writing struct {
	book                              *Book
	campaign, citizen, contact, voter Key
	e164, ref                         string
	seq                               int64
	made                              outbox.Message // by the last run of the command
}

func (w *writing) decide(v View) (Change, error) {
	stored, ok := v.Get(w.campaign)
	if !ok {
		return Change{}, ErrRecalled
	}
	c, err := decodeCampaign(w.campaign, stored)
	if err != nil {
		return Change{}, err
	}
	profile, err := w.mayBe(v, &c)
	if err != nil {
		return Change{}, err
	}
	lang, own := c.langOf(profile)
	if w.made, err = w.book.message(w.ref, w.e164, c.Letters[lang], v.Now()); err != nil {
		return Change{}, err
	}
	w.made.Seq, w.made.Campaign, w.made.Expires = w.seq, c.ID, c.Until
	c.Tally.Made++
	if !own {
		c.Tally.InFrench++
	}
	c.Tally.moved(outbox.Message{}, w.made)
	letter, err := putMessage(w.made)
	if err != nil {
		return Change{}, err
	}
	counted, err := putCampaign(w.campaign, &c)
	return Change{Put: []Put{letter, counted}}, err
}

// mayBe is the profile of who is written to, or why she is not.
func (w *writing) mayBe(v View, c *Campaign) (civic.Citizen, error) {
	switch c.State {
	case civic.CampaignRunning:
	case civic.CampaignPaused:
		return civic.Citizen{}, ErrHeld
	default:
		return civic.Citizen{}, ErrRecalled
	}
	stored, ok := v.Get(w.citizen)
	if !ok {
		return civic.Citizen{}, errNotHers // erased meanwhile
	}
	profile, err := decodeProfile(stored)
	if err != nil {
		return profile, err
	}
	if !c.Audience.Matches(profile) {
		return profile, errNotHers
	}
	if profile.News != civic.NewsYes {
		return profile, ErrUnwanted
	}
	if _, kept := v.Get(w.contact); !kept {
		return profile, errNoContact
	}
	if w.voter != "" {
		if _, voted := v.Get(w.voter); voted != (c.Audience.Participation == civic.Participated) {
			return profile, errNotHers
		}
	}
	return profile, nil
}
