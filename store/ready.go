package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jamakan/jamakan/civic"
)

// Ready is a ready answer, for what is asked again and again.
type Ready struct {
	Name  string             `json:"-"`
	Kind  civic.FeedbackKind `json:"kind,omitempty"` // what it answers; "": anything
	Texts map[string]string  `json:"texts"`          // by language
}

// ErrNoReady: no ready answer has this name.
var ErrNoReady = errors.New("no ready answer has this name")

// MaxReadyName is how many letters the name of a ready answer may have.
const MaxReadyName = 60

func templateKey(name string) Key { return Key(KindTemplate + "/" + name) }

// ReadyAnswers are the ready answers, in order of names.
func (b *Book) ReadyAnswers(ctx context.Context) (all []Ready, err error) {
	err = b.engine.View(ctx, func(s Snapshot) error {
		var failed error
		err := s.Scan(KindTemplate+"/", "", func(k Key, v []byte) bool {
			r := Ready{Name: strings.TrimPrefix(string(k), KindTemplate+"/")}
			if err := json.Unmarshal(v, &r); err != nil {
				failed = fmt.Errorf("%s: %w: %w", k, ErrCorrupt, err)
				return false
			}
			all = append(all, r)
			return true
		})
		return errors.Join(err, failed)
	})
	return all, err
}

// PutReady keeps a ready answer, instead of one of the same name.
func (b *Book) PutReady(ctx context.Context, who string, r Ready) error {
	name, err := written(r.Name, 2, MaxReadyName)
	if err != nil {
		return err
	}
	if r.Kind != "" && !slices.Contains(civic.FeedbackKinds(), r.Kind) {
		return fmt.Errorf("%w: no such kind of text: %q", ErrBounds, r.Kind)
	}
	kept := Ready{Kind: r.Kind, Texts: map[string]string{}}
	for lang, text := range r.Texts {
		if strings.TrimSpace(text) == "" {
			continue
		}
		if kept.Texts[lang], err = Sayable(text); err != nil {
			return err
		}
	}
	if len(kept.Texts) == 0 || len(kept.Texts) > 8 {
		return fmt.Errorf("%w: a ready answer in %d languages", ErrTextLength, len(kept.Texts))
	}
	key, seq := templateKey(name), b.journalSequence()
	put, err := putJSON(key, kept)
	if err != nil {
		return err
	}
	return b.do(ctx, []Key{key}, func(v View) (Change, error) {
		if now, ok := v.Get(key); ok && string(now) == string(put.Value) {
			return Change{}, nil
		}
		said, err := entry(v, seq, who, "template.put", name)
		return Change{Put: []Put{put, said}}, err
	})
}

// DeleteReady drops a ready answer; ErrNoReady when there is none.
func (b *Book) DeleteReady(ctx context.Context, who, name string) error {
	if !utf8.ValidString(name) || name == "" {
		return ErrNoReady
	}
	key, seq := templateKey(name), b.journalSequence()
	return b.do(ctx, []Key{key}, func(v View) (Change, error) {
		if _, ok := v.Get(key); !ok {
			return Change{}, ErrNoReady
		}
		said, err := entry(v, seq, who, "template.delete", name)
		return Change{Put: []Put{said}, Delete: []Key{key}}, err
	})
}
