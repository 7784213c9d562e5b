package main

import (
	"context"
	"fmt"
	"sync"
	"syscall"
	"time"

	"github.com/jamakan/jamakan/desk"
	"github.com/jamakan/jamakan/sms/sandbox"
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

// texting lets the desk's phone text through the stand-in provider.
type texting struct{ stand *sandbox.Sandbox }

// Text sends a text from a phone.
func (t texting) Text(_ context.Context, number, text string) error {
	t.stand.Text(number, text)
	return nil
}

// Thread is what a phone texted and received.
func (t texting) Thread(number string) []desk.Line {
	var lines []desk.Line
	for _, l := range t.stand.Thread(number) {
		lines = append(lines, desk.Line{Mine: l.Mine, At: l.At, Text: l.Text, Segments: l.Segments})
	}
	return lines
}

// mail tells the desk how the messages stand.
type mail struct {
	s    *servers
	last *counted
}

// counted is the outbox as it was last counted: that reads four weeks of it.
type counted struct {
	mu   sync.Mutex
	at   time.Time
	view outboxView
}

// recount is how long a count of the outbox is good enough.
const recount = 10 * time.Second

// outbox counts the outbox, once for all who ask within some seconds.
func (m mail) outbox(ctx context.Context) (outboxView, error) {
	m.last.mu.Lock()
	defer m.last.mu.Unlock()
	if now := time.Now(); now.Sub(m.last.at) < recount {
		return m.last.view, nil
	}
	view, err := ownOffice{m.s.house}.Outbox(context.WithoutCancel(ctx))
	if err == nil {
		m.last.view, m.last.at = view, time.Now()
	}
	return view, err
}

// Messages reads the outbox and asks the senders.
func (m mail) Messages(ctx context.Context) (desk.MailView, error) {
	view, err := m.outbox(ctx)
	return desk.MailView{Posts: m.s.posts(), States: view.States, Unknown: view.Unknown, Costs: view.Costs}, err
}

// posts asks the senders how they stand.
func (s *servers) posts() []desk.Post {
	var all []desk.Post
	for _, sender := range s.texts.senders {
		st := sender.Status()
		all = append(all, desk.Post{
			Provider: st.Provider, Paused: st.Paused, Since: st.Since, Again: st.Again, Waiting: st.Urgent + st.Bulk, Oldest: st.Oldest,
			Bulk: st.Bulk, BulkHeld: st.BulkHeld, Spent: st.Spent, Budget: st.Budget,
		})
	}
	return all
}

// free is how many bytes may still be written where the data is, -1 when the
// system does not say.
func (h *house) free() int64 {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(h.cfg.Data, &fs); err != nil {
		return -1
	}
	return int64(fs.Bavail) * int64(fs.Bsize)
}

// Turn posts one turn.
func (p simulated) Turn(ctx context.Context, number, session, transcript string) (text string, end bool, err error) {
	for provider, ch := range p.s.house.cfg.USSD {
		url := callbackURL("http://"+p.s.onCalls.Addr().String(), provider, ch.Tokens[0])
		return phone.Post(ctx, phone.Turn{URL: url, Number: number, Code: ch.Codes[0], Session: session, Transcript: transcript})
	}
	return "", false, fmt.Errorf("no USSD channel is configured")
}
