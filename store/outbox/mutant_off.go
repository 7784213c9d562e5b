//go:build !mutantresend

package outbox

// mutantResend is false in every gateway. The build tag mutantresend makes a
// gateway that hands an abandoned message over again, to prove that the kill
// test would notice.
const mutantResend = false
