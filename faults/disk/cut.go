package disk

import (
	"math/rand/v2"
	"os"
	"path/filepath"
)

// Kind is what a cut does to what was not certain.
type Kind uint8

// The kinds of cut. Systematic sampling goes round them.
const (
	None    Kind = iota // nothing of it arrived
	All                 // all of it
	Some                // some changes, whole
	First               // the first few
	Last                // the last few: later ones overtook
	Sectors             // each torn into sectors, any of which arrived
	Pages               // the same with pages of 4096
	Torn                // one change cut short at a sector, others whole or not
	Turned              // all, the last written first
	Kinds
)

// String names a kind.
func (k Kind) String() string {
	return [...]string{"none", "all", "some", "first", "last", "sectors", "pages", "torn", "turned"}[k]
}

// State is one way the disk may be found.
type State struct {
	There bool   // the name leads to a file
	Size  int    // of the file
	Sum   uint64 // of its content
}

// Cut is one cut of the power now: which state the file under a name is in,
// and, unless seen says that it is known, the state as files in a folder.
// Afterwards the disk is as before.
func (d *Disk) Cut(name string, kind Kind, chance *rand.Rand, into string, seen func(State) bool) (State, error) {
	names := map[string]*inode{}
	for n, f := range d.durable {
		names[n] = f
	}
	for _, n := range d.names[:d.survivors(kind, chance)] {
		set(names, n)
	}
	f := names[name]
	if f == nil {
		s := State{}
		if seen(s) {
			return s, nil
		}
		return s, os.RemoveAll(filepath.Join(into, name))
	}
	var notes []undo
	defer func() { f.image.back(notes) }()
	for _, c := range f.after(kind, chance) {
		f.image.apply(c, &notes)
	}
	s := State{true, len(f.image.bytes), f.image.sum}
	if seen(s) {
		return s, nil
	}
	return s, f.image.write(filepath.Join(into, name))
}

// survivors is how many changes of names arrived: file systems keep their
// order.
func (d *Disk) survivors(kind Kind, chance *rand.Rand) int {
	switch kind {
	case None:
		return 0
	case All, Turned:
		return len(d.names)
	}
	return chance.IntN(len(d.names) + 1)
}

// after are the changes that arrived, in the order they did.
func (f *inode) after(kind Kind, chance *rand.Rand) (out []change) {
	open := f.open()
	pick := chance.IntN(len(open) + 1)
	n := -1
	for _, c := range f.changes {
		if c.trust == certain {
			out = append(out, c)
			continue
		}
		n++
		switch kind {
		case All, Turned:
			out = append(out, c)
		case Some:
			if chance.IntN(2) == 0 {
				out = append(out, c)
			}
		case First:
			if n < pick {
				out = append(out, c)
			}
		case Last:
			if n >= pick {
				out = append(out, c)
			}
		case Sectors:
			out = append(out, torn(c, Sector, chance)...)
		case Pages:
			out = append(out, torn(c, 4096, chance)...)
		case Torn:
			if n == pick && len(c.data) > Sector {
				c.data = c.data[:Sector*(1+chance.IntN(len(c.data)/Sector))]
				out = append(out, c)
			} else if chance.IntN(4) > 0 {
				out = append(out, c)
			}
		}
	}
	if kind == Turned {
		turn(out)
	}
	return out
}

// torn are the parts of a change that arrived, each whole.
func torn(c change, part int, chance *rand.Rand) (out []change) {
	if c.data == nil {
		if chance.IntN(2) == 0 {
			out = append(out, c)
		}
		return out
	}
	often := 1 + chance.IntN(7) // of 8: some are torn a little, some a lot
	for at := 0; at < len(c.data); at += part {
		if chance.IntN(8) < often {
			out = append(out, change{c.trust, c.seq, c.at + int64(at), c.data[at:min(at+part, len(c.data))]})
		}
	}
	return out
}

// turn brings the changes at the end that are in question into the opposite
// order.
func turn(all []change) {
	from := len(all)
	for from > 0 && all[from-1].trust == pending {
		from--
	}
	for i, k := from, len(all)-1; i < k; i, k = i+1, k-1 {
		all[i], all[k] = all[k], all[i]
	}
}
