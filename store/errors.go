package store

import "errors"

// Errors of engines. Every one is returned wrapped with its cause.
var (
	// ErrRefused: the command is certainly not written (disk full, quota).
	// The engine goes on and accepts again when there is room.
	ErrRefused = errors.New("not written")
	// ErrUnknown: the disk failed while the command was written; it may or
	// may not be there. The engine has stopped; the next start verifies.
	ErrUnknown = errors.New("outcome unknown")
	// ErrStopped: the engine accepts nothing more, after ErrUnknown or Close.
	ErrStopped = errors.New("store stopped")
	// ErrLocked: another process holds the data.
	ErrLocked = errors.New("data held by another process")
	// ErrCorrupt: the data contradicts itself; it is not served.
	ErrCorrupt = errors.New("data damaged")
	// ErrSchema: the data was written by a newer version.
	ErrSchema = errors.New("data of a newer version")
	// ErrBounds: a command over MaxReads, MaxWrites or MaxBytes, with a zero
	// ID, or writing a derived kind. A defect of the caller.
	ErrBounds = errors.New("command out of bounds")
	// ErrScan: the kind can't be scanned, or walked.
	ErrScan = errors.New("kind can't be scanned")
)
