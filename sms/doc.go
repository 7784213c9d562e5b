// Package sms is the text channel: what residents text comes in by a
// provider's callback, and every SMS goes out by its sender.
//
// In: a callback is answered 200 only when what it brought is on disk; until
// then the provider repeats it. The same text again (same id; without one,
// same sender, text and minute) leaves one record. Nothing a provider sends is
// refused for our own ignorance: what is no citizen's text is kept, sealed,
// and counted.
//
// Out: a message is a record of the outbox, committed with its cause. The
// sender marks it claimed, on disk, before a byte leaves, and records what the
// provider answered. A message whose answer was lost is unknown: it is shown
// and never handed over again by itself. What certainly was not taken is tried
// again over hours. A fault of the account pauses the channel, not the queue.
//
// It never shows or logs a number or a text, and knows no engine and no other
// channel: they meet in the store's outbox.
package sms
