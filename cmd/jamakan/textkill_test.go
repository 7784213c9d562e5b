package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jamakan/jamakan/sms/sandbox"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/outbox"
)

// The text kill test starts the real gateway against a provider that behaves
// badly, texts it from many phones, kills it with -9 in the middle, and asks
// another program whether every text that was taken is there, once, and how
// every message stands. The provider outlives the gateway and remembers what
// it took: no message twice.

// textKillRounds: CI kills 20 times; `make faults` asks for 1,000.
func textKillRounds(t *testing.T) int {
	if n, err := strconv.Atoi(os.Getenv("JAMAKAN_TEXT_KILLS")); err == nil {
		return n
	}
	if testing.Short() {
		return 3
	}
	return 20
}

// badDay is how the provider behaves meanwhile.
const badDay = "late=3ms,report=20ms,duplicate_reports=0.1,reorder_reports=0.1,early_reports=0.2,odd_reports=0.1,fail=0.05,no_reports=0.05," +
	"duplicate_texts=0.1,throttle=0.1,unavailable=0.1,refuse=0.03:500,nonsense=0.02,silent=0.03,error_after=0.03"

// provider is the badly behaving one: a new stand-in each round, behind one
// address, and what all of them took.
type provider struct {
	server *httptest.Server
	mu     sync.Mutex
	stand  *sandbox.Sandbox
	taken  map[string]int // number and text -> times
	stop   context.CancelFunc
	done   chan struct{}
}

func newProvider(t *testing.T) *provider {
	p := &provider{taken: map[string]int{}}
	p.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		h := p.stand.Handler()
		p.mu.Unlock()
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(p.server.Close)
	return p
}

// round begins a round of the provider against a gateway.
func (p *provider) round(t *testing.T, faults, callbacks string, seed uint64) {
	t.Helper()
	p.collect()
	f, err := sandbox.ParseFaults(faults)
	if err != nil {
		t.Fatal(err)
	}
	s := sandbox.New(sandbox.Config{Username: "sandbox", APIKey: "sandbox", ShortCode: "36055", Callbacks: callbacks, Seed: seed})
	s.SetFaults(f)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Run(ctx) }()
	p.mu.Lock()
	p.stand, p.stop, p.done = s, stop, done
	p.mu.Unlock()
}

// collect counts what the round's stand-in took.
func (p *provider) collect() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stand == nil {
		return
	}
	p.stop()
	<-p.done
	for _, m := range p.stand.Accepted() {
		p.taken[m.To+" "+m.Text]++
	}
	p.stand = sandbox.New(sandbox.Config{})
}

func (p *provider) twice() (found []string) {
	for what, n := range p.taken {
		if n > 1 {
			found = append(found, fmt.Sprintf("%d times %q", n, what))
		}
	}
	return found
}

// texter writes texts and remembers which were taken.
type texter struct {
	mu     sync.Mutex
	taken  map[string]bool // opinions answered 200
	voters map[string]bool // numbers whose vote was answered 200
	serial int
}

func (x *texter) next() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.serial++
	return x.serial
}

