// Package generic speaks to USSD gateways by configuration: which request,
// which fields, whether the whole chain comes or the last input alone, and how
// an answer is framed. A gateway whose format is a GET or POST of a form or a
// JSON object, answered by a line of text or a JSON object, needs no code.
//
// It promises the same as any codec: nothing a citizen can type is an error,
// and no error holds a number. A last-input gateway is treated as one that
// sends the whole chain: the gateway keeps the chain (package ussd).
//
// It does not reach gateways that speak XML (Mtech, TruRoute, Vodacom's),
// XML over TCP (MTN Nigeria), XML-RPC, or SMPP: those need a codec of their
// own, in a folder beside this one.
package generic
