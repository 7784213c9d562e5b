// Package ussd is the dial channel: it turns a provider's callbacks into
// turns of a dialogue, and the dialogue's screens into answers.
//
// A call is a fold over the citizen's inputs. Providers like Africa's Talking
// send the whole chain of inputs with every callback and never a turn number,
// so the new input is what follows the transcript already answered
// (transcript.go); a transcript answered before gets the same bytes again and
// acts on nothing. Calls live in memory (calls.go); what must survive is
// committed by the store together with the position of the call, and a call
// whose memory is gone is rebuilt from there (rebuild.go), never by guessing.
//
// It promises that nothing is said to be noted before it is on disk, that a
// repeat has no second effect, and that whatever a phone can cause is
// answered with HTTP 200. It never logs, and never stores in the clear, a
// phone number or what was typed.
package ussd
