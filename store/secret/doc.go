// Package secret is what hides: the master key, kept outside the database, and
// all that is derived from it. Citizen keys, voter keys, event ids, sealed
// contacts, and the permutation behind receipts.
//
// It promises that without the master key nothing stored can be led back to a
// number, though Malian numbers are few enough to try them all, and that the
// key itself is never printed but by Text. It keeps nothing of what it is
// given.
package secret
