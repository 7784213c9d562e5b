package main

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/jamakan/jamakan/civic"
)

// What the phones of the model test do, each act told to the gateway and to the
// plain model.

// dialled is one call under way.
type dialled struct {
	r       *modelRun
	p       *plainPhone
	session string
	chain   []string
	said    string
}

func (r *modelRun) dial(p *plainPhone) *dialled {
	r.at = r.at.Add(20 * time.Minute) // a dropped call is not offered any more
	r.id++
	c := &dialled{r: r, p: p, session: fmt.Sprint("ATUid_", r.id)}
	c.said = r.deliver("/ussd/africastalking/demo", c.form())
	return c
}

// key presses keys.
func (c *dialled) key(keys ...string) {
	for _, k := range keys {
		c.chain = append(c.chain, k)
		c.r.at = c.r.at.Add(3 * time.Second)
		c.said = c.r.deliver("/ussd/africastalking/demo", c.form())
	}
}

func (c *dialled) form() url.Values {
	return url.Values{"sessionId": {c.session}, "phoneNumber": {c.p.number}, "serviceCode": {"*384*55#"}, "networkCode": {"61002"}, "text": {strings.Join(c.chain, "*")}}
}

// communes are the demonstration's, as they are listed.
func modelCommunes() []civic.Code { return []civic.Code{"01019901", "01019902", "01019903"} }

// intro answers what a new number is asked first.
func (c *dialled) intro() {
	if c.p.known {
		return
	}
	lang, commune := c.r.rnd.IntN(2), c.r.rnd.IntN(3)
	c.key(strconv.Itoa(lang+1), strconv.Itoa(commune+1), "1")
	c.p.lang, c.p.commune = []string{"bm", "fr"}[lang], modelCommunes()[commune]
}

// callVote is a vote by call: whole, dropped on the way, or with a crash
// before the last key.
func (r *modelRun) callVote(p *plainPhone) {
	option := 1 + r.rnd.IntN(8)
	c := r.dial(p)
	c.intro()
	c.key("1")
	if !r.m.open(r.at) {
		r.did("%s calls, and there is no vote", p.number)
		return
	}
	if p.ballot != nil {
		c.key("1")
	}
	c.key(strconv.Itoa(option), "1")
	switch r.rnd.IntN(8) {
	case 0:
		r.did("%s drops before voting %d", p.number, option)
		return
	case 1:
		// Walked again, a call records nothing: the screen before is shown, and
		// her next key is hers.
		r.crash()
		c.key("1")
		r.check("after a crash in a call")
	}
	first := p.ballot == nil
	c.key("1")
	if !r.m.votes(p, r.at, civic.ChannelUSSD, uint16(option)) {
		return
	}
	r.did("%s votes %d by call: %q", p.number, option, c.said)
	if first && r.rnd.IntN(2) == 0 && p.sex == 0 && p.age == 0 {
		sex, age := 1+r.rnd.IntN(2), 1+r.rnd.IntN(4)
		c.key("1", strconv.Itoa(sex), strconv.Itoa(age))
		r.did("%s is %d %d: %q", p.number, sex, age, c.said)
		r.m.declares(p, r.at, civic.Sex(sex), civic.Age(age))
	}
}

func (r *modelRun) opinion() string {
	r.id++
	return fmt.Sprintf("%s %d", []string{"la pompe; 50% en panne*", "ji tɛ an fɛ", "l'école & le puits #", "<b>prix ?</b>"}[r.rnd.IntN(4)], r.id)
}

func (r *modelRun) callOpinion(p *plainPhone) {
	text := r.opinion()
	c := r.dial(p)
	c.intro()
	c.key("3", strconv.Itoa(1+r.rnd.IntN(6)), text)
	r.did("%s says %q by call: %q", p.number, text, c.said)
	r.m.says(p, civic.ChannelUSSD, text)
}

// callLanguage changes the language.
func (r *modelRun) callLanguage(p *plainPhone) {
	if !p.known {
		return
	}
	lang := r.rnd.IntN(2)
	c := r.dial(p)
	c.key("7", strconv.Itoa(lang+1))
	p.lang = []string{"bm", "fr"}[lang]
	r.did("%s speaks %s", p.number, p.lang)
}

// callCommune changes the commune.
func (r *modelRun) callCommune(p *plainPhone) {
	if !p.known {
		return
	}
	commune := r.rnd.IntN(3)
	c := r.dial(p)
	c.key("6", "2", strconv.Itoa(commune+1))
	p.commune = modelCommunes()[commune]
	r.did("%s lives in %s: %q", p.number, p.commune, c.said)
}

// text delivers a text of a number that has a commune, after giving it one.
func (r *modelRun) text(p *plainPhone, text string) {
	r.at = r.at.Add(2 * time.Minute)
	if !p.known {
		commune := r.rnd.IntN(3)
		p.known, p.lang, p.commune = true, "fr", modelCommunes()[commune]
		r.text(p, "COMMUNE "+communeNames()[commune])
	}
	r.id++
	r.did("%s texts %q", p.number, text)
	r.deliver("/sms/africastalking/demo/inbox", url.Values{
		"id": {fmt.Sprint("in-", r.id)}, "from": {p.number}, "to": {"36055"}, "text": {text}, "date": {r.at.Format(time.RFC3339)},
	})
}

func (r *modelRun) textVote(p *plainPhone) {
	option := 1 + r.rnd.IntN(8)
	r.text(p, fmt.Sprint("VOTE ", option))
	r.m.votes(p, r.at, civic.ChannelSMS, uint16(option))
}

func (r *modelRun) textOpinion(p *plainPhone) {
	text := r.opinion()
	r.text(p, "AVIS "+text)
	r.m.says(p, civic.ChannelSMS, text)
}

func (r *modelRun) stop(p *plainPhone) {
	if !p.known {
		return
	}
	if r.rnd.IntN(2) == 0 {
		r.text(p, "STOP")
	} else {
		r.did("%s is opted out by the provider", p.number)
		r.deliver("/sms/africastalking/demo/optout", url.Values{"senderId": {"36055"}, "phoneNumber": {p.number}})
	}
	p.stopped = true
}

func (r *modelRun) erase(p *plainPhone) {
	r.text(p, "EFFACER")
	r.m.erased(p)
}

// late delivers something old once more: it changes nothing.
func (r *modelRun) late() {
	if len(r.sent) == 0 {
		return
	}
	p := r.sent[len(r.sent)-1-r.rnd.IntN(min(len(r.sent), 60))]
	if strings.HasSuffix(p.path, "/optout") || r.at.Sub(p.at) > 48*time.Hour {
		return // an opt-out carries nothing to know it again by: it would be a new one
	}
	r.did("late: %v", p.form)
	r.send(p)
}
