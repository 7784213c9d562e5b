// Package africastalking speaks Africa's Talking's SMS formats: it reads
// inbound texts, delivery reports, opt-outs and subscriptions, and hands
// messages over with a transport of its own.
//
// The company's Go client gives the addresses and the model of a recipient.
// Its own Send is not used in service: it drops the HTTP status, follows
// redirects with the key, can't be given a context or a host, and takes an
// unreadable answer for success. A contract test drives it beside ours, so
// that both are known to speak the same protocol.
//
// Nothing a provider sends is an error but a callback without its sender or
// without its message's name: dates, codes and statuses nobody knows are kept
// as they came.
//
// Sources: the provider's pages on SMS notifications, delivery reports and
// sending, and public recordings of its answers (TELECOM facts 1.4, 1.5, 4, 7).
package africastalking
