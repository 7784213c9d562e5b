//go:build mutantnosync

package bolt

// neverSyncs: this build loses votes in a power cut, on purpose.
const neverSyncs = true
