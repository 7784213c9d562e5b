package generic

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/jamakan/jamakan/callback"
	"github.com/jamakan/jamakan/sms"
	"github.com/jamakan/jamakan/store/outbox"
)

// Account is what fills the templates besides a message.
type Account struct{ Username, APIKey, From string }

var _ sms.Carrier = (*Carrier)(nil)

// Carrier hands messages over. It is safe for concurrent use.
type Carrier struct {
	cfg     Config
	account Account
	headers [][2]string
	taken   []callback.Rule
	refused []callback.Rule
	client  *http.Client
}

// NewCarrier makes a carrier.
func NewCarrier(cfg Config, a Account) (*Carrier, error) {
	c := &Carrier{cfg: cfg, account: a, client: sms.NewClient()}
	at, err := url.Parse(callback.Fill(cfg.Send, false, func(string) (string, bool) { return "x", true }))
	if err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http" {
		return nil, fmt.Errorf("%w: send: %q is no address; write it like https://host/path", ErrConfig, cfg.Send)
	}
	for _, h := range cfg.Headers {
		name, value, ok := strings.Cut(h, ":")
		if !ok || strings.EqualFold(strings.TrimSpace(name), "Idempotency-Key") {
			// net/http repeats requests that carry that one by itself.
			return nil, fmt.Errorf("%w: headers: %q; write Name: value", ErrConfig, h)
		}
		c.headers = append(c.headers, [2]string{strings.TrimSpace(name), strings.TrimSpace(value)})
	}
	if c.taken, err = callback.ParseRules(cfg.Taken); err != nil {
		return nil, fmt.Errorf("%w: taken: %w", ErrConfig, err)
	}
	if c.refused, err = callback.ParseRules(cfg.Refused); err != nil {
		return nil, fmt.Errorf("%w: refused: %w", ErrConfig, err)
	}
	return c, nil
}

// Send hands one message over.
func (c *Carrier) Send(ctx context.Context, m sms.Outgoing) outbox.Result {
	req, err := c.request(ctx, m)
	if err != nil {
		return outbox.Result{Class: outbox.Account, Code: "address", Reason: "the request can't be made"}
	}
	status, _, body, r, ok := sms.Hand(c.client, req)
	if !ok {
		return r
	}
	return c.classify(status, body)
}

func (c *Carrier) request(ctx context.Context, m sms.Outgoing) (*http.Request, error) {
	named := map[string]string{"to": m.To, "from": c.account.From, "username": c.account.Username, "api_key": c.account.APIKey, "ref": m.Ref, "text": m.Text}
	plain := func(name string) (string, bool) { v, ok := named[name]; return v, ok }
	escaped := func(name string) (string, bool) { v, ok := named[name]; return url.QueryEscape(v), ok }
	get := plain
	if !strings.Contains(c.cfg.Type, "json") {
		get = escaped
	}
	body := callback.Fill(c.cfg.Body, strings.Contains(c.cfg.Type, "json"), get)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, callback.Fill(c.cfg.Send, false, escaped), bytes.NewReader([]byte(body)))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", c.cfg.Type)
	req.Header.Set("User-Agent", "jamakan")
	for _, h := range c.headers {
		req.Header.Set(h[0], callback.Fill(h[1], false, plain))
	}
	return req, nil
}

// classify says what an answer means.
func (c *Carrier) classify(status int, body []byte) outbox.Result {
	r := outbox.Result{Code: strconv.Itoa(status), Reason: http.StatusText(status)}
	v, err := callback.Parse(callback.Request{Method: http.MethodPost, Body: body}, callback.JSON)
	readable := err == nil
	switch {
	case readable && v.Match(c.refused):
		r.Class, r.Reason = outbox.Permanent, "refused"
	case status/100 == 2 && len(c.taken) > 0 && !readable:
		r.Class, r.Reason = outbox.Ambiguous, "the answer can't be read"
	case status/100 == 2 && len(c.taken) > 0 && !v.Match(c.taken):
		r.Class, r.Reason = outbox.Account, "a success that took nothing"
	case status/100 == 2:
		r.Class, r.Handle = outbox.Took, v.Text(c.cfg.Handle)
		r.Cost, _ = outbox.ParseMoney(v.Text(c.cfg.Cost)) // what can't be read is not counted
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		r.Class = outbox.Transient
	case status == http.StatusBadRequest, status == http.StatusRequestEntityTooLarge, status == http.StatusUnprocessableEntity:
		r.Class = outbox.Permanent
	case status/100 == 3 || status/100 == 4:
		r.Class = outbox.Account
	default:
		r.Class = outbox.Ambiguous
	}
	return r
}
