// Package store is the contract for keeping it all: what must be true of
// whatever remembers citizens, ballots, opinions and sessions.
//
// An Engine runs idempotent commands (Do) and answers reads (View). The
// embedded default is store/bolt; every engine passes the suite in
// store/storetest or is not an engine. Book, over any engine, speaks the
// gateway's own words: a ballot is cast, an opinion is given, a plan is
// imported, a week is closed.
//
// It promises three outcomes, never two: a command is applied (durable, once,
// and its reply kept under its id), refused (ErrRefused: certainly not
// written) or unknown (ErrUnknown: nobody knows until the next start has
// verified the data; the engine acknowledges nothing more).
//
// It never stores a phone number outside a sealed contact, never a citizen
// key in the same record as a choice, a receipt or a transcript, and never
// rewrites the ballot log.
package store
