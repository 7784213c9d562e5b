package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/jamakan/jamakan/cmd/jamakan/config"
	"github.com/jamakan/jamakan/store/backup"
	"github.com/jamakan/jamakan/store/secret"
)

// errGone: data was here and is not here any more. A gateway that began with
// none would say that it is ready, and everybody could vote again.
var errGone = errors.New("the database is gone")

// dataGone says whether a missing database is a lost one: where a gateway has
// been, its lock lies.
func dataGone(cfg config.Config) error {
	path := filepath.Join(cfg.Data, databaseFile)
	if _, err := os.Lstat(path + ".lock"); err != nil || !missing(path) {
		return nil
	}
	return fmt.Errorf("%w: a gateway has been in %s; put %s back, or restore the last backup; only to begin with an empty one, remove %s.lock", errGone, cfg.Data, databaseFile, path)
}

// dataElsewhere does so where the whole folder is empty, as when its disk is not
// mounted: backups under this master key say that there was data. A folder of
// backups that can't be read is said by the backups themselves.
func dataElsewhere(cfg config.Config, keys *secret.Keys) error {
	if cfg.Backup.Folder == "" || !missing(filepath.Join(cfg.Data, databaseFile)) {
		return nil
	}
	if all, err := backup.List(cfg.Backup.Folder, keys); err == nil && len(all) > 0 {
		return fmt.Errorf("%w: %s has none, and %s was made with this master key; is the disk of the data there? if it is lost, restore that backup; only to begin with an empty one, give another backup.folder", errGone, cfg.Data, all[0].Path)
	}
	return nil
}

// missing is true only of what is certainly not there: what is wrong with a
// database that is there, its opening says.
func missing(path string) bool {
	_, err := os.Lstat(path)
	return errors.Is(err, fs.ErrNotExist)
}
