// Package sandbox is a stand-in for Africa's Talking's SMS API, to rehearse
// with and to test against: it accepts messages, reports on them, delivers
// texts from its own phones, and can be told to behave as badly as providers
// do.
//
// It promises to speak the provider's wire format as recorded (TELECOM facts
// 1.4, 1.5, 4), to keep a ledger of everything it accepted, and to repeat a
// callback until it is answered 200, as the provider does. What it accepts it
// puts into the inbox of a phone that exists only here.
//
// It never sends anything anywhere but to the callbacks it was given, and
// keeps everything in memory.
package sandbox
