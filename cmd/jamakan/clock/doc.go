// Package clock is the gateway's one clock: the machine's wall clock, believed
// as far as its monotonic clock confirms it.
//
// It promises that a jump of the wall clock by more than Tolerance, back or
// forward, which the monotonic clock doesn't confirm, moves nothing: time goes
// on from the last believed moment by the monotonic clock, until the wall clock
// comes back by itself or an operator accepts it. What a time service does
// slowly (at most a twelfth of the time that passes), or in small steps, is
// followed. Time that was told is never taken back by more than Tolerance: a
// wall clock that was accepted though it is behind is waited for, at half pace,
// so that whatever expires still does.
//
// At the start nothing can be confirmed. A wall clock ahead of the last record
// is believed: a gateway that was off for a month must know it. One that is
// behind the last record can't be right: time goes on from that record until
// the wall clock has passed it (a machine without a battery, before the network
// told it the time), or is accepted.
//
// A machine that slept is not told from one whose clock was set forward: the
// monotonic clock stands still in both.
//
// It never sets the machine's clock, and looks at nothing but the two readings
// it is given.
package clock
