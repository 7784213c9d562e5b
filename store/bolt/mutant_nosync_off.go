//go:build !mutantnosync

package bolt

// neverSyncs is a planted fault: an engine that answers before the disk has it.
// It is never true but under the build tag mutantnosync; docs/faults.md says what
// must catch it.
const neverSyncs = false
