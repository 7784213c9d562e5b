// Package phone is a simulated handset, with the network behind it: it speaks
// Africa's Talking's wire format over HTTP to a running gateway, and does what
// real networks do: the same post again, an older one late, a call that drops.
//
// It serves people (jamakan dial, the desk's phone page) and tests alike. A
// conversation is a file that both can play and read (play.go).
//
// It promises to post exactly what the provider posts, the whole chain of
// inputs joined with `*`, and to judge answers as the provider does: HTTP 200
// and a body that starts with CON or END. It never follows a redirect, and
// never puts the number, the token in the address or what was typed into an
// error.
package phone
