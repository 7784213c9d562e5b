package callback

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"net/netip"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/jamakan/jamakan/callback/refusal"
)

// Door is who may come in to one channel.
type Door struct {
	// Tokens are those of the path's :token: one, or two during a rotation,
	// each in clear or as sha256:<64 hexadecimal digits>.
	Tokens []string
	// From are the networks that requests may come from; none: any.
	From []netip.Prefix
	// Proxies are the proxies whose X-Forwarded-For is believed.
	Proxies []netip.Prefix
	// LoopbackOnly is the demonstration: requests that came through a proxy,
	// or were asked of another host's name, find nothing.
	LoopbackOnly bool
	// Refused counts who was turned away; nil: nobody counts.
	Refused *refusal.Channel
}

// hashed begins a token that is given by its SHA-256.
const hashed = "sha256:"

// HashToken is the form of a token that lets in who holds it, and gives it to
// nobody who reads the configuration.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hashed + hex.EncodeToString(sum[:])
}

// Hashed says whether a configured token is a hash, and whether it can be one.
func Hashed(token string) (isHash, ok bool) {
	digits, isHash := strings.CutPrefix(token, hashed)
	raw, err := hex.DecodeString(digits)
	return isHash, isHash && err == nil && len(raw) == sha256.Size
}

// sumOf is a configured token's SHA-256.
func sumOf(token string) [sha256.Size]byte {
	if _, ok := Hashed(token); ok {
		raw, _ := hex.DecodeString(token[len(hashed):]) // Hashed read it
		return [sha256.Size]byte(raw)
	}
	return sha256.Sum256([]byte(token))
}

// Lock compares tokens with those of a configuration.
type Lock [][sha256.Size]byte

// NewLock makes a lock of configured tokens.
func NewLock(tokens []string) Lock {
	l := make(Lock, len(tokens))
	for i, token := range tokens {
		l[i] = sumOf(token)
	}
	return l
}

// Opens says whether a token is one of them. It looks at all of them whatever
// the first says, so that its time tells nothing.
func (l Lock) Opens(token string) bool {
	got := sha256.Sum256([]byte(token))
	ok := 0
	for i := range l {
		ok |= subtle.ConstantTimeCompare(got[:], l[i][:])
	}
	return ok == 1
}

// Guard lets in who the door lets in. To others the path does not exist, and
// every question is asked whatever the first answer was: they can't tell a
// wrong token from a right one that came from elsewhere.
func (d Door) Guard(next echo.HandlerFunc) echo.HandlerFunc {
	lock := NewLock(d.Tokens)
	return func(c echo.Context) error {
		r := c.Request()
		open := lock.Opens(c.Param("token"))
		inside := len(d.From) == 0 || within(Peer(r, d.Proxies), d.From)
		direct := !d.LoopbackOnly || Direct(r)
		switch {
		case !open:
			d.refuse(refusal.Token, r)
		case !inside:
			d.refuse(refusal.Outside, r)
		case !direct:
			d.refuse(refusal.Proxied, r)
		default:
			return next(c)
		}
		return echo.ErrNotFound
	}
}

// TurnAway counts a request that was let in and could not be used.
func (d Door) TurnAway(c echo.Context, why refusal.Reason) { d.refuse(why, c.Request()) }

func (d Door) refuse(why refusal.Reason, r *http.Request) {
	d.Refused.Count(why, ShapeOf(r, d.Proxies, r.ContentLength))
}

// Refuse answers a request whose body could not be read: 413 for one that is
// too large, 400 for a connection that broke.
func (d Door) Refuse(c echo.Context, err error) error {
	if errors.Is(err, ErrTooLarge) {
		d.refuse(refusal.Large, c.Request())
		c.Response().Header().Set("Connection", "close")
		return c.String(http.StatusRequestEntityTooLarge, "body over 64 KiB\n")
	}
	d.refuse(refusal.Malformed, c.Request())
	return c.String(http.StatusBadRequest, "the body can't be read\n")
}
