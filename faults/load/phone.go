package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/planfile"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/bolt"
	"github.com/jamakan/jamakan/store/secret"
)

// Gateway is a Book over a database, as phones reach it.
type Gateway struct {
	Engine *bolt.Engine
	book   *store.Book
	keys   *secret.Keys
}

// Open opens a gateway. A new database gets the demonstration's plan.
func Open(o bolt.Options) (*Gateway, error) {
	keys, err := Keys()
	if err != nil {
		return nil, err
	}
	o.Now = time.Now
	e, err := bolt.Open(o)
	if err != nil {
		return nil, err
	}
	g := &Gateway{Engine: e, keys: keys}
	if err := g.settle(); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return g, nil
}

func (g *Gateway) settle() (err error) {
	if g.book, err = store.NewBook(g.Engine, g.keys, store.BookOptions{Now: time.Now}); err != nil {
		return err
	}
	if len(g.book.Content().Plans) == 0 {
		_, err = g.book.Import(context.Background(), store.ByItself, planfile.Demo(time.Now()))
	}
	return err
}

// Send delivers a message and returns when it has been answered.
func (g *Gateway) Send(m Message) (civic.Outcome, error) {
	ctx := context.Background()
	person, err := g.book.Person(ctx, m.number())
	if err != nil {
		return civic.Outcome{}, err
	}
	d := store.Deed{
		ID: m.id(g.keys), Person: person, Act: m.act(), Channel: civic.ChannelUSSD,
		SessionKey: m.sessionKey(g.keys), Session: func(civic.Outcome) []byte { return []byte(m.session()) },
	}
	if old := (Message{m.Phone, m.N - keepSessions}); old.N > 0 {
		d.Drop = []store.Key{old.sessionKey(g.keys)}
	}
	return g.book.Commit(ctx, d)
}

// Work lets phones send until the engine ends, and says every answer in one
// line, as one write. Some messages are sent again, as providers do.
func (g *Gateway) Work(phones int, seed uint64, say io.Writer) error {
	var all sync.WaitGroup
	errs := make([]error, phones)
	for p := range phones {
		all.Go(func() { errs[p] = g.phone(p, rand.New(rand.NewPCG(seed, uint64(p))), say) })
	}
	all.Wait()
	return errors.Join(errs...)
}

func (g *Gateway) phone(p int, chance *rand.Rand, say io.Writer) error {
	for n := 1; ; {
		m := Message{p, n}
		out, err := g.Send(m)
		switch {
		case errors.Is(err, store.ErrUnknown): // she dials again, with the same message
			continue
		case errors.Is(err, store.ErrRefused):
			if _, err := fmt.Fprintf(say, "no %d %d\n", p, n); err != nil {
				return err
			}
			time.Sleep(5 * time.Millisecond) // an impatient citizen
			continue
		case err != nil:
			return fmt.Errorf("message %s: %w", m.session(), err)
		case !noted(out):
			return fmt.Errorf("message %s: verdict %d", m.session(), out.Verdict)
		}
		if _, err := fmt.Fprintf(say, "ok %d %d\n", p, n); err != nil {
			return err
		}
		n++
		if chance.IntN(6) > 0 {
			continue
		}
		again, err := g.Send(m)
		if err == nil && again.Code != out.Code {
			err = fmt.Errorf("%w: %q, first %q", errTwoAnswers, again.Code, out.Code)
		}
		if err != nil && !errors.Is(err, store.ErrRefused) && !answersDiffer(say, m, err) {
			return err
		}
	}
}

// errTwoAnswers: a repeated message was answered otherwise than the first time.
var errTwoAnswers = errors.New("a repeated message got another answer")

// answersDiffer says the difference and lets the phone go on: what is on disk
// is for the judge to find.
func answersDiffer(say io.Writer, m Message, err error) bool {
	if !errors.Is(err, errTwoAnswers) {
		return false
	}
	_, err = fmt.Fprintf(say, "differs %d %d\n", m.Phone, m.N)
	return err == nil
}

func noted(o civic.Outcome) bool {
	return o.Verdict == civic.Noted || o.Verdict == civic.Changed || o.Verdict == civic.Same
}
