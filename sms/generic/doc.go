// Package generic carries SMS for gateways that are not known by name: which
// request brings a text or a report, which fields, and how a message is handed
// over, all by configuration. It suits a form or JSON over HTTP: a phone with
// a SIM card that forwards texts, a national aggregator, an operator's
// one-message API.
//
// It promises what every carrier does: one request a message, no redirect, a
// bounded answer, and Transient only for what was certainly not taken.
//
// It does not reach SMPP, nor accounts whose key is a token that must be
// renewed (Orange's): those need a carrier of their own in a folder beside
// this one.
package generic
