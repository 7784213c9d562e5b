// Package bolt is the embedded default engine: one bbolt file, one process.
//
// The file:
//
//	meta   schema, created, last (time of the last command), head (tree), clean
//	log    sequence (8 bytes, big endian) -> record        append-only
//	row    arrival  (8 bytes, big endian) -> one scattered record: kind, key, time, value
//	kv     key -> value                                    the other kinds
//
// Everything a vote writes goes to the end of log or row: keys in order of
// time are several times faster than keyed hashes, and stay so at millions of
// ballots. What finds them again lives in memory and is rebuilt at start: the
// voter index and the scattered index (tables of 64-bit slots, each verified
// against the record it points to), receipts, counters, and the edge of the
// Merkle tree. Nothing in memory is believed before the file is synced.
//
// It promises the contract of package store: one committer takes every
// command that waits, runs them over one transaction, syncs once, then
// answers them all. A full disk refuses and goes on; any other error of a
// commit stops the engine (bbolt's commit may be visible after it failed), and
// the next start verifies the whole file before it serves. It never serves
// over a file that contradicts itself, and never repairs in silence.
package bolt
