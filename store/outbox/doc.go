// Package outbox is what an SMS goes through from the moment its cause is
// recorded to the moment its fate is known: states, the only steps between
// them, and what it costs. Pure values: no clock, no file, no network.
//
// It promises that states only move forward. A message that was handed to a
// provider and whose answer was lost is Unknown: it is shown, and never handed
// over again by itself, because the provider has no way to recognise a
// repeated message. A final state never changes; what is left of a message
// then holds neither its text nor its number.
package outbox
