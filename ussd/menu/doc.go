// Package menu is the dialogue: what a citizen is shown and what her keys do.
//
// It is one table of plain values (table.go), like a routing table: a screen
// has a name, a prompt, its options or what it accepts, and where each leads.
// What must be kept is a small named function on the option that causes it.
//
// It promises that the same state, input and view give the same bytes; that
// every screen fits the channel's limit with its options whole and their
// numbers in place, also under an error; that a ballot is asked of the store
// only from the screen that names what is chosen; and that every screen has a
// way out. It has no clock, file, network or chance, and its states hold no
// transcript and, once a ballot is cast, no choice.
package menu
