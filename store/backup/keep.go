package backup

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store/durable"
	"github.com/jamakan/jamakan/store/secret"
)

// Names of backups made by the clock. The time is in UTC.
const (
	namePrefix = "jamakan-"
	nameSuffix = ".backup"
	nameTime   = "2006-01-02T15-04-05Z"
)

// Name is the name of a backup that the clock makes.
func Name(at time.Time) string { return namePrefix + at.UTC().Format(nameTime) + nameSuffix }

// Kept is a backup that the clock made.
type Kept struct {
	Path string
	At   time.Time
}

// List are the backups in a folder that the clock made and that are whole as
// far as their two ends show, newest first. A file with such a name that is
// not ours, or not finished, is not listed: it is neither counted nor deleted.
func List(folder string, keys *secret.Keys) ([]Kept, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var all []Kept
	for _, e := range entries {
		stamp, ok := strings.CutPrefix(e.Name(), namePrefix)
		stamp, ends := strings.CutSuffix(stamp, nameSuffix)
		at, err := time.Parse(nameTime, stamp)
		if !ok || !ends || err != nil || !e.Type().IsRegular() {
			continue
		}
		path := filepath.Join(folder, e.Name())
		if ours(path, keys) {
			all = append(all, Kept{path, at})
		}
	}
	slices.SortFunc(all, func(a, b Kept) int { return b.At.Compare(a.At) })
	return all, nil
}

func ours(path string, keys *secret.Keys) bool {
	b, err := Open(path)
	if err != nil {
		return false
	}
	defer b.Close()
	_, err = b.Ends()
	return err == nil && b.Genuine(keys) == nil
}

// Old are the backups that retention lets go: all but the newest, the newest
// of each of the last days, and the newest of each of the last weeks that have
// one. all is as List gives it.
func Old(all []Kept, daily, weekly int) []Kept {
	keep := map[string]bool{}
	newest := func(most int, period func(time.Time) string) {
		seen := map[string]bool{}
		for _, k := range all {
			p := period(k.At.In(civic.Bamako))
			if seen[p] {
				continue
			}
			if len(seen) == most {
				return
			}
			seen[p], keep[k.Path] = true, true
		}
	}
	newest(daily, func(t time.Time) string { return t.Format(time.DateOnly) })
	newest(weekly, func(t time.Time) string { return civic.WeekOf(t).String() })
	var old []Kept
	for i, k := range all {
		if i > 0 && !keep[k.Path] {
			old = append(old, k)
		}
	}
	return old
}

// dropParts removes files that the clock began to write and whose writer is
// gone: nobody holds their lock.
func dropParts(folder string) error {
	parts, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, e := range parts {
		stamp, ok := strings.CutPrefix(e.Name(), namePrefix)
		stamp, ends := strings.CutSuffix(stamp, Part(nameSuffix))
		if _, failed := time.Parse(nameTime, stamp); !ok || !ends || failed != nil || !e.Type().IsRegular() {
			continue
		}
		f, taken := takePart(filepath.Join(folder, e.Name()))
		if errors.Is(taken, ErrBusy) {
			continue
		}
		if err = errors.Join(err, taken); taken == nil {
			err = errors.Join(err, os.Remove(f.Name()), f.Close())
		}
	}
	return err
}

// Prune deletes what retention lets go. newest is the backup that was just put
// in place: if it is not the newest there, no backup is deleted. What the clock
// began and a crash cut off goes in any case: it is a part of everybody's data.
func Prune(folder string, keys *secret.Keys, newest string, daily, weekly int) (deleted []string, err error) {
	if err := dropParts(folder); err != nil {
		return nil, err
	}
	all, err := List(folder, keys)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 || all[0].Path != newest {
		return nil, errors.New("the newest backup in the folder is not the one that was just made (has the clock gone back?): none is deleted; move those with a later date away")
	}
	for _, k := range Old(all, daily, weekly) {
		gone := os.Remove(k.Path)
		if err = errors.Join(err, gone); gone == nil {
			deleted = append(deleted, k.Path)
		}
	}
	return deleted, errors.Join(err, durable.SyncFolder(folder))
}
