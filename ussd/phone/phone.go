package phone

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
)

// What a person can do wrong with a phone.
var (
	// ErrNoCall says that no call is under way.
	ErrNoCall = errors.New("no call under way: dial first")
	// ErrConfig says that a phone lacks what it needs to dial.
	ErrConfig = errors.New("the phone can't dial")
	// ErrNoPost says that so many posts have not been made in this call.
	ErrNoPost = errors.New("nothing that old was posted in this call")
)

// Config is a phone and its network.
type Config struct {
	URL     string       // callback address, with its token
	Number  string       // its number, sent as it is: a wrong one may be what is tested
	Code    string       // the code it dials, *384*55#
	Network string       // default 99999, the provider's simulator
	HTTP    *http.Client // default: ten seconds, no redirects
	// NewSession names each call; by default ATUid_ and 32 random hexadecimal
	// digits, as the provider does.
	NewSession func() string
}

// Phone is one handset. It is safe for concurrent use, so that a test can
// post the same turn from several connections at once.
type Phone struct {
	cfg Config

	mu          sync.Mutex
	session     string
	code        string   // as dialled, without the inputs after it
	transcripts []string // every one posted in this call, oldest first
	live        bool     // the call goes on
}

// New returns a phone that is not in a call. Its error is ErrConfig, wrapped.
func New(cfg Config) (*Phone, error) {
	for what, value := range map[string]string{"the gateway's address": cfg.URL, "a number": cfg.Number, "a code to dial": cfg.Code} {
		if value == "" {
			return nil, fmt.Errorf("%w: give it %s", ErrConfig, what)
		}
	}
	if cfg.NewSession == nil {
		cfg.NewSession = newSession
	}
	return &Phone{cfg: cfg}, nil
}

// newSession is a session in the provider's form.
func newSession() string {
	var b [16]byte
	rand.Read(b[:]) // never fails: it ends the program instead
	return "ATUid_" + hex.EncodeToString(b[:])
}

// Dial starts a new call, with the inputs that follow the code when one dials
// *384*55*1*2# (direct: "1*2") instead of *384*55# (direct: ""). Where the
// provider puts them is not known for sure; here they are in the chain.
func (p *Phone) Dial(ctx context.Context, direct string) (Screen, error) {
	return p.start(ctx, p.cfg.Code, direct)
}

// DialCode starts a new call to a code as it is keyed, *384*55*1*2#. A code
// that doesn't begin with the phone's own is dialled whole.
func (p *Phone) DialCode(ctx context.Context, keyed string) (Screen, error) {
	rest, ok := strings.CutPrefix(keyed, strings.TrimSuffix(p.cfg.Code, "#")+"*")
	if !ok {
		return p.start(ctx, keyed, "")
	}
	return p.start(ctx, p.cfg.Code, strings.TrimSuffix(rest, "#"))
}

func (p *Phone) start(ctx context.Context, code, direct string) (Screen, error) {
	p.mu.Lock()
	p.session, p.code, p.live = p.cfg.NewSession(), code, true
	p.transcripts = []string{direct}
	t := p.turn(direct)
	p.mu.Unlock()
	return p.show(ctx, t)
}

// Send keys an input. After END, or before a call, it returns ErrNoCall.
func (p *Phone) Send(ctx context.Context, input string) (Screen, error) {
	p.mu.Lock()
	if !p.live {
		p.mu.Unlock()
		return Screen{}, ErrNoCall
	}
	chain := p.transcripts[len(p.transcripts)-1]
	if chain != "" {
		chain += "*"
	}
	chain += input
	p.transcripts = append(p.transcripts, chain)
	t := p.turn(chain)
	p.mu.Unlock()
	return p.show(ctx, t)
}

// Retry posts the last turn again, as networks do; also after the call ended
// or was hung up.
func (p *Phone) Retry(ctx context.Context) (Screen, error) {
	t, err := p.posted(0)
	if err != nil {
		return Screen{}, err
	}
	return p.show(ctx, t)
}

// Late posts an older turn of the call again, n before the last. It changes
// nothing on the phone.
func (p *Phone) Late(ctx context.Context, n int) (Screen, error) {
	t, err := p.posted(n)
	if err != nil {
		return Screen{}, err
	}
	return t.post(ctx)
}

// Hangup drops the call. Nothing is sent: a network tells the gateway nothing.
func (p *Phone) Hangup() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.live = false
}

// Live says whether a call is under way.
func (p *Phone) Live() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.live
}

// posted returns the turn that was posted n before the last one.
func (p *Phone) posted(n int) (Turn, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch last := len(p.transcripts) - 1; {
	case last < 0:
		return Turn{}, ErrNoCall
	case n < 0 || n > last:
		return Turn{}, ErrNoPost
	default:
		return p.turn(p.transcripts[last-n]), nil
	}
}

// turn is a post of the call under way. The lock is held.
func (p *Phone) turn(transcript string) Turn {
	return Turn{
		URL: p.cfg.URL, Number: p.cfg.Number, Code: p.code, Network: p.cfg.Network,
		Session: p.session, Transcript: transcript, HTTP: p.cfg.HTTP,
	}
}

// show posts a turn and takes its screen; END ends the call it is of. After an
// error the call still stands, so that the turn can be posted again.
func (p *Phone) show(ctx context.Context, t Turn) (Screen, error) {
	s, err := t.post(ctx)
	if err != nil {
		return Screen{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.End && p.session == t.Session {
		p.live = false
	}
	return s, nil
}
