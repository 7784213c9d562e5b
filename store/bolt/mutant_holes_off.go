//go:build !mutantholes

package bolt

// writesIntoHoles is a planted fault: an engine that lets the file system find room for
// each page when it comes.
// It is never true but under the build tag mutantholes; docs/faults.md says what
// must catch it.
const writesIntoHoles = false
