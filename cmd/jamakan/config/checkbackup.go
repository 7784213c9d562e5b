package config

import (
	"path/filepath"
	"strings"
	"time"

	"github.com/jamakan/jamakan/store/backup"
)

// check says what is wrong with the backups.
func (b Backup) check(data string) error {
	if _, err := backup.Recipients(b.To); err != nil {
		return invalid("backup.to: %s", err)
	}
	switch {
	case b.Every < time.Minute:
		return invalid("backup.every: %s is too often; write 1h or 24h", b.Every)
	case b.Daily < 0 || b.Weekly < 0 || b.Daily+b.Weekly == 0:
		return invalid("backup.daily, backup.weekly: how many are kept, like 7 and 8")
	case b.Folder != "" && Inside(data, b.Folder):
		return invalid("backup.folder: it is inside the data folder, and would be lost with it; give one on another disk")
	}
	return nil
}

// Inside says whether a path is a folder, or lies in it.
func Inside(folder, path string) bool {
	abs, err := filepath.Abs(path)
	if err != nil {
		return false
	}
	if folder, err = filepath.Abs(folder); err != nil {
		return false
	}
	rel, err := filepath.Rel(folder, abs)
	return err == nil && rel != ".." && !filepath.IsAbs(rel) && !strings.HasPrefix(rel, "../")
}
