//go:build mutantresend

package outbox

const mutantResend = true
