//go:build !mutant

package bolt

// answersEarly is the planted fault of the kill test: an engine that answers
// before its commit. It is never true but under the build tag mutant.
const answersEarly = false

func slowDisk() {}
