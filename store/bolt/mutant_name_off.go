//go:build !mutantname

package bolt

// forgetsName is a planted fault: an engine that does not sync the folder of a new file.
// It is never true but under the build tag mutantname; docs/faults.md says what
// must catch it.
const forgetsName = false
