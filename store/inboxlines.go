package store

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unique"

	"github.com/jamakan/jamakan/civic"
)

// inbox holds one short line for every text, so that a list, its filters, its
// counts and an erasure read only what they show or erase: 100,000 texts are 8 MB
// and 1 ms. It is
// made when it is first asked for, and follows the engine from then on.
type inbox struct {
	making sync.Mutex // held while it is made
	mu     sync.RWMutex
	state  inboxState
	dirty  []Key  // changed while it was made
	lines  []line // by number: in the order they came
}

type inboxState uint8

const (
	inboxUnread inboxState = iota
	inboxMaking
	inboxReady
)

// line is a text without its words.
type line struct {
	number   uint32 // behind the reference
	legacy   bool   // kept by its reference
	status   unique.Handle[string]
	kind     unique.Handle[string]
	at       int64
	commune  unique.Handle[string]
	topic    unique.Handle[string]
	assignee unique.Handle[string]
	labels   unique.Handle[string] // joined by line ends
	owner    uint64                // the head of whose it is; 0: of nobody any more
}

// headOf is the head of a citizen's keyed hash: enough to find what may be hers
// among millions, never enough to say that it is.
func headOf(citizen [16]byte) uint64 { return binary.BigEndian.Uint64(citizen[:]) }

// key is where the text is kept.
func (l line) key(b *Book) Key {
	if l.legacy {
		return FeedbackKey(civic.FormatReceipt(b.keys.Receipt(l.number)))
	}
	return Key(fmt.Sprintf("%s/%010d", KindFeedback, l.number))
}

// lineOf makes the line of a text; false when its key is none of ours.
func (b *Book) lineOf(k Key, o *opinion) (line, bool) {
	reference := b.referenceOf(k)
	shown, err := civic.ParseReceipt(reference)
	if err != nil {
		return line{}, false
	}
	number := b.keys.ReceiptNumber(shown)
	l := line{
		number: number, at: o.At.Unix(), status: unique.Make(string(o.Status)), kind: unique.Make(string(o.kind())),
		commune: unique.Make(string(o.Commune)), topic: unique.Make(o.Topic), assignee: unique.Make(o.Assignee),
		labels: unique.Make(strings.Join(o.Labels, "\n")),
	}
	l.legacy = l.key(b) != k
	if len(o.From) > 0 {
		if owner, err := b.owner(reference, o); err == nil {
			l.owner = headOf(owner)
		}
	}
	return l, true
}

func decodeOpinion(k Key, v []byte) (o opinion, err error) {
	if err = json.Unmarshal(v, &o); err != nil {
		err = fmt.Errorf("%s: %w: %w", k, ErrCorrupt, err)
	}
	return o, err
}

// build makes the lines, once. What commands change meanwhile is read again.
func (x *inbox) build(ctx context.Context, b *Book) error {
	x.making.Lock()
	defer x.making.Unlock()
	if !x.begin() {
		return nil
	}
	lines, err := b.readAllLines(ctx)
	x.mu.Lock()
	defer x.mu.Unlock()
	if err == nil {
		slices.SortFunc(lines, byNumber)
		x.lines = lines
		err = x.renew(b, x.dirty)
	}
	x.dirty, x.state = nil, inboxReady
	if err != nil {
		x.lines, x.state = nil, inboxUnread
	}
	return err
}

// begin says whether the lines must be made.
func (x *inbox) begin() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.state == inboxReady {
		return false
	}
	x.state = inboxMaking
	return true
}

func byNumber(a, b line) int { return int(int64(a.number) - int64(b.number)) }

func (b *Book) readAllLines(ctx context.Context) (lines []line, err error) {
	after := Key("")
	for more := true; more && err == nil; {
		err = b.engine.View(ctx, func(s Snapshot) error {
			seen := 0
			more = false
			var failed error
			err := s.Scan(KindFeedback+"/", after, func(k Key, v []byte) bool {
				var o opinion
				if o, failed = decodeOpinion(k, v); failed != nil {
					return false
				}
				if l, ok := b.lineOf(k, &o); ok {
					lines = append(lines, l)
				}
				after = k
				seen++
				more = seen == scanSome
				return !more
			})
			return errors.Join(err, failed)
		})
		err = errors.Join(err, ctx.Err())
	}
	return lines, err
}

// touch reads changed texts again. Whoever comes last reads what is newest:
// lines never stay behind the engine.
func (x *inbox) touch(b *Book, keys ...Key) {
	if len(keys) == 0 {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	switch x.state {
	case inboxMaking:
		x.dirty = append(x.dirty, keys...)
	case inboxReady:
		if x.renew(b, keys) != nil {
			x.lines, x.state = nil, inboxUnread // made again when it is asked for
		}
	}
}

func (x *inbox) renew(b *Book, keys []Key) error {
	return b.engine.View(context.Background(), func(s Snapshot) error {
		for _, k := range keys {
			v, ok, err := s.Get(k)
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			o, err := decodeOpinion(k, v)
			if err != nil {
				return err
			}
			if l, ok := b.lineOf(k, &o); ok {
				x.put(l)
			}
		}
		return nil
	})
}

func (x *inbox) put(l line) {
	i, found := slices.BinarySearchFunc(x.lines, l, byNumber)
	if found {
		x.lines[i] = l
		return
	}
	x.lines = slices.Insert(x.lines, i, l)
}
