// Package guard says who is at the desk and what she may do there: passwords,
// log-in, sessions, second step, form tokens, throttling.
//
// It promises that a password nobody chose does not exist, that what is kept
// of one is argon2id (RFC 9106), that guessing is slowed for the account and
// not for the village, that a session ends with log-out, with a new password
// and with the account, and that no form is taken that the page did not give.
// It never logs a password, a token or a number.
package guard
