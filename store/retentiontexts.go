package store

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/jamakan/jamakan/civic"
)

// ended is when a text got its answer or was closed; false while somebody
// waits.
func (o *opinion) ended() (at time.Time, ok bool) {
	if o.Status != civic.Replied && o.Status != civic.Shelved {
		return at, false
	}
	at = o.Answered
	if o.Closed.After(at) {
		at = o.Closed
	}
	return at, !at.IsZero()
}

// lapse takes away what she said, what she was told, and the way back to her.
// It stays counted, under the status it has.
func (o *opinion) lapse(now time.Time) {
	o.Text, o.From, o.Lapsed = nil, nil, now
	for i := range o.Replies {
		o.Replies[i].Text, o.Replies[i].Ref, o.Replies[i].Place = "", "", ""
	}
}

func (o *opinion) lapses(now time.Time, months int) bool {
	at, ok := o.ended()
	return ok && o.Lapsed.IsZero() && at.AddDate(0, months, 0).Before(now)
}

// eachOpinion calls fn for every opinion with its key, until it returns false.
func (b *Book) eachOpinion(ctx context.Context, fn func(Key, *opinion) bool) error {
	after := Key("")
	for more := true; more && ctx.Err() == nil; {
		err := b.engine.View(ctx, func(s Snapshot) error {
			more = false
			var failed error
			seen := 0
			err := s.Scan(KindFeedback+"/", after, func(k Key, v []byte) bool {
				var o opinion
				if o, failed = decodeOpinion(k, v); failed != nil || !fn(k, &o) {
					return false
				}
				after = k
				seen++
				more = seen == scanSome
				return !more
			})
			return errors.Join(err, failed)
		})
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// forgetTexts lets texts lapse whose time is over. more says that some are
// left for the next sweep.
func (b *Book) forgetTexts(ctx context.Context, now time.Time) (more bool, err error) {
	var old []Key
	err = b.eachOpinion(ctx, func(k Key, o *opinion) bool {
		if o.lapses(now, b.opts.Keep.Texts) {
			old = append(old, k)
		}
		return len(old) < forgetMost
	})
	if err != nil {
		return false, err
	}
	return len(old) == forgetMost, inCommands(ctx, old, MaxReads/2, func(some []Key) error {
		err := b.do(ctx, some, func(v View) (c Change, err error) {
			for _, k := range some {
				o, err := living(v, k)
				if err != nil || !o.lapses(v.Now(), b.opts.Keep.Texts) {
					continue // answered again, or erased, meanwhile
				}
				o.lapse(v.Now())
				put, err := putJSON(k, o)
				if err != nil {
					return c, err
				}
				c.Put = append(c.Put, put)
			}
			return c, nil
		})
		if err == nil {
			b.inbox.touch(b, some...)
		}
		return err
	})
}

// answerable are the numbers that somebody may still have to answer.
func (b *Book) answerable(ctx context.Context, now time.Time) (map[[16]byte]bool, error) {
	all := map[[16]byte]bool{}
	limit := now.AddDate(0, 0, -b.opts.Keep.Contacts)
	err := b.eachOpinion(ctx, func(k Key, o *opinion) bool {
		if at, ended := o.ended(); ended && at.Before(limit) {
			return true
		}
		if owner, err := b.owner(b.referenceOf(k), o); err == nil {
			all[owner] = true
		}
		return true
	})
	return all, err
}

// keptNumber is a number as a sweep found it.
type keptNumber struct {
	citizen [16]byte
	sealed  []byte
}

// forgetContacts forgets numbers that nobody may need: no text of theirs waits
// or was answered lately, and they don't want news.
func (b *Book) forgetContacts(ctx context.Context, now time.Time) (more bool, err error) {
	needed, err := b.answerable(ctx, now)
	if err != nil {
		return false, err
	}
	var over []keptNumber
	err = b.walk(ctx, KindContact, func(s Snapshot, k Key, v []byte) (bool, error) {
		h, err := hashIn(string(k[len(KindContact)+1:]))
		if err != nil || needed[h] {
			return err == nil, err
		}
		stored, ok, err := s.Get(CitizenKey(h))
		if err != nil || ok && wantsNews(stored) {
			return err == nil, err
		}
		over = append(over, keptNumber{h, v})
		return len(over) < forgetMost, nil
	})
	if err != nil {
		return false, err
	}
	return len(over) == forgetMost, inCommands(ctx, over, MaxReads/2, func(some []keptNumber) error {
		var reads []Key
		for _, n := range some {
			reads = append(reads, ContactKey(n.citizen), CitizenKey(n.citizen))
		}
		return b.do(ctx, reads, func(v View) (c Change, err error) {
			for _, n := range some {
				profile, _ := v.Get(CitizenKey(n.citizen))
				// Sealed anew each time: one that she gave again meanwhile differs.
				if sealed, ok := v.Get(ContactKey(n.citizen)); ok && bytes.Equal(sealed, n.sealed) && !wantsNews(profile) {
					c.Delete = append(c.Delete, ContactKey(n.citizen))
				}
			}
			return c, nil
		})
	})
}

func wantsNews(stored []byte) bool {
	c, err := decodeProfile(stored)
	return err == nil && c.News == civic.NewsYes
}

// forgetAccounts takes telephone, address and second step from accounts that
// were closed before closing did so.
func (b *Book) forgetAccounts(ctx context.Context) error {
	all, err := b.Accounts(ctx)
	for _, a := range all {
		if err != nil {
			return err
		}
		if !a.Disabled.IsZero() && a.Phone+a.Email+a.TOTP != "" {
			err = b.ChangeAccount(ctx, ByItself, a.Login, "account.forget", func(a *Account, _ time.Time) error {
				a.forget()
				return nil
			})
		}
	}
	return err
}

// forget leaves of a closed account what the journal needs.
func (a *Account) forget() { a.Phone, a.Email, a.TOTP, a.Digest = "", "", "", false }
