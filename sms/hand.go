package sms

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/jamakan/jamakan/store/outbox"
)

// NewClient is the HTTP client of carriers: it follows no redirect, which
// would take the key to another host, and its idle connections end before any
// server's, so that no request meets one that is closing.
func NewClient() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout: 10 * time.Second,
			MaxConnsPerHost:     16, MaxIdleConnsPerHost: 16,
			IdleConnTimeout:        5 * time.Second,
			MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// maxAnswer is how many bytes are read of a provider's answer.
const maxAnswer = 1 << 20

// Hand makes one request, once, and reads a bounded answer. When there is none
// to read, ok is false and r says what that means: Transient only if no byte
// of the request can have arrived.
func Hand(client *http.Client, req *http.Request) (status int, header http.Header, body []byte, r outbox.Result, ok bool) {
	var reached atomic.Bool
	ctx := httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { reached.Store(true) }})
	res, err := client.Do(req.WithContext(ctx))
	if err != nil {
		var op *net.OpError
		if !reached.Load() || errors.As(err, &op) && op.Op == "dial" {
			return 0, nil, nil, outbox.Result{Class: outbox.Transient, Code: "connection", Reason: "the provider can't be reached"}, false
		}
		// The request may have been read whole: nobody knows.
		return 0, nil, nil, outbox.Result{Class: outbox.Ambiguous, Code: "connection", Reason: "no answer"}, false
	}
	defer res.Body.Close()
	body, err = io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil && res.StatusCode/100 == 2 {
		return 0, nil, nil, outbox.Result{Class: outbox.Ambiguous, Code: strconv.Itoa(res.StatusCode), Reason: "the answer broke off"}, false
	}
	return res.StatusCode, res.Header, body, outbox.Result{}, true
}
