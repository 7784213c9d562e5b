package ussd

import (
	"context"
	"encoding/binary"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/ussd/menu"
)

// position is what is stored of a call that recorded something: where the
// dialogue stood after it, and keyed hashes of the caller and of the
// transcript answered. It holds no transcript, choice or receipt.
type position struct {
	bind        [16]byte // of the caller's number, for this session only
	transcript  [16]byte
	length      int
	revision    uint64
	fingerprint uint64
	from        menu.Name // the screen whose option recorded
	state       menu.State
}

// position is the key of a session's stored position.
func (g *Gateway) position(session string) store.Key {
	return store.SessionKey(g.cfg.Keys.Session(g.cfg.Provider, session))
}

func (g *Gateway) encodePosition(e164 string, t Turn, from menu.Name, after menu.State) []byte {
	bind := g.cfg.Keys.Bind("caller", t.Session, e164)
	transcript := g.cfg.Keys.Bind("transcript", t.Session, t.Transcript)
	b := make([]byte, 0, 128)
	b = append(b, 1) // version
	b = append(b, bind[:]...)
	b = append(b, transcript[:]...)
	b = binary.AppendUvarint(b, uint64(len(t.Transcript)))
	b = binary.AppendUvarint(b, after.Revision)
	b = binary.AppendUvarint(b, g.cfg.Menu.Fingerprint())
	b = binary.AppendUvarint(b, uint64(len(from)))
	b = append(b, from...)
	return after.Append(b)
}

func decodePosition(b []byte) (position, error) {
	var p position
	if len(b) < 33 || b[0] != 1 {
		return p, errNoPosition
	}
	copy(p.bind[:], b[1:17])
	copy(p.transcript[:], b[17:33])
	b = b[33:]
	var numbers [4]uint64
	for i := range numbers {
		n, used := binary.Uvarint(b)
		if used <= 0 {
			return p, errNoPosition
		}
		numbers[i], b = n, b[used:]
	}
	if uint64(len(b)) < numbers[3] || numbers[0] > 1<<20 {
		return p, errNoPosition
	}
	p.length, p.revision, p.fingerprint = int(numbers[0]), numbers[1], numbers[2]
	p.from = menu.Name(b[:numbers[3]])
	var err error
	p.state, err = menu.ParseState(b[numbers[3]:])
	return p, err
}

// rebuild answers the first turn seen of a call that has a chain already: a
// direct dial, or a call whose memory is gone. It records nothing.
func (g *Gateway) rebuild(ctx context.Context, k *call, t Turn, chain string) menu.Step {
	v := g.view(k)
	stored, ok, err := g.cfg.Book.SessionState(ctx, g.position(t.Session))
	if err != nil {
		g.cfg.Logger.Error("a call's position can't be read; it starts again", "err", err)
	}
	if ok {
		if p, err := decodePosition(stored); err == nil && p.bind == g.cfg.Keys.Bind("caller", t.Session, k.line.e164) {
			return g.resume(ctx, k, t, p, v)
		}
		return g.cfg.Menu.Restarted(v, k.person.Citizen().Lang)
	}
	if g.changedMeanwhile() {
		return g.cfg.Menu.Restarted(v, k.person.Citizen().Lang)
	}
	return g.walk(g.cfg.Menu.Start(v), splitChain(chain), v)
}

// changedMeanwhile says whether a call unknown to this process may have been
// shown, by the process before it, other content than the present one.
func (g *Gateway) changedMeanwhile() bool {
	now := g.cfg.Now()
	if now.Sub(g.started) > callLongest {
		return false // this process would remember such a call
	}
	c := g.cfg.Book.Content()
	return c.Revision > 1 && now.Sub(c.ChangedAt) < callLongest
}

// resume continues a call from the position stored with what it recorded.
func (g *Gateway) resume(ctx context.Context, k *call, t Turn, p position, v menu.View) menu.Step {
	if p.revision != v.Content().Revision() || p.fingerprint != g.cfg.Menu.Fingerprint() {
		return g.cfg.Menu.Restarted(v, p.state.Lang)
	}
	show := g.cfg.Menu.Show(p.state, v)
	switch n := len(t.Transcript); {
	case n < p.length:
		return show // an older turn: the present screen
	case g.cfg.Keys.Bind("transcript", t.Session, t.Transcript[:p.length]) != p.transcript:
		return g.cfg.Menu.Restarted(v, p.state.Lang)
	case n == p.length:
		return g.again(ctx, k, t, p, v, show)
	case t.Transcript[p.length] != '*':
		return show
	default:
		return g.walk(show, splitChain(t.Transcript[p.length+1:]), v)
	}
}

// again answers the very callback that recorded something, whose answer may
// never have reached the phone: from the reply kept with the command.
func (g *Gateway) again(ctx context.Context, k *call, t Turn, p position, v menu.View, show menu.Step) menu.Step {
	out, ok, err := g.cfg.Book.Reply(ctx, g.event(k, t))
	if err != nil || !ok {
		return show
	}
	before := p.state
	before.Screen = p.from
	return g.cfg.Menu.Rebuilt(g.cfg.Menu.After(before, out, v), v)
}

// lost answers a turn of a call whose memory is gone, from a provider that
// sends the last input alone: what was shown since the last record can't be
// known, so the input acts on nothing.
func (g *Gateway) lost(ctx context.Context, k *call, t Turn) menu.Step {
	v := g.view(k)
	stored, ok, err := g.cfg.Book.SessionState(ctx, g.position(t.Session))
	if err != nil {
		g.cfg.Logger.Error("a call's position can't be read; it starts again", "err", err)
	}
	if ok {
		p, err := decodePosition(stored)
		if err == nil && p.bind == g.cfg.Keys.Bind("caller", t.Session, k.line.e164) &&
			p.revision == v.Content().Revision() && p.fingerprint == g.cfg.Menu.Fingerprint() {
			return g.cfg.Menu.Show(p.state, v)
		}
	}
	return g.cfg.Menu.Restarted(v, k.person.Citizen().Lang)
}

// walk presses the keys of a chain one after the other, recording nothing:
// it stops before an option that records, at a screen that takes free text
// (a chain can't be split beyond it), and at the first key that does not fit.
func (g *Gateway) walk(step menu.Step, keys []string, v menu.View) menu.Step {
	for _, key := range keys {
		if step.Screen.End || g.cfg.Menu.TakesText(step.State) {
			return step
		}
		next := g.cfg.Menu.Next(step.State, key, v)
		if next.Act.Deed != civic.NoDeed || next.Invalid {
			return g.cfg.Menu.Show(step.State, v)
		}
		step = next
	}
	return step
}
