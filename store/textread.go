package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/civic/msisdn"
	"github.com/jamakan/jamakan/store/outbox"
)

// Text is one text, with how far its answers came, and whether it can be
// answered. ErrNoText when there is none.
func (b *Book) Text(ctx context.Context, reference string) (Opinion, error) {
	var out Opinion
	err := b.engine.View(ctx, func(s Snapshot) error {
		k, o, err := b.opinionAt(s, reference)
		if err != nil {
			return err
		}
		out = o.shown(b.referenceOf(k))
		for i, r := range o.Replies {
			if out.Replies[i].State, err = b.stateOf(s, r.Place); err != nil {
				return err
			}
		}
		if owner, err := b.owner(out.Reference, &o); err == nil {
			_, out.Answerable, err = s.Get(ContactKey(owner))
			return err
		}
		out.Answerable = false
		return nil
	})
	return out, err
}

// opinionAt reads a text by its reference as typed.
func (b *Book) opinionAt(s Snapshot, typed string) (Key, opinion, error) {
	shown, err := civic.ParseReceipt(typed)
	if err != nil {
		return "", opinion{}, ErrNoText
	}
	reference := civic.FormatReceipt(shown)
	for _, k := range []Key{b.feedbackKey(reference), FeedbackKey(reference)} {
		v, ok, err := s.Get(k)
		if err != nil {
			return "", opinion{}, err
		}
		if ok {
			o, err := decodeOpinion(k, v)
			return k, o, err
		}
	}
	return "", opinion{}, ErrNoText
}

// find is the key of a text, and the text as it is now.
func (b *Book) find(ctx context.Context, reference string) (k Key, o opinion, err error) {
	err = b.engine.View(ctx, func(s Snapshot) error {
		k, o, err = b.opinionAt(s, reference)
		return err
	})
	return k, o, err
}

// written is what a coordinator wrote and others will read: one line of
// letters that show, and nothing that may be a phone number.
func written(text string, least, most int) (string, error) {
	text = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, " "))), " ")
	if n := utf8.RuneCountInString(text); n < least || n > most {
		return "", fmt.Errorf("%w: %d letters, %d to %d can be kept", ErrTextLength, n, least, most)
	}
	if msisdn.Within(text) {
		return "", ErrNumberInText
	}
	return text, nil
}

// stateOf is how far a message of the outbox came; "" when it is not kept.
func (b *Book) stateOf(s Snapshot, place string) (outbox.State, error) {
	if place == "" {
		return "", nil
	}
	for _, kind := range []string{KindOutbox, KindSent} {
		k := Key(kind + "/" + place)
		v, ok, err := s.Get(k)
		if err != nil {
			return "", err
		}
		if ok {
			m, err := readMessage(k, v)
			return m.State, err
		}
	}
	return "", nil
}

// Sayable is an answer as it is kept and sent: lines of letters that show.
// ErrTextLength when nothing is left, or too much.
func Sayable(text string) (string, error) {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\r\n", "\n")
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			return -1
		}
		return r
	}, text))
	if n := utf8.RuneCountInString(text); n == 0 || n > MaxReply {
		return "", fmt.Errorf("%w: an answer of %d letters; 1 to %d can be sent", ErrTextLength, n, MaxReply)
	}
	return text, nil
}

func putJSON(k Key, v any) (Put, error) {
	encoded, err := json.Marshal(v)
	return Put{k, encoded}, err
}
