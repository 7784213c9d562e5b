package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/jamakan/jamakan/civic"
)

// ErrCorrection: the words of a correction can't be kept.
var ErrCorrection = errors.New("write what was wrong and what is right, in one to 500 letters")

// ErrNoFiles: nothing had begun by that week, so there is nothing to correct.
var ErrNoFiles = errors.New("that week has no files: nothing had begun; choose a later one")

// maxCorrection is how long a correction may be, in letters.
const maxCorrection = 500

// Correct adds a line to a closed week: its figures never change, what was
// wrong in them is said. commune is the one concerned, "" for all.
// ErrWeekOpen for a week that is not over.
func (b *Book) Correct(ctx context.Context, who string, w civic.Week, commune civic.Code, text string) error {
	text = strings.Join(strings.Fields(text), " ")
	if text == "" || len([]rune(text)) > maxCorrection || strings.ContainsFunc(text, unicode.IsControl) {
		return ErrCorrection
	}
	if holdsNumber(text) {
		return ErrNumberInText
	}
	if _, known := b.Content().Territory.Place(commune); commune != "" && (!known || commune.Level() != civic.Commune) {
		return fmt.Errorf("%w: no commune %q", ErrBounds, commune)
	}
	if err := b.CloseWeeks(ctx); err != nil {
		return err
	}
	if w.Before(firstOf(begun(b.Content()), civic.WeekOf(b.opts.Now()))) {
		return fmt.Errorf("%s: %w", w, ErrNoFiles)
	}
	seq := b.journalSequence()
	// The same words for the same week are one line, however often they are sent:
	// a line can never be taken back.
	id := ID(b.keys.Event("week.correct", w.String(), string(commune), text))
	_, err := b.engine.Do(ctx, Command{ID: id, Decide: func(v View) (Change, error) {
		if !w.Ended(v.Now()) {
			return Change{}, ErrWeekOpen
		}
		fix := civic.Correction{At: v.Now(), Week: w, Commune: commune, By: who, Text: text}
		encoded, err := json.Marshal(fix)
		if err != nil {
			return Change{}, err
		}
		said, err := entry(v, seq, who, "week.correct", w.String(), string(commune), text)
		return Change{Put: []Put{{fixKey(w, seq), encoded}, said}}, err
	}})
	return err
}

func fixKey(w civic.Week, seq int64) Key {
	return Key(fmt.Sprintf("%s/%s/%020d", KindFix, w, seq))
}

// Corrections are the lines added to a week, oldest first.
func (b *Book) Corrections(ctx context.Context, w civic.Week) (all []civic.Correction, err error) {
	err = b.engine.View(ctx, func(s Snapshot) (failed error) {
		err := s.Scan(Key(KindFix+"/"+w.String()+"/"), "", func(k Key, v []byte) bool {
			var c civic.Correction
			if err := json.Unmarshal(v, &c); err != nil {
				failed = fmt.Errorf("%s: %w: %w", k, ErrCorrupt, err)
				return false
			}
			all = append(all, c)
			return true
		})
		return errors.Join(err, failed)
	})
	return all, err
}
