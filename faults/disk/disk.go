// Package disk is what a power cut may leave of files: a model that is fed
// with the system calls of a traced program, and makes the states in which the
// disk may be found after a cut at that point.
//
// What it believes is the least that POSIX and FAULTS.md let believe. What was
// written before a sync that succeeded is there. Anything written since may be
// there or not, in any order, and in part: whole sectors of 512 bytes, or
// pages of 4096. After a sync that failed, what it was for may never be
// written, even if a later sync succeeds. A new name, or another one, is
// certain when its folder was synced; before, it may be there or not.
package disk

import (
	"fmt"
	"path/filepath"

	"github.com/jamakan/jamakan/faults/systrace"
)

// trust is whether a change is on the disk.
type trust uint8

const (
	pending trust = iota // no sync came since
	certain
	doubtful // its sync failed
)

// change is a write or a truncate.
type change struct {
	trust trust
	seq   int // of the call
	at    int64
	data  []byte // of a write; nil: the file is cut, or made longer, to at
}

// inode is a file under whatever name.
type inode struct {
	image   image
	changes []change // since the image; certain ones only when a doubtful one is before them
}

// Disk is one folder.
type Disk struct {
	dir     string
	now     map[string]*inode // names as programs see them
	names   []naming          // since the folder was synced
	durable map[string]*inode
	calls   int
}

// naming is a change of a name: to an inode, or to nothing.
type naming struct {
	seq  int
	name string
	to   *inode
}

// New is an empty folder.
func New(dir string) *Disk {
	return &Disk{dir: dir, now: map[string]*inode{}, durable: map[string]*inode{}}
}

// Apply takes a call that has ended. It must be given every call that was
// traced, in order.
func (d *Disk) Apply(c systrace.Call) error {
	d.calls++
	if c.Path == d.dir {
		if c.Op == systrace.Sync && c.Err == 0 {
			d.syncNames(c.Begun)
		}
		return nil
	}
	if c.Op != systrace.Sync && c.Err != 0 {
		return nil
	}
	name := filepath.Base(c.Path)
	f := d.now[name]
	if f == nil && c.Op != systrace.Create {
		return fmt.Errorf("%s of a file that was not made: %s", c.Op, name)
	}
	switch c.Op {
	case systrace.Create:
		if f == nil {
			d.rename(naming{d.calls, name, &inode{}})
		}
	case systrace.Write:
		f.changes = append(f.changes, change{seq: d.calls, at: c.Offset, data: c.Data})
	case systrace.Truncate:
		f.changes = append(f.changes, change{seq: d.calls, at: c.Size})
	case systrace.Sync:
		f.sync(c.Err == 0, c.Begun)
	case systrace.Rename:
		d.rename(naming{d.calls, filepath.Base(c.To), f})
		d.rename(naming{d.calls, name, nil})
	case systrace.Remove:
		d.rename(naming{d.calls, name, nil})
	}
	return nil
}

func (d *Disk) rename(n naming) {
	d.names = append(d.names, n)
	set(d.now, n)
}

func set(names map[string]*inode, n naming) {
	if n.to == nil {
		delete(names, n.name)
		return
	}
	names[n.name] = n.to
}

// syncNames makes names durable that were given before the sync began.
func (d *Disk) syncNames(begun int) {
	for len(d.names) > 0 && d.names[0].seq <= begun {
		set(d.durable, d.names[0])
		d.names = d.names[1:]
	}
}

// sync makes what was written before it began certain, or doubtful for ever.
func (f *inode) sync(succeeded bool, begun int) {
	for i := range f.changes {
		c := &f.changes[i]
		switch {
		case c.trust != pending || c.seq > begun:
		case succeeded:
			c.trust = certain
		default:
			c.trust = doubtful
		}
	}
	settled := 0
	for settled < len(f.changes) && f.changes[settled].trust == certain {
		f.image.apply(f.changes[settled], nil)
		settled++
	}
	f.changes = f.changes[settled:]
}

// open are the changes of a file that a cut may take away.
func (f *inode) open() (places []int) {
	for i, c := range f.changes {
		if c.trust != certain {
			places = append(places, i)
		}
	}
	return places
}

// Open is how many changes of a file are in question.
func (d *Disk) Open(name string) int {
	if f := d.now[name]; f != nil {
		return len(f.open()) + len(d.names)
	}
	return len(d.names)
}
