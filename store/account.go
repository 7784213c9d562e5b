package store

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jamakan/jamakan/civic"
)

// Account is a coordinator as kept: who she is, what she may do, and how she
// proves it. It never holds a password, only what one is held against.
type Account struct {
	civic.Coordinator
	Created  time.Time
	Disabled time.Time // zero: may log in
	Hash     string    // argon2id, PHC string; "": she has not chosen a password yet
	Invite   []byte    // SHA-256 of the invitation that lets her choose one; nil: none
	Until    time.Time // of the invitation
	TOTP     string    // secret of the second step, base32; "": none
	Phone    string    // her own number in E.164, for the Monday digest; "": none
	Digest   bool      // she asked for it
	Email    string    // for the Monday files; "": none
	Lang     string    // of the digest
	Epoch    int       // sessions of an earlier one are over
}

// Errors of accounts.
var (
	// ErrAccount: no such account.
	ErrAccount = errors.New("no such account; `jamakan coordinator list` shows them")
	// ErrAccountTaken: the login belongs to somebody.
	ErrAccountTaken = errors.New("this login is taken; choose another")
	// ErrInvite: the invitation is used, over, or was never given.
	ErrInvite = errors.New("this invitation is used or over; ask for another")
	// ErrLastAdministrator: nobody could add accounts any more.
	ErrLastAdministrator = errors.New("the last administrator stays: name another one first")
)

// account is an Account as stored: what is hers alone is sealed.
type account struct {
	Name      string       `json:"name"`
	Role      civic.Role   `json:"role"`
	Territory []civic.Code `json:"territory,omitempty"`
	Created   time.Time    `json:"created"`
	Disabled  time.Time    `json:"disabled,omitzero"`
	Hash      string       `json:"hash,omitempty"`
	Invite    []byte       `json:"invite,omitempty"`
	Until     time.Time    `json:"until,omitzero"`
	TOTP      []byte       `json:"totp,omitempty"`  // sealed
	Phone     []byte       `json:"phone,omitempty"` // sealed
	Digest    bool         `json:"digest,omitempty"`
	Email     []byte       `json:"email,omitempty"` // sealed
	Lang      string       `json:"lang,omitempty"`
	Epoch     int          `json:"epoch,omitempty"`
}

func accountKey(login string) Key { return Key(KindAccount + "/" + login) }

// sealText seals a text of an account; "" stays nothing.
func (b *Book) sealText(login, what, text string) ([]byte, error) {
	if text == "" {
		return nil, nil
	}
	return b.keys.Seal([]byte("account "+what+" "+login), []byte(text))
}

func (b *Book) openText(login, what string, sealed []byte) (string, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	text, err := b.keys.Open([]byte("account "+what+" "+login), sealed)
	return string(text), err
}

func (b *Book) encodeAccount(a Account) ([]byte, error) {
	kept := account{
		Name: a.Name, Role: a.Role, Territory: a.Territory, Created: a.Created, Disabled: a.Disabled, Hash: a.Hash,
		Invite: a.Invite, Until: a.Until, Digest: a.Digest, Lang: a.Lang, Epoch: a.Epoch,
	}
	var err1, err2, err3 error
	kept.TOTP, err1 = b.sealText(a.Login, "totp", a.TOTP)
	kept.Phone, err2 = b.sealText(a.Login, "phone", a.Phone)
	kept.Email, err3 = b.sealText(a.Login, "email", a.Email)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	return json.Marshal(kept)
}

func (b *Book) decodeAccount(login string, v []byte) (Account, error) {
	var kept account
	if err := json.Unmarshal(v, &kept); err != nil {
		return Account{}, fmt.Errorf("account %s: %w: %w", login, ErrCorrupt, err)
	}
	a := Account{
		Coordinator: civic.Coordinator{Login: login, Name: kept.Name, Role: kept.Role, Territory: kept.Territory},
		Created:     kept.Created, Disabled: kept.Disabled, Hash: kept.Hash, Invite: kept.Invite, Until: kept.Until,
		Digest: kept.Digest, Lang: kept.Lang, Epoch: kept.Epoch,
	}
	var err1, err2, err3 error
	a.TOTP, err1 = b.openText(login, "totp", kept.TOTP)
	a.Phone, err2 = b.openText(login, "phone", kept.Phone)
	a.Email, err3 = b.openText(login, "email", kept.Email)
	return a, errors.Join(err1, err2, err3)
}

// Accounts are all accounts, in order of logins.
func (b *Book) Accounts(ctx context.Context) (all []Account, err error) {
	err = b.engine.View(ctx, func(s Snapshot) error {
		var failed error
		err := s.Scan(KindAccount+"/", "", func(k Key, v []byte) bool {
			var a Account
			a, failed = b.decodeAccount(strings.TrimPrefix(string(k), KindAccount+"/"), v)
			all = append(all, a)
			return failed == nil
		})
		return errors.Join(err, failed)
	})
	return all, err
}

