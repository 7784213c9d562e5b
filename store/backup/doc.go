// Package backup is the file that a backup is, and how one is put in place.
//
// A file is five parts, one behind the other:
//
//	jamakan backup 1              the format
//	{"created":...}               the manifest, one line of JSON, never encrypted
//	0123...                       a keyed hash of the manifest, 32 hex digits
//	...                           the database as it is, or encrypted with age
//	sha256 0123...                of every byte before, behind a line break
//
// The manifest names the database by its digest, so the keyed hash vouches for
// all of it: who does not have the master key can't make or change a backup
// that is taken. The last line lets anybody who keeps the file see that it is
// whole, without any key.
//
// It promises that nothing stands under a backup's name that was not written
// whole, synced and read back, and that retention deletes only what it has
// recognised as its own. It knows no engine: what is in the database was
// verified by whoever made the manifest.
package backup