// texts delivers texts until the gateway dies: each opinion from a phone of
// its own, and now and then a commune and a vote.
func (x *texter) texts(ctx context.Context, client *http.Client, base string) {
	deliver := func(id, from, text string) bool {
		form := url.Values{"date": {time.Now().UTC().Format(time.DateTime)}, "from": {from}, "id": {id}, "text": {text}, "to": {"36055"}}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/inbox", strings.NewReader(form.Encode()))
		if err != nil {
			return false
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		res, err := client.Do(req)
		if err != nil {
			return false
		}
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
		return res.StatusCode == http.StatusOK
	}
	for ctx.Err() == nil {
		n := x.next()
		from := fmt.Sprintf("+2237%07d", n)
		if n%4 == 0 {
			if !deliver(fmt.Sprintf("c%d", n), from, "COMMUNE Jamadugu") || !deliver(fmt.Sprintf("v%d", n), from, "VOTE "+strconv.Itoa(1+n%8)) {
				return
			}
			x.mu.Lock()
			x.voters[from] = true
			x.mu.Unlock()
			continue
		}
		text := fmt.Sprintf("la pompe %d est en panne", n)
		if !deliver(fmt.Sprintf("o%d", n), from, text) {
			return
		}
		if n%5 == 0 && !deliver(fmt.Sprintf("o%d", n), from, text) { // the provider again
			return
		}
		x.mu.Lock()
		x.taken[text] = true
		x.mu.Unlock()
	}
}

// textVerdict is what the other program found.
type textVerdict struct {
	Opinions map[string]int // text -> times
	States   map[outbox.State]int
	Handed   int // messages a provider may have taken
	Voters   map[string]bool
	Problems []string
}

// judgeTexts reads the data with nothing of the gateway running. The numbers
// to ask about are in a file beside it.
func judgeTexts(data string) error {
	ctx := context.Background()
	o, err := openData(data, false)
	if err != nil {
		return err
	}
	defer o.engine.Close()
	book := o.book
	v := textVerdict{Opinions: map[string]int{}, States: map[outbox.State]int{}, Voters: map[string]bool{}}
	if err := book.Opinions(ctx, func(o store.Opinion) bool { v.Opinions[o.Text]++; return true }); err != nil {
		return err
	}
	count := func(m outbox.Message) bool {
		v.States[m.State]++
		switch m.State {
		case outbox.Accepted, outbox.Delivered, outbox.Failed, outbox.Unknown, outbox.Claimed:
			v.Handed++
		}
		return true
	}
	if err := book.Letters(ctx, count); err != nil {
		return err
	}
	if err := book.Sent(ctx, time.Unix(0, 0), count); err != nil {
		return err
	}
	asked, err := os.ReadFile(filepath.Join(data, "numbers"))
	if err != nil {
		return err
	}
	for number := range strings.FieldsSeq(string(asked)) {
		p, err := book.Person(ctx, number)
		if err != nil {
			return err
		}
		_, _, v.Voters[number] = p.Voted("JAM-2026-1")
	}
	report, err := o.engine.Check(ctx, nil)
	if err != nil {
		return err
	}
	v.Problems = report.Problems
	return json.NewEncoder(os.Stdout).Encode(v)
}

// textRound starts the gateway, texts it, and kills it.
func textRound(t *testing.T, bin, data string, p *provider, x *texter, round int, after time.Duration) {
	t.Helper()
	cmd, base := gateway(t, bin, data, textEnv(p)...)
	base += "/sms/africastalking/demo"
	p.round(t, badDay, base, uint64(round))
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32, MaxConnsPerHost: 32}}
	defer client.CloseIdleConnections()
	var phones sync.WaitGroup
	for range 32 {
		phones.Go(func() { x.texts(ctx, client, base) })
	}
	timer := time.NewTimer(after) // the kill's own moment: not a wait for anything
	<-timer.C
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	stop()
	phones.Wait()
	p.collect()
}

func textEnv(p *provider) []string {
	return []string{
		"JAMAKAN_SMS_AFRICASTALKING_API=" + p.server.URL, "JAMAKAN_SMS_AFRICASTALKING_RATE=0", "JAMAKAN_SMS_AFRICASTALKING_PARALLEL=16",
		"JAMAKAN_SMS_AFRICASTALKING_BACKOFF=50ms,100ms,200ms,300ms",
	}
}

