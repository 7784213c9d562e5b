//go:build !mutantgoeson

package bolt

// goesOn is a planted fault: an engine that goes on after a commit whose outcome
// is unknown.
// It is never true but under the build tag mutantgoeson; docs/faults.md says what
// must catch it.
const goesOn = false
