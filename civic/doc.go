// Package civic is what is decided about: the territory, the plan of a
// commune (PDESC), its projects, the consultations put to citizens, their
// ballots, and the weekly tally of them.
//
// It holds rules only, in the words of the plan guide. It promises that the
// same values give the same answers: it has no clock (the time is an
// argument), reads no file, opens no connection, and never sees a phone
// number.
package civic