// judge asks the other program and fails for what is wrong.
func (x *texter) judge(t *testing.T, data string, p *provider, round int) textVerdict {
	t.Helper()
	x.mu.Lock()
	defer x.mu.Unlock()
	var numbers strings.Builder
	for n := range x.voters {
		fmt.Fprintln(&numbers, n)
	}
	if err := os.WriteFile(filepath.Join(data, "numbers"), []byte(numbers.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	var v textVerdict
	judged(t, "JAMAKAN_TEXT_VERDICT="+data, &v)
	var lost, twice []string
	for text := range x.taken {
		if v.Opinions[text] == 0 {
			lost = append(lost, text)
		}
	}
	for text, n := range v.Opinions {
		if n > 1 {
			twice = append(twice, text)
		}
	}
	for number := range x.voters {
		if !v.Voters[number] {
			lost = append(lost, "a vote")
		}
	}
	if again := p.twice(); len(lost)+len(twice)+len(again)+len(v.Problems) > 0 {
		t.Fatalf("round %d: %d texts lost %.300q, %d twice %.300q, %d messages taken twice %.300q, problems %.300q",
			round, len(lost), fmt.Sprint(lost), len(twice), fmt.Sprint(twice), len(again), fmt.Sprint(again), fmt.Sprint(v.Problems))
	}
	if taken := len(p.taken); taken > v.Handed {
		t.Fatalf("round %d: the provider took %d messages, the gateway knows of %d", round, taken, v.Handed)
	}
	return v
}

// textKillsPerData is how many kills one database goes through.
const textKillsPerData = 50

func TestTextKill(t *testing.T) {
	bin := buildGateway(t)
	texts, votes, messages, states := 0, 0, 0, map[outbox.State]int{}
	rounds := textKillRounds(t)
	for left := rounds; left > 0; left -= textKillsPerData {
		p := newProvider(t)
		x := &texter{taken: map[string]bool{}, voters: map[string]bool{}}
		v := textKills(t, bin, p, x, min(left, textKillsPerData), rounds-left)
		texts, votes, messages = texts+len(x.taken), votes+len(x.voters), messages+len(p.taken)
		for state, n := range v.States {
			states[state] += n
		}
		p.server.Close()
	}
	t.Logf("%d kills; %d opinions and %d votes taken, none lost, none twice; %d messages taken by the provider, none twice; states %v",
		rounds, texts, votes, messages, states)
}

// textKills kills a gateway over one database, then lets what waits leave, and
// judges it.
func textKills(t *testing.T, bin string, p *provider, x *texter, rounds, first int) textVerdict {
	t.Helper()
	data, err := os.MkdirTemp(t.TempDir(), "data")
	if err != nil {
		t.Fatal(err)
	}
	for round := range rounds {
		textRound(t, bin, data, p, x, first+round, time.Duration(150+rand.IntN(350))*time.Millisecond)
		if round%10 == 9 {
			x.judge(t, data, p, first+round)
		}
	}
	// The provider behaves again: whatever waits leaves, and every message
	// stands somewhere.
	cmd, base := gateway(t, bin, data, textEnv(p)...)
	p.round(t, "", base+"/sms/africastalking/demo", 1)
	untilAllLeft(t, bin, data)
	stopGently(t, cmd)
	p.collect()
	v := x.judge(t, data, p, first+rounds)
	if len(x.taken) < 20*rounds {
		t.Errorf("%d texts taken before %d kills; too few to judge", len(x.taken), rounds)
	}
	for state := range v.States {
		if state == outbox.Queued || state == outbox.Claimed {
			t.Errorf("%d messages are %s", v.States[state], state)
		}
	}
	return v
}

// untilAllLeft waits until no message waits. How fast they leave is the machine's
// affair: it fails when none left for a minute.
func untilAllLeft(t *testing.T, bin, data string) {
	t.Helper()
	waiting := func() (lines string) {
		for line := range strings.Lines(outboxOf(t, bin, data)) {
			if strings.HasPrefix(line, "queued ") || strings.HasPrefix(line, "claimed ") {
				lines += line
			}
		}
		return lines
	}
	last, end := "", time.Now().Add(time.Minute)
	for now := waiting(); now != ""; now = waiting() {
		if now != last {
			last, end = now, time.Now().Add(time.Minute)
		}
		if time.Now().After(end) {
			t.Fatalf("messages still wait: %s", outboxOf(t, bin, data))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// TestTextKillCatchesMutant: a gateway that hands an abandoned message over
// again must be caught, else the test above proves nothing.
func TestTextKillCatchesMutant(t *testing.T) {
	bin := buildGateway(t, "mutantresend")
	p := newProvider(t)
	data := t.TempDir()
	x := &texter{taken: map[string]bool{}, voters: map[string]bool{}}
	for round := range 30 {
		textRound(t, bin, data, p, x, round, time.Duration(150+rand.IntN(350))*time.Millisecond)
		if again := p.twice(); len(again) > 0 {
			t.Logf("caught in round %d: %.1v", round, again)
			return
		}
	}
	t.Error("a gateway that sends again what it may have sent went unnoticed")
}
