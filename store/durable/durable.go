// Package durable makes names outlive a power cut. Syncing a file makes its
// bytes last, not its name (fsync(2)): whoever makes or renames a file that
// somebody was told of syncs the folder too. It never touches what files hold.
package durable

import (
	"errors"
	"os"
)

// SyncFolder makes the names in a folder last.
func SyncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
