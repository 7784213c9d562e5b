package main

import (
	"context"
	"fmt"

	"github.com/jamakan/jamakan/desk"
	"github.com/jamakan/jamakan/ussd/phone"
)

// callbackURL is where a provider posts the turns of its channel.
func callbackURL(base, provider, token string) string {
	return base + "/ussd/" + provider + "/" + token
}

// simulated lets the desk's phone post to the callbacks listener as the
// provider would, in its wire format.
type simulated struct{ s *servers }

func (s *servers) phone() desk.Dialer { return simulated{s} }

// Turn posts one turn.
func (p simulated) Turn(ctx context.Context, number, session, transcript string) (text string, end bool, err error) {
	for provider, ch := range p.s.house.cfg.USSD {
		url := callbackURL("http://"+p.s.onCalls.Addr().String(), provider, ch.Tokens[0])
		return phone.Post(ctx, phone.Turn{URL: url, Number: number, Code: ch.Codes[0], Session: session, Transcript: transcript})
	}
	return "", false, fmt.Errorf("no USSD channel is configured")
}
