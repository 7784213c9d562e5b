package store

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/jamakan/jamakan/civic"
)

// Replies are kept as outcomes, never as text: a repeat is rendered anew, to
// the same bytes.

const outcomeVersion = 1

func encodeOutcome(o civic.Outcome) ([]byte, error) {
	first := byte(0)
	if o.First {
		first = 1
	}
	b := []byte{outcomeVersion, byte(o.Verdict), first}
	b = appendText(b, o.Code)
	b = appendText(b, string(o.Place))
	if o.At.IsZero() {
		return b, nil
	}
	return binary.AppendVarint(b, o.At.Unix()), nil
}

func decodeOutcome(b []byte) (civic.Outcome, error) {
	r := reader{b: b}
	version, verdict, first := r.byte(), r.byte(), r.byte()
	o := civic.Outcome{Verdict: civic.Verdict(verdict), First: first == 1, Code: r.text(), Place: civic.Code(r.text())}
	if len(r.b) > 0 {
		o.At = time.Unix(r.signed(), 0).UTC()
	}
	if r.failed || version != outcomeVersion || len(r.b) != 0 {
		return civic.Outcome{}, fmt.Errorf("reply: %w", ErrCorrupt)
	}
	return o, nil
}

// Reply is the outcome kept under a command's ID, if it was applied and is
// still kept.
func (b *Book) Reply(ctx context.Context, id ID) (out civic.Outcome, ok bool, err error) {
	err = b.engine.View(ctx, func(s Snapshot) error {
		v, found, err := s.Get(DoneKey(id))
		if err != nil || !found {
			return err
		}
		out, err = decodeOutcome(v)
		ok = err == nil
		return err
	})
	return out, ok, err
}

// SessionState is what was recorded of a call's position.
func (b *Book) SessionState(ctx context.Context, key Key) (state []byte, ok bool, err error) {
	err = b.engine.View(ctx, func(s Snapshot) error {
		state, ok, err = s.Get(key)
		return err
	})
	return state, ok, err
}

// Receipt says whether the ballot behind a receipt counts, or when it was
// changed; never what was chosen.
func (b *Book) Receipt(ctx context.Context, typed string) (civic.Outcome, error) {
	shown, err := civic.ParseReceipt(typed)
	if err != nil {
		return civic.Outcome{Verdict: civic.NotFound, Code: asTyped(typed)}, nil
	}
	out := civic.Outcome{Verdict: civic.NotFound, Code: civic.FormatReceipt(shown)}
	err = b.engine.View(ctx, func(s Snapshot) error {
		v, ok, err := s.Get(ReceiptKey(b.keys.ReceiptNumber(shown)))
		if err != nil {
			return err
		}
		if !ok { // or the reference of an opinion, which looks alike
			said, known, err := b.heard(s, out.Code)
			if known {
				out = said
			}
			return err
		}
		r, err := DecodeEntry(v)
		if err != nil {
			return err
		}
		v, ok, err = s.Get(VoterKey(r.Consultation, r.Voter))
		if err != nil || !ok {
			return err
		}
		counts, err := DecodeEntry(v)
		if err != nil {
			return err
		}
		out.Verdict, out.At = civic.Found, r.At
		if counts.Receipt != r.Receipt {
			out.Verdict, out.At = civic.Superseded, counts.At
		}
		return nil
	})
	return out, err
}

// asTyped is a code that is none, short enough to be shown again.
func asTyped(typed string) string {
	kept := make([]rune, 0, 8)
	for _, r := range typed {
		if r > ' ' && len(kept) < 8 {
			kept = append(kept, r)
		}
	}
	return string(kept)
}

// byTens is the step in which running results move on screens.
const byTens = 10

// Standing is a consultation's total in a commune, as screens may tell it:
// while it is open, as it was when the number of voters last passed a multiple
// of ten; afterwards, as it is.
func (b *Book) Standing(consultation string, commune civic.Code) civic.Standing {
	now := b.engine.Standing(consultation, commune)
	c, _ := b.Content().Consultation(consultation)
	if c == nil || c.State(b.opts.Now()) != civic.Open {
		return now
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	k := shownKey{consultation, commune}
	if was, ok := b.shown[k]; ok && was.Numbers/byTens == now.Numbers/byTens {
		return was
	}
	b.shown[k] = now
	return now
}
