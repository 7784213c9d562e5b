//go:build mutantgoeson

package bolt

// goesOn: this build goes on over what its disk may have dropped, on purpose.
const goesOn = true
