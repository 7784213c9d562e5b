// Package desk is where people work: web pages over the store, and, in a
// demonstration, a phone to try the gateway with.
//
// It promises pages that work without a script and on a slow line, that show
// texts from phones as text and nothing else, and that load nothing from
// elsewhere. It never shows a phone number, and never takes part in a call:
// the simulated phone posts to the callbacks listener as a provider would.
package desk
