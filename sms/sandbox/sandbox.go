package sandbox

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Config is what a sandbox is made of.
type Config struct {
	Username, APIKey string
	ShortCode        string           // texts are sent to it
	Callbacks        string           // base of the gateway's callbacks, with the token: .../sms/africastalking/demo
	Price            string           // of a segment: "XOF 25"
	Now              func() time.Time // nil: time.Now
	Seed             uint64           // of the faults' randomness
	Logger           *slog.Logger     // nil: nothing is logged; never a number
}

// Delivered is a message on a phone.
type Delivered struct {
	N        int       `json:"n"` // from 1, over all phones
	At       time.Time `json:"at"`
	ID       string    `json:"id"`
	From     string    `json:"from"`
	To       string    `json:"to"`
	Text     string    `json:"text"`
	Segments int       `json:"segments"`
}

// text is an inbound text as the provider's inbox keeps it.
type text struct {
	number   int
	id, from string
	text     string
	at       time.Time
}

// maxKept is how many messages and texts are kept, each.
const maxKept = 200_000

// Sandbox is a provider. It is safe for concurrent use.
type Sandbox struct {
	cfg  Config
	wake chan struct{}

	mu        sync.Mutex
	faults    Faults
	random    *rand.Rand
	callbacks string
	accepted  []Delivered
	byPhone   map[string][]int // indexes of accepted
	texts     []text
	calls     []call // callbacks not answered yet
	serial    int
	run       string // tells this run's ids from another's
}

// New makes a provider.
func New(cfg Config) *Sandbox {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Price == "" {
		cfg.Price = "XOF 25"
	}
	return &Sandbox{
		cfg: cfg, callbacks: cfg.Callbacks, wake: make(chan struct{}, 1), byPhone: map[string][]int{},
		random: rand.New(rand.NewPCG(cfg.Seed, 1)), run: fmt.Sprintf("%08x", uint32(cfg.Now().UnixNano()>>10)),
	}
}

// SetCallbacks says where callbacks go.
func (s *Sandbox) SetCallbacks(base string) {
	s.mu.Lock()
	s.callbacks = base
	s.mu.Unlock()
}

// SetFaults says how badly to behave from now on.
func (s *Sandbox) SetFaults(f Faults) {
	s.mu.Lock()
	s.faults = f
	s.mu.Unlock()
}

// Faults are the present ones.
func (s *Sandbox) Faults() Faults {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults
}

// chance says yes for a share of times. The lock is held.
func (s *Sandbox) chance(share float64) bool { return share > 0 && s.random.Float64() < share }

// id names something new. The lock is held.
func (s *Sandbox) id() string {
	s.serial++
	return fmt.Sprintf("ATXid_%s%024x", s.run, s.serial)
}

// Text sends a text from a phone to the gateway.
func (s *Sandbox) Text(from, body string) (id string) {
	s.mu.Lock()
	id = s.id()
	now := s.cfg.Now()
	s.texts = append(s.texts, text{len(s.texts) + 1, id, from, body, now})
	if len(s.texts) > maxKept {
		s.texts = s.texts[len(s.texts)-maxKept/2:]
	}
	form := map[string]string{
		"date": now.UTC().Format("2006-01-02 15:04:05"), "from": from, "id": id, "linkId": "", "text": body, "to": s.cfg.ShortCode,
		"networkCode": "99999", "cost": "XOF 0.0000",
	}
	s.post(id, "/inbox", form, 0)
	if s.chance(s.faults.DuplicateTexts) {
		s.post(id+" again", "/inbox", form, 0)
	}
	s.mu.Unlock()
	s.nudge()
	return id
}

// OptOut tells the gateway that a number wants no bulk messages.
func (s *Sandbox) OptOut(number string) {
	s.mu.Lock()
	s.post(s.id(), "/optout", map[string]string{"senderId": s.cfg.ShortCode, "phoneNumber": number}, 0)
	s.mu.Unlock()
	s.nudge()
}

// Inbox are the messages on a phone, those after the nth of all.
func (s *Sandbox) Inbox(number string, after int) []Delivered {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []Delivered{}
	for _, i := range s.byPhone[number] {
		if s.accepted[i].N > after {
			out = append(out, s.accepted[i])
		}
	}
	return out
}

// Accepted is everything that was taken.
func (s *Sandbox) Accepted() []Delivered {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Delivered{}, s.accepted...)
}

// accept takes a message: it is on the phone, and reported. The lock is held.
func (s *Sandbox) accept(to, from, body string, segments int) string {
	id := s.id()
	if len(s.accepted) < maxKept {
		s.byPhone[to] = append(s.byPhone[to], len(s.accepted))
		s.accepted = append(s.accepted, Delivered{len(s.accepted) + 1, s.cfg.Now(), id, from, to, body, segments})
	}
	s.report(id, to)
	return id
}

// report schedules what is said of a message later.
func (s *Sandbox) report(id, to string) {
	f := s.faults
	if s.chance(f.NoReports) {
		return
	}
	status := func(word, reason string) map[string]string {
		form := map[string]string{"id": id, "status": word, "phoneNumber": to, "networkCode": "99999", "retryCount": "0"}
		if reason != "" {
			form["failureReason"] = reason
		}
		return form
	}
	steps := []map[string]string{status("Sent", "")}
	if s.chance(f.OddReports) {
		steps = append(steps, status("Borked", ""))
	}
	if s.chance(f.Fail) {
		steps = append(steps, status("Failed", "DeliveryFailure"))
	} else {
		steps = append(steps, status("Success", ""))
	}
	if s.chance(f.ReorderReports) {
		steps[0], steps[len(steps)-1] = steps[len(steps)-1], steps[0]
	}
	for i, form := range steps {
		after := time.Duration(0)
		if i == len(steps)-1 {
			after = f.Report
		}
		key := fmt.Sprintf("%s %d", id, i)
		s.post(key, "/delivery", form, after)
		if s.chance(f.DuplicateReports) {
			s.post(key+" again", "/delivery", form, after)
		}
	}
}

func (s *Sandbox) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Waiting is how many callbacks are not answered yet.
func (s *Sandbox) Waiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.calls)
}

// pass waits, unless the context ends.
func pass(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// Line is one text or message of a phone's thread.
type Line struct {
	Mine     bool      `json:"mine"` // texted from the phone
	At       time.Time `json:"at"`
	Text     string    `json:"text"`
	Segments int       `json:"segments"`
}

// Thread is what a phone texted and received lately, oldest first.
func (s *Sandbox) Thread(number string) []Line {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Line
	for _, t := range s.texts {
		if t.from == number {
			all = append(all, Line{true, t.at, t.text, 0})
		}
	}
	for _, i := range s.byPhone[number] {
		m := s.accepted[i]
		all = append(all, Line{false, m.At, m.Text, m.Segments})
	}
	slices.SortStableFunc(all, func(a, b Line) int { return a.At.Compare(b.At) })
	return all[max(0, len(all)-threadLines):]
}

// threadLines is how much of a thread is shown.
const threadLines = 30
