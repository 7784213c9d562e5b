// Package systrace runs a program and sees, in order, every system call by
// which it changes the files of one folder; it may also make one of them fail.
// It is what the fault tests record with: strace in 300 lines, without another
// program to install and without a text to parse.
//
// Linux on amd64 only. It needs the right to trace its own child, which
// containers nearly always have. What the program starts is not followed.
package systrace

import "syscall"

// Op is what a call does to a file.
type Op uint8

// The calls that are known. A program that changes a watched file in another
// way ends the run with an error: a model that does not know a call would lie.
const (
	Write Op = iota + 1
	Sync
	Truncate
	Create // an open that may have made the file
	Rename
	Remove
)

// String names an op.
func (o Op) String() string {
	return [...]string{"?", "write", "sync", "truncate", "create", "rename", "remove"}[o]
}

// Call is one system call.
type Call struct {
	Op     Op
	Path   string
	To     string // of a rename
	Offset int64  // of a write
	Data   []byte // of a write: what was taken of it
	Size   int64  // of a truncate
	Begun  int    // how many calls had ended when this one began: a sync is for those
	Err    syscall.Errno
}

// Action is what is to happen to a call that is about to run.
type Action struct {
	Fail  syscall.Errno // it does nothing and returns this
	Short int           // a write takes so many bytes only; 0: all
	Kill  bool          // the program dies here
}

// Run is one program being watched.
type Run struct {
	Args []string
	Env  []string
	Dir  string // whose files are watched, not those of folders in it
	// Before may change a call that is about to run. May be nil.
	Before func(Call) Action
	// After sees each call as it has ended: the next one sees it counted in
	// Begun. May be nil.
	After func(Call)
	// Said sees what the program writes to its standard output, before it is
	// written. False kills the program. May be nil.
	Said func([]byte) bool
	// Stderr is where its errors go; nil: nowhere.
	Stderr uintptr
}
