package sandbox

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// call is a callback to be answered by the gateway.
type call struct {
	key   string // orders the callbacks of one message
	path  string
	form  map[string]string
	due   time.Time
	tries int
}

// giveUp is how long the provider repeats a callback.
const giveUp = 12 * time.Hour

// post schedules a callback. The lock is held.
func (s *Sandbox) post(key, path string, form map[string]string, after time.Duration) {
	s.calls = append(s.calls, call{key: key, path: path, form: form, due: s.cfg.Now().Add(after)})
}

// retry is how long a callback waits after so many refusals.
func retry(tries int) time.Duration {
	steps := []time.Duration{200, 500, 1000, 2000, 5000}
	return steps[min(tries, len(steps))-1] * time.Millisecond
}

// parallel is how many callbacks are under way at once.
const parallel = 16

// Run delivers callbacks until the context ends.
func (s *Sandbox) Run(ctx context.Context) error {
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: parallel}}
	defer client.CloseIdleConnections()
	var workers sync.WaitGroup
	slots := make(chan struct{}, parallel)
	for ctx.Err() == nil {
		due, wait := s.due()
		for _, c := range due {
			slots <- struct{}{}
			workers.Go(func() {
				defer func() { <-slots }()
				s.deliver(ctx, client, c)
			})
		}
		if len(due) > 0 {
			continue
		}
		sleep := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-s.wake:
		case <-sleep.C:
		}
		sleep.Stop()
	}
	workers.Wait()
	return nil
}

// due takes the callbacks that are due, in order, or says how long to wait.
func (s *Sandbox) due() (due []call, wait time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.cfg.Now()
	wait = time.Second
	if s.callbacks == "" {
		return nil, wait
	}
	kept := s.calls[:0]
	for _, c := range s.calls {
		if c.due.After(now) {
			wait = min(wait, c.due.Sub(now))
			kept = append(kept, c)
			continue
		}
		due = append(due, c)
	}
	s.calls = kept
	slices.SortStableFunc(due, func(a, b call) int { return cmp.Compare(a.due.UnixNano(), b.due.UnixNano()) })
	return due, max(wait, time.Millisecond)
}

// deliver posts one callback; refused, it is posted again later.
func (s *Sandbox) deliver(ctx context.Context, client *http.Client, c call) {
	values := url.Values{}
	for k, v := range c.form {
		values.Set(k, v)
	}
	s.mu.Lock()
	base := s.callbacks
	s.mu.Unlock()
	status := 0
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+c.path, strings.NewReader(values.Encode()))
	if err == nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		var res *http.Response
		if res, err = client.Do(req); err == nil {
			status = res.StatusCode
			_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20)) // read so that the connection is used again
			err = res.Body.Close()
		}
	}
	if status == http.StatusOK && err == nil {
		return
	}
	c.tries++
	s.cfg.Logger.Debug("a callback was not taken", "path", c.path, "status", status, "tries", c.tries)
	if c.tries > int(giveUp/(5*time.Second)) {
		return
	}
	s.mu.Lock()
	c.due = s.cfg.Now().Add(retry(c.tries))
	s.calls = append(s.calls, c)
	s.mu.Unlock()
}
