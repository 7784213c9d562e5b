package bolt

import (
	"fmt"
	"math"
	"path/filepath"
	"syscall"

	bbolt "go.etcd.io/bbolt"

	"github.com/jamakan/jamakan/store"
)

// Unbounded is the room of a store that no quota bounds, on a disk that does
// not tell what is free.
const Unbounded = math.MaxInt64

// disk is the file system that the database lies on.
type disk struct {
	free   int64
	remote string // the name of a network file system
}

// remotes are file systems over a network (statfs(2)): what they say of syncs
// and locks is not to be relied on.
func remotes(kind int64) string {
	switch uint32(kind) {
	case 0x6969:
		return "NFS"
	case 0xff534d42, 0xfe534d42, 0x517b:
		return "SMB"
	case 0x01021997:
		return "9P"
	}
	return ""
}

func diskOf(path string) (disk, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(path), &s); err != nil {
		return disk{}, fmt.Errorf("the disk's room can't be told: %w", err)
	}
	return disk{free: int64(min(s.Bavail*uint64(s.Bsize), math.MaxInt64)), remote: remotes(int64(s.Type))}, nil
}

// local refuses a database on a network file system, and on one that loses
// what was synced.
func local(path string) error {
	d, err := diskOf(path)
	if err != nil {
		return err
	}
	if d.remote != "" {
		return fmt.Errorf("%s lies on a network file system (%s), where a vote that was written may be lost: put the data folder on a disk of this machine", path, d.remote)
	}
	return fastCommit(path)
}

// room is how many bytes may still be written for citizens: what the quota
// and the disk leave, the reserve taken off.
func (e *Engine) room() int64 {
	room := int64(Unbounded)
	if d, err := diskOf(e.opts.Path); err == nil && e.opts.Reserve > 0 {
		room = d.free - e.opts.Reserve
	}
	if e.opts.MaxSize > 0 {
		room = min(room, e.quota()-e.used())
	}
	return room
}

// quota is how large the file may grow for citizens: a part of the largest
// size is reserved, too, and a large file grows by whole steps.
func (e *Engine) quota() int64 {
	quota := e.opts.MaxSize - min(e.opts.Reserve, e.opts.MaxSize/8)
	if e.opts.InitialMmap > int64(e.db.AllocSize) {
		quota -= int64(e.db.AllocSize)
	}
	return quota
}

// used is what the file holds: pages that are free within it are room.
func (e *Engine) used() int64 {
	var used int64
	_ = e.db.View(func(tx *bbolt.Tx) error { // fails on a closed database only
		used = tx.Size()
		return nil
	})
	return used - e.free()
}

// free are the pages within the file that nothing uses.
func (e *Engine) free() int64 {
	return int64(e.db.Stats().FreePageN) * int64(e.db.Info().PageSize)
}

// short is the refusal of what citizens send while only the reserve is left.
func (e *Engine) short() error {
	if room := e.room(); room <= 0 {
		return fmt.Errorf("%w: only the reserve is left; make room on the disk, or raise store.max_size", store.ErrRefused)
	}
	return nil
}

// spare answers what citizens sent, while only the reserve is left, and
// returns what may be written all the same.
func (e *Engine) spare(batch []*request) []*request {
	if e.opts.Reserve == 0 {
		return batch
	}
	err := e.short()
	if err == nil {
		e.lacking = false
		return batch
	}
	if !e.lacking {
		e.opts.Logger.Error("no room but the reserve: what citizens send is refused", "err", err)
	}
	e.lacking = true
	kept := batch[:0]
	var refused []*request
	for _, r := range batch {
		if r.cmd.Forget {
			kept = append(kept, r)
		} else {
			refused = append(refused, r)
		}
	}
	answer(refused, err)
	return kept
}
