//go:build mutant

package bolt

// answersEarly: this build loses votes on purpose, to prove that the kill
// test notices.
const answersEarly = true
