package africastalking

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/AndroidStudyOpenSource/africastalking-go/util"

	"github.com/jamakan/jamakan/sms"
	"github.com/jamakan/jamakan/store/outbox"
)

// Account is an account at the provider.
type Account struct {
	Username string
	APIKey   string
	From     string // sender name or short code; "" lets the provider choose
	// API replaces the provider's host: http://127.0.0.1:8082 for a sandbox.
	// Empty: the provider's, in service or its own sandbox by Username.
	API string
}

var _ sms.Carrier = (*Carrier)(nil)

// Carrier hands messages over. It is safe for concurrent use.
type Carrier struct {
	account Account
	url     string
	client  *http.Client
}

// errAPI: the account's API address can't be used.
var errAPI = errors.New("the address of the API can't be used; write it like https://api.africastalking.com")

// New makes a carrier.
func New(a Account) (*Carrier, error) {
	at, err := endpoint(a)
	if err != nil {
		return nil, err
	}
	return &Carrier{account: a, url: at, client: sms.NewClient()}, nil
}

// endpoint is the messaging address: the client's path on the host wanted.
func endpoint(a Account) (string, error) {
	env := "production"
	if a.Username == "sandbox" {
		env = "sandbox" // the client's word; any other means production
	}
	given := util.GetSmsURL(env)
	if a.API == "" {
		return given, nil
	}
	host, err := url.Parse(a.API)
	if err != nil || host.Host == "" || host.Scheme != "https" && host.Scheme != "http" || host.RawQuery != "" {
		return "", fmt.Errorf("%w: %q", errAPI, a.API)
	}
	path, err := url.Parse(given)
	if err != nil {
		return "", fmt.Errorf("%w: %w", errAPI, err)
	}
	host.Path = strings.TrimSuffix(host.Path, "/") + path.Path
	return host.String(), nil
}

// Send hands one message over.
func (c *Carrier) Send(ctx context.Context, m sms.Outgoing) outbox.Result {
	values := url.Values{"username": {c.account.Username}, "to": {m.To}, "message": {m.Text}, "bulkSMSMode": {"1"}}
	if c.account.From != "" {
		values.Set("from", c.account.From)
	}
	if m.Bulk {
		values.Set("enqueue", "1")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, strings.NewReader(values.Encode()))
	if err != nil {
		return outbox.Result{Class: outbox.Account, Code: "address", Reason: "the address of the API can't be used"}
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "jamakan")
	req.Header.Set("apiKey", c.account.APIKey)
	status, header, body, r, ok := sms.Hand(c.client, req)
	if !ok {
		return r
	}
	return Classify(status, body, m.To, retryAfter(header.Get("Retry-After")))
}

// retryAfter reads seconds; a date is rare and left to our own waits.
func retryAfter(s string) time.Duration {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 0 || n > 86400 {
		return 0
	}
	return time.Duration(n) * time.Second
}
