// Package africastalking speaks the USSD wire format of Africa's Talking:
// turns and end-of-session events in, `CON ` and `END ` out.
//
// The provider posts a form with sessionId, phoneNumber, serviceCode,
// networkCode and text, where text is the whole chain of inputs joined with
// `*`. JSON bodies with the same fields are read too, and the dial-string
// style of kindred aggregators, whose text is `*384*55*1#`.
//
// It promises that a turn has a session and a number, each sent once; that
// nothing a phone can type makes a callback malformed; and that no error holds
// a part of the body. It never reads the query string (a body that was lost
// must not become a new call), never judges a number beyond its characters,
// and never keeps what a citizen typed or was shown out of an end event.
package africastalking
