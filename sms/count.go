package sms

import (
	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/civic/msisdn"
	"github.com/jamakan/jamakan/sms/command"
	"github.com/jamakan/jamakan/store/meter"
)

// countText counts a text that was taken, where its sender's profile is once
// it was.
func (g *Gateway) countText(e164 string, step command.Step) {
	c := step.Act.Citizen
	h := g.cfg.Book.Meter().Hand()
	h.Stand(g.cfg.Now(), meter.By{Commune: c.Commune, Channel: civic.ChannelSMS, Lang: c.Lang, Operator: msisdn.Operator(e164)})
	h.Text(step.Kind.Understood())
}
