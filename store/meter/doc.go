// Package meter counts calls and texts in memory, between two flushes: what
// was done, where, in which language, by which channel and whose prefix. It
// counts acts and keeps nothing of who did them.
//
// It promises to cost a turn next to nothing: a call keeps hold of the cell
// that its counts go to, so that counting is an addition without a lock. Calls
// are dealt out over several copies of each cell, so that they don't share a
// cache line either.
package meter
