package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jamakan/jamakan/civic"
)

// Errors of the work on texts.
var (
	// ErrNoText: no text has this reference.
	ErrNoText = errors.New("no text has this reference")
	// ErrErased: who wrote the text had it erased; nothing is done with it.
	ErrErased = errors.New("the text was erased on request of who wrote it")
	// ErrNoSender: the number is not kept any more; nobody can be answered.
	ErrNoSender = errors.New("the number of who wrote this is not kept any more")
	// ErrAnswered: the text has its answer.
	ErrAnswered = errors.New("the text is answered already")
	// ErrNumberInText: what others will read holds what may be a number.
	ErrNumberInText = errors.New("this holds what may be a phone number")
	// ErrTextLength: too short or too long to be kept.
	ErrTextLength = errors.New("too short or too long")
)

// errSame: the text is already so; nothing is written and nothing is wrong.
var errSame = errors.New("already so")

// Lengths of what a coordinator writes, in letters.
const (
	MaxSummary = 280
	MaxReason  = 200
	MaxLabel   = 40
	MaxReply   = 612 // four SMS of 153 septets
)

// work changes one text and says so in the journal, in one command. change
// may run again; errSame ends it with nothing written.
func (b *Book) work(ctx context.Context, who, reference, what string, reads []Key, change func(View, *opinion) (note string, err error)) error {
	key, _, err := b.find(ctx, reference)
	if err != nil {
		return err
	}
	seq := b.journalSequence()
	err = b.do(ctx, append([]Key{key}, reads...), func(v View) (Change, error) {
		o, err := living(v, key)
		if err != nil {
			return Change{}, err
		}
		note, err := change(v, &o)
		if err != nil {
			return Change{}, err
		}
		return b.kept(v, key, &o, seq, who, what, note)
	})
	if errors.Is(err, errSame) {
		return nil
	}
	if err == nil {
		b.inbox.touch(b, key)
	}
	return err
}

// living reads a text that was not erased.
func living(v View, key Key) (opinion, error) {
	stored, ok := v.Get(key)
	if !ok {
		return opinion{}, ErrNoText
	}
	o, err := decodeOpinion(key, stored)
	if err == nil && o.Status == civic.ErasedOnAsk {
		err = ErrErased
	}
	return o, err
}

// kept writes a text and the line that says what was done with it. A note
// never holds what a citizen wrote.
func (b *Book) kept(v View, key Key, o *opinion, seq int64, who, what, note string) (Change, error) {
	o.step(v.Now(), who, what, note)
	put, err := putJSON(key, o)
	if err != nil {
		return Change{}, err
	}
	var lines []string
	if note != "" {
		lines = []string{note}
	}
	said, err := entry(v, seq, who, what, b.referenceOf(key), lines...)
	return Change{Put: []Put{put, said}}, err
}

// ReadText says that somebody who may answer a text has opened it. Only the
// first time is kept.
func (b *Book) ReadText(ctx context.Context, who, reference string) error {
	return b.work(ctx, who, reference, "text.read", nil, func(v View, o *opinion) (string, error) {
		if o.Status != civic.Received {
			return "", errSame
		}
		o.Status, o.Seen = civic.Seen, v.Now()
		return "", nil
	})
}

// SetKind says what a text is.
func (b *Book) SetKind(ctx context.Context, who, reference string, kind civic.FeedbackKind) error {
	if !slices.Contains(civic.FeedbackKinds(), kind) {
		return fmt.Errorf("%w: no such kind of text: %q", ErrBounds, kind)
	}
	return b.work(ctx, who, reference, "text.kind", nil, func(_ View, o *opinion) (string, error) {
		if o.kind() == kind {
			return "", errSame
		}
		o.Kind = kind
		return string(kind), nil
	})
}

// SetProject says which work a text is about; "" says none.
func (b *Book) SetProject(ctx context.Context, who, reference, project string) error {
	if project != "" && !b.hasProject(project) {
		return fmt.Errorf("%w: no such project: %q", ErrBounds, project)
	}
	return b.work(ctx, who, reference, "text.project", nil, func(_ View, o *opinion) (string, error) {
		if o.Project == project {
			return "", errSame
		}
		o.Project = project
		return project, nil
	})
}

func (b *Book) hasProject(code string) bool {
	for _, p := range b.Content().Plans {
		if p.Project(code) != nil {
			return true
		}
	}
	return false
}

// Label gives a text its labels, instead of those it had.
func (b *Book) Label(ctx context.Context, who, reference string, labels []string) error {
	clean := make([]string, 0, len(labels))
	for _, l := range labels {
		l, err := written(l, 0, MaxLabel)
		if err != nil {
			return err
		}
		clean = append(clean, l)
	}
	clean = civic.Labels(clean)
	return b.work(ctx, who, reference, "text.label", nil, func(_ View, o *opinion) (string, error) {
		if slices.Equal(o.Labels, clean) {
			return "", errSame
		}
		o.Labels = clean
		return strings.Join(clean, ", "), nil
	})
}

// Assign says who answers a text; "" says nobody in particular. ErrAccount
// when there is no such coordinator.
func (b *Book) Assign(ctx context.Context, who, reference, login string) error {
	var reads []Key
	if login != "" {
		a, err := b.Account(ctx, login)
		if err != nil || !a.Disabled.IsZero() {
			return errors.Join(err, ErrAccount)
		}
		reads = []Key{accountKey(login)}
	}
	return b.work(ctx, who, reference, "text.assign", reads, func(v View, o *opinion) (string, error) {
		if o.Assignee == login {
			return "", errSame
		}
		if login != "" {
			if _, ok := v.Get(accountKey(login)); !ok {
				return "", ErrAccount
			}
		}
		o.Assignee = login
		return login, nil
	})
}

// Summarise keeps what the public may read of a text, in a coordinator's own
// words; "" takes it back. The journal says that it was written, not what.
func (b *Book) Summarise(ctx context.Context, who, reference, summary string) error {
	summary, err := written(summary, 0, MaxSummary)
	if err != nil {
		return err
	}
	return b.work(ctx, who, reference, "text.summary", nil, func(_ View, o *opinion) (string, error) {
		if o.Summary == summary {
			return "", errSame
		}
		o.Summary = summary
		return "", nil
	})
}

// CloseText closes a text without an answer, for a reason. ErrAnswered when it
// has one.
func (b *Book) CloseText(ctx context.Context, who, reference, reason string) error {
	reason, err := written(reason, 3, MaxReason)
	if err != nil {
		return err
	}
	return b.work(ctx, who, reference, "text.close", nil, func(v View, o *opinion) (string, error) {
		switch {
		case o.Status == civic.Replied:
			return "", ErrAnswered
		case o.Status == civic.Shelved && o.Reason == reason:
			return "", errSame
		}
		o.Status, o.Reason, o.Closed = civic.Shelved, reason, v.Now()
		return "", nil // not into the journal: nothing is erased from there
	})
}
