//go:build mutantholes

package bolt

// writesIntoHoles: this build loses votes on a disk that fails, on purpose.
const writesIntoHoles = true
