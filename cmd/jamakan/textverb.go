package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jamakan/jamakan/gsm"
	"github.com/jamakan/jamakan/sms/sandbox"
)

type textVerb struct {
	Words []string      `arg:"" name:"message" help:"The phone's number, if it is not the first one, and the message."`
	URL   string        `name:"url" help:"Address of the sandbox, or of the gateway's SMS callbacks with the token: then the text is delivered as the provider would. Empty: the sandbox of the configuration." placeholder:"URL"`
	Wait  time.Duration `help:"How long to wait for an answer." default:"5s"`
}

// defaultPhone is the demonstration's first phone.
const defaultPhone = "+22376000001"

// Run texts from a phone of the sandbox and prints what it is answered.
func (v textVerb) Run(ctx context.Context, c *common, w world) error {
	cfg, err := c.load(w)
	if err != nil {
		return err
	}
	number, message := phoneAndWords(v.Words)
	base := v.URL
	if at, direct := strings.CutSuffix(strings.TrimSuffix(base, "/"), "/inbox"); direct || strings.Contains(base, "/sms/") {
		return deliver(ctx, at, number, message, cfg.ShortCode, w)
	}
	if base == "" {
		if cfg.Sandbox == "" {
			return fmt.Errorf("%w: no sandbox in the configuration; give its address with --url", errUse)
		}
		base = "http://" + cfg.Sandbox
		if at, err := os.ReadFile(filepath.Join(cfg.Data, sandboxFile)); err == nil {
			base = "http://" + strings.TrimSpace(string(at)) // where it listens, or last did
		}
	}
	p := textPhone{base: strings.TrimSuffix(base, "/"), number: number}
	before, err := p.inbox(ctx, 0)
	if err != nil {
		return fmt.Errorf("the sandbox does not answer: %w; start the gateway with: %s serve", err, called())
	}
	last := 0
	for _, m := range before {
		last = max(last, m.N)
	}
	if err := p.text(ctx, message); err != nil {
		return err
	}
	fmt.Fprintf(w.stdout, "%s > %s\n", number, message)
	return p.answers(ctx, w, last, v.Wait)
}

// phoneAndWords takes a number off the front of the words, if there is one.
func phoneAndWords(words []string) (number, message string) {
	number = defaultPhone
	if len(words) > 1 && strings.Trim(words[0], "+0123456789") == "" && len(strings.TrimPrefix(words[0], "+")) >= 8 {
		number, words = words[0], words[1:]
		if !strings.HasPrefix(number, "+") {
			number = "+223" + number
		}
	}
	return number, strings.Join(words, " ")
}

// textPhone is one of the sandbox's phones.
type textPhone struct{ base, number string }

func (p textPhone) text(ctx context.Context, message string) error {
	form := url.Values{"from": {p.number}, "text": {message}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.base+"/sandbox/texts", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return fetch(req, nil)
}

func (p textPhone) inbox(ctx context.Context, after int) ([]sandbox.Delivered, error) {
	q := url.Values{"number": {p.number}, "after": {strconv.Itoa(after)}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.base+"/sandbox/inbox?"+q.Encode(), nil)
	if err != nil {
		return nil, err
	}
	var out []sandbox.Delivered
	return out, fetch(req, &out)
}

// answers prints what arrives, until something did and nothing more comes.
func (p textPhone) answers(ctx context.Context, w world, last int, wait time.Duration) error {
	end := time.Now().Add(wait)
	quiet := 400 * time.Millisecond
	got := false
	for since := time.Now(); time.Now().Before(end) && (!got || time.Since(since) < quiet); {
		all, err := p.inbox(ctx, last)
		if err != nil {
			return err
		}
		for _, m := range all {
			got, last, since = true, max(last, m.N), time.Now()
			a, units := gsm.Measure(m.Text)
			fmt.Fprintf(w.stdout, "%s\n  (%d SMS, %d %s)\n", m.Text, m.Segments, units, a)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	if !got {
		_, err := fmt.Fprintln(w.stdout, "  (no answer yet; `jamakan outbox` shows what waits)")
		return err
	}
	return nil
}

// errAnswer is an answer that is not a success.
var errAnswer = errors.New("it answered")

func fetch(req *http.Request, into any) error {
	client := &http.Client{Timeout: 20 * time.Second}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode/100 != 2 {
		said, _ := io.ReadAll(io.LimitReader(res.Body, 1000)) // whatever it said
		return fmt.Errorf("%w %s: %s", errAnswer, res.Status, strings.TrimSpace(string(said)))
	}
	if into == nil {
		return nil
	}
	return json.NewDecoder(res.Body).Decode(into)
}

// deliver posts a text to the gateway as the provider does. The answer leaves
// by the provider: it is not seen here.
func deliver(ctx context.Context, callbacks, number, message, shortCode string, w world) error {
	id := make([]byte, 16)
	_, _ = rand.Read(id) // crypto/rand never fails
	form := url.Values{
		"id": {hex.EncodeToString(id)}, "from": {number}, "to": {shortCode}, "text": {message}, "linkId": {""},
		"date": {time.Now().UTC().Format(time.DateTime)},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(callbacks, "/")+"/inbox", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if err := fetch(req, nil); err != nil {
		return fmt.Errorf("the gateway did not take it: %w", err)
	}
	_, err = fmt.Fprintf(w.stdout, "%s > %s\n  (taken: it is on disk; the answer leaves by the provider)\n", number, message)
	return err
}
