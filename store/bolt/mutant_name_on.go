//go:build mutantname

package bolt

// forgetsName: this build may lose a new file's name in a power cut, on purpose.
const forgetsName = true
