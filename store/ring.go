package store

import (
	"context"
	"fmt"

	"github.com/jamakan/jamakan/store/secret"
)

// openRing takes the working keys of data whose master key was rotated.
func (b *Book) openRing(ctx context.Context) error {
	return b.engine.View(ctx, func(s Snapshot) error {
		sealed, ok, err := s.Get(keyRing)
		if err != nil || !ok {
			return err
		}
		if b.keys, err = b.keys.WithRing(sealed); err != nil {
			return fmt.Errorf("the data's working keys: %w", err)
		}
		return nil
	})
}

// Keys are the keys of this data. They are those that the book was opened
// with only as long as the master key was never rotated.
func (b *Book) Keys() *secret.Keys { return b.keys }
