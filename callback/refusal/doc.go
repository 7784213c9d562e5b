// Package refusal counts what was turned away at the door, and why, with a few
// recent examples for the person who looks.
//
// It promises that nothing of a request is kept but its shape: when, on which
// channel, what kind of request, how many bytes, and the network it came from
// (never the whole address). No number, token or text can be in it, because
// none is ever given to it. Counting never waits and never grows: a flood of
// refusals leaves five examples.
package refusal