// Account is one account; ErrAccount when there is none.
func (b *Book) Account(ctx context.Context, login string) (a Account, err error) {
	if !civic.ValidLogin(login) {
		return a, ErrAccount
	}
	err = b.engine.View(ctx, func(s Snapshot) error {
		v, ok, err := s.Get(accountKey(login))
		if err != nil {
			return err
		}
		if !ok {
			return ErrAccount
		}
		a, err = b.decodeAccount(login, v)
		return err
	})
	return a, err
}

// AddAccount adds an account; ErrAccountTaken when the login is.
func (b *Book) AddAccount(ctx context.Context, who string, a Account) error {
	if !civic.ValidLogin(a.Login) {
		return fmt.Errorf("%w: a login is 2 to 32 small letters, digits, dots and hyphens", ErrBounds)
	}
	key, seq := accountKey(a.Login), b.journalSequence()
	return b.do(ctx, []Key{key}, func(v View) (Change, error) {
		if _, taken := v.Get(key); taken {
			return Change{}, ErrAccountTaken
		}
		a.Created = v.Now()
		encoded, err := b.encodeAccount(a)
		if err != nil {
			return Change{}, err
		}
		said, err := entry(v, seq, who, "account.add", a.Login, string(a.Role), territoryText(a.Territory))
		return Change{Put: []Put{{key, encoded}, said}}, err
	})
}

func territoryText(codes []civic.Code) string {
	texts := make([]string, len(codes))
	for i, c := range codes {
		texts[i] = string(c)
	}
	return strings.Join(texts, " ")
}

// ChangeAccount changes an account as change says, and writes what was done
// into the journal. change may be called again; its error ends it with nothing
// written.
func (b *Book) ChangeAccount(ctx context.Context, who, login, what string, change func(*Account, time.Time) error) error {
	if !civic.ValidLogin(login) {
		return ErrAccount
	}
	key, seq := accountKey(login), b.journalSequence()
	return b.do(ctx, []Key{key}, func(v View) (Change, error) {
		stored, ok := v.Get(key)
		if !ok {
			return Change{}, ErrAccount
		}
		a, err := b.decodeAccount(login, stored)
		if err != nil {
			return Change{}, err
		}
		if err := change(&a, v.Now()); err != nil {
			return Change{}, err
		}
		encoded, err := b.encodeAccount(a)
		if err != nil {
			return Change{}, err
		}
		said, err := entry(v, seq, who, what, login)
		return Change{Put: []Put{{key, encoded}, said}}, err
	})
}

// DisableAccount ends an account: nobody logs in with it, and its sessions are
// over. The last administrator can't be disabled.
func (b *Book) DisableAccount(ctx context.Context, who, login string) error {
	all, err := b.Accounts(ctx)
	if err != nil {
		return err
	}
	others := 0
	for _, a := range all {
		if a.Role == civic.Administrator && a.Disabled.IsZero() && a.Login != login {
			others++
		}
	}
	return b.ChangeAccount(ctx, who, login, "account.disable", func(a *Account, now time.Time) error {
		if a.Role == civic.Administrator && others == 0 {
			return ErrLastAdministrator
		}
		a.Disabled, a.Invite = now, nil
		a.forget()
		a.Epoch++
		return nil
	})
}

// inviteLife is how long an invitation is good for.
const inviteLife = 72 * time.Hour

// Invite lets a person choose her password (again): only who holds the token
// can, once. Her present password and second step stop working.
func (b *Book) Invite(ctx context.Context, who, login, token string) (until time.Time, err error) {
	sum := sha256.Sum256([]byte(token))
	err = b.ChangeAccount(ctx, who, login, "account.invite", func(a *Account, now time.Time) error {
		a.Invite, a.Until, a.Hash, a.TOTP, a.Disabled = sum[:], now.Add(inviteLife), "", "", time.Time{}
		a.Epoch++
		until = a.Until
		return nil
	})
	return until, err
}

// Invited is the account that an invitation is for; ErrInvite when it is none.
func (b *Book) Invited(ctx context.Context, token string) (Account, error) {
	sum := sha256.Sum256([]byte(token))
	all, err := b.Accounts(ctx)
	if err != nil {
		return Account{}, err
	}
	found := Account{}
	for _, a := range all {
		if len(a.Invite) == len(sum) && subtle.ConstantTimeCompare(a.Invite, sum[:]) == 1 && a.Disabled.IsZero() && b.opts.Now().Before(a.Until) {
			found = a
		}
	}
	if found.Login == "" {
		return found, ErrInvite
	}
	return found, nil
}

// ChoosePassword sets what a password is held against, for who holds the
// invitation; it is used up.
func (b *Book) ChoosePassword(ctx context.Context, token, hash string) (login string, err error) {
	invited, err := b.Invited(ctx, token)
	if err != nil {
		return "", err
	}
	err = b.ChangeAccount(ctx, invited.Login, invited.Login, "account.password", func(a *Account, now time.Time) error {
		if !equalBytes(a.Invite, invited.Invite) || !now.Before(a.Until) {
			return ErrInvite
		}
		a.Hash, a.Invite, a.Until = hash, nil, time.Time{}
		a.Epoch++
		return nil
	})
	return invited.Login, err
}

func equalBytes(a, b []byte) bool { return len(a) > 0 && subtle.ConstantTimeCompare(a, b) == 1 }
