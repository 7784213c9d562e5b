package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// crowdSize is how many connections of each kind are opened: JAMAKAN_CROWD, or
// a few.
func crowdSize() int {
	if n, err := strconv.Atoi(os.Getenv("JAMAKAN_CROWD")); err == nil {
		return n
	}
	return 150
}

// moreFiles lets this process and the gateway have as many open files as the
// test needs, or as the system allows.
func moreFiles(t *testing.T, n int) (allowed int) {
	t.Helper()
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &was); err != nil {
		t.Fatal(err)
	}
	want := uint64(n)
	if was.Cur >= want {
		return n
	}
	t.Cleanup(func() { _ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &was) })
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: want, Max: max(want, was.Max)}); err == nil {
		return n
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: was.Max, Max: was.Max}); err != nil {
		t.Fatal(err)
	}
	return int(was.Max)
}

// rssAnon is the memory of a process that is nobody else's, in bytes.
func rssAnon(t *testing.T, pid int) int64 {
	t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return kb << 10
		}
	}
	t.Fatal("no RssAnon")
	return 0
}

// crowdDial opens a connection from one of several addresses of this machine,
// since one has too few ports.
func crowdDial(addr string, i int) (net.Conn, error) {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(2+i%8))}, Timeout: 20 * time.Second}
	return d.Dial("tcp", addr)
}

// undisturbed lets one number vote again and again, and gives the time of each
// turn, shortest first.
func undisturbed(t *testing.T, base, number string, votes int) []time.Duration {
	t.Helper()
	client := &http.Client{Timeout: 30 * time.Second}
	defer client.CloseIdleConnections()
	var took []time.Duration
	for n := range votes {
		noted := false
		var chain []string
		session := fmt.Sprintf("ATUid_%s_%d", number[4:], n)
		for range 16 {
			begun := time.Now()
			said, err := post(context.Background(), client, base, number, session, strings.Join(chain, "*"))
			took = append(took, time.Since(begun))
			if err != nil {
				t.Errorf("vote %d: %v", n, err)
				return took
			}
			if noted = strings.Contains(said, "Gardez ce code") || strings.Contains(said, "Nouveau code"); noted || strings.HasPrefix(said, "END") {
				break
			}
			chain = append(chain, keyFor(said, 1+n%8))
		}
		if !noted {
			t.Errorf("vote %d is not noted", n)
		}
	}
	slices.Sort(took)
	return took
}

func share(took []time.Duration, percent int) time.Duration {
	if len(took) == 0 {
		return 0
	}
	return took[min(len(took)-1, len(took)*percent/100)]
}

// abuse is one kind of bad client.
type abuse struct {
	name string
	// do uses a connection until the gateway ends it.
	do func(net.Conn) error
}

// ends reads until the gateway ends the connection.
func ends(c net.Conn) error {
	_, err := io.Copy(io.Discard, c)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	return nil
}

func abuses() []abuse {
	const head = "POST /ussd/africastalking/demo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
	write := func(c net.Conn, s string) error { _, err := io.WriteString(c, s); return err }
	slow := func(c net.Conn, start string) error {
		if err := write(c, start); err != nil {
			return err
		}
		gone := make(chan error, 1)
		go func() { gone <- ends(c) }()
		tick := time.NewTicker(time.Second) // a byte a second is the abuse itself
		defer tick.Stop()
		for {
			select {
			case err := <-gone:
				return err
			case <-tick.C:
				_ = write(c, "x")
			}
		}
	}
	return []abuse{
		{"nothing at all", ends},
		{"half a head", func(c net.Conn) error { return errors.Join(write(c, head[:60]), ends(c)) }},
		{"half a body", func(c net.Conn) error {
			return errors.Join(write(c, head+"Content-Length: 200\r\n\r\nsessionId=1"), ends(c))
		}},
		{"a body byte by byte", func(c net.Conn) error { return slow(c, head+"Content-Length: 200\r\n\r\n") }},
		{"a head byte by byte", func(c net.Conn) error { return slow(c, head+"X-Slow: ") }},
		{"never reads", func(c net.Conn) error {
			if t, ok := c.(*net.TCPConn); ok {
				_ = t.SetReadBuffer(4096)
			}
			ask := strings.Repeat("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 200)
			for {
				if _, err := io.WriteString(c, ask); err != nil {
					if errors.Is(err, os.ErrDeadlineExceeded) {
						return err
					}
					return nil
				}
			}
		}},
	}
}

// TestCrowd: idle connections and every kind of slow client at once, while
// somebody votes. JAMAKAN_CROWD is how many there are of each of the two.
func TestCrowd(t *testing.T) {
	n := crowdSize()
	slow := n
	if room := moreFiles(t, 2*n*11/10+1000)*10/11 - 2*keptFiles; room < 2*n {
		slow = room - n // each process has a limit of its own
	}
	bin, data := buildGateway(t), t.TempDir()
	cmd, base := gateway(t, bin, data, fmt.Sprintf("JAMAKAN_LIMITS_CONNECTIONS=%d", 2*n+100))
	defer stopGently(t, cmd)
	addr := strings.TrimPrefix(base, "http://")
	votes := 20
	if n > 1000 {
		votes = 200
	}
	before := undisturbed(t, base, "+22376000001", votes)
	empty := rssAnon(t, cmd.Process.Pid)

	idle := make([]net.Conn, n)
	var all sync.WaitGroup
	for part := range 64 {
		all.Go(func() {
			for i := part; i < n; i += 64 {
				c, err := crowdDial(addr, i)
				if err == nil {
					idle[i] = c
					err = askHealth(c)
				}
				if err != nil {
					t.Errorf("idle connection %d: %v", i, err)
					return
				}
			}
		})
	}
	all.Wait()
	if t.Failed() {
		return
	}
	defer func() {
		for _, c := range idle {
			_ = c.Close()
		}
	}()
	withIdle := rssAnon(t, cmd.Process.Pid)

	kinds := abuses()
	// Who never reads asks as fast as it can until the buffers between are full:
	// a few are enough, and they take half a minute to be ended.
	kindOf := func(i int) int {
		if i < 64 && n >= 1000 {
			return len(kinds) - 1
		}
		return i % (len(kinds) - 1)
	}
	var longest [16]atomic.Int64
	var bad sync.WaitGroup
	for i := range slow {
		bad.Go(func() {
			kind := kinds[kindOf(i)]
			c, err := crowdDial(addr, i)
			if err != nil {
				t.Errorf("%s: %v", kind.name, err)
				return
			}
			defer c.Close()
			begun := time.Now()
			_ = c.SetDeadline(begun.Add(90 * time.Second))
			if err := kind.do(c); err != nil && errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("%s: not ended after 90 s", kind.name)
			}
			for took := int64(time.Since(begun)); ; {
				was := longest[kindOf(i)].Load()
				if was >= took || longest[kindOf(i)].CompareAndSwap(was, took) {
					return
				}
			}
		})
	}
	during := undisturbed(t, base, "+22376000002", votes)
	withBoth := rssAnon(t, cmd.Process.Pid)
	for i, c := range idle[:min(50, n)] {
		if err := askHealth(c); err != nil {
			t.Errorf("an idle connection, %d, was ended: %v", i, err)
		}
	}
	bad.Wait()
	after := rssAnon(t, cmd.Process.Pid)
	t.Logf("%d idle and %d slow connections", n, slow)
	t.Logf("RssAnon: %d MB, with the idle %d MB (%d bytes each), with the slow %d MB, after them %d MB",
		empty>>20, withIdle>>20, (withIdle-empty)/int64(n), withBoth>>20, after>>20)
	t.Logf("a turn of a voter: p50 %v p99 %v; meanwhile p50 %v p99 %v (p50 %.1f times)", share(before, 50), share(before, 99), share(during, 50), share(during, 99),
		float64(share(during, 50))/float64(max(share(before, 50), 1)))
	for i, k := range kinds {
		t.Logf("%s: ended after %v at most", k.name, time.Duration(longest[i].Load()).Round(time.Millisecond))
	}
	if each := (withBoth - empty) / int64(n+slow); n >= 1000 && each > 64<<10 {
		t.Errorf("%d bytes for each connection", each)
	}
}

// askHealth asks on an open connection whether the gateway is alive.
func askHealth(c net.Conn) error {
	_ = c.SetDeadline(time.Now().Add(60 * time.Second))
	if _, err := io.WriteString(c, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		return err
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, res.Body)
	return err
}

// TestFewFiles: the system allows few open files, and many connections come:
// the longest waiting go, newcomers are served, and a backup finds its files.
func TestFewFiles(t *testing.T) {
	bin, data := buildGateway(t), t.TempDir()
	shell := filepath.Join(t.TempDir(), "few")
	if err := os.WriteFile(shell, []byte("#!/bin/sh\nulimit -n 600\nexec "+bin+" \"$@\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	cmd, at := gatewayAndAll(t, shell, data)
	defer stopGently(t, cmd)
	addr := strings.TrimPrefix(at["callbacks"], "http://")
	const n = 1500
	var all []net.Conn
	defer func() {
		for _, c := range all {
			_ = c.Close()
		}
	}()
	for i := range n {
		c, err := crowdDial(addr, i)
		if err == nil {
			err = askHealth(c)
		}
		if err != nil {
			t.Fatalf("newcomer %d: %v", i, err)
		}
		all = append(all, c)
	}
	undisturbed(t, at["callbacks"], "+22376000003", 3)
	if said, err := exec.Command(bin, "backup", filepath.Join(t.TempDir(), "b"), "--data", data).CombinedOutput(); err != nil {
		t.Errorf("backup: %v %s", err, said)
	}
	_, families := scrape(t, at["desk"])
	shed := 0.0
	for _, m := range families["jamakan_connections_shed_total"].GetMetric() {
		shed += m.GetCounter().GetValue()
	}
	if shed < n-600 {
		t.Errorf("%v connections were closed to make room", shed)
	}
}

// TestFloodOfOne: one number dials as fast as 64 connections can, and others
// send bodies of a megabyte, while another number votes undisturbed.
// JAMAKAN_CROWD lets it vote longer.
func TestFloodOfOne(t *testing.T) {
	bin, data := buildGateway(t), t.TempDir()
	cmd, at := gatewayAndAll(t, bin, data, "JAMAKAN_LIMITS_DIALS=60")
	defer stopGently(t, cmd)
	base := at["callbacks"]
	votes := 8
	if crowdSize() >= 1000 {
		votes = 50 // 60 dials of one number in ten minutes
	}
	before := undisturbed(t, base, "+22376000004", votes)
	empty := rssAnon(t, cmd.Process.Pid)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var flood sync.WaitGroup
	var dials, large, odd atomic.Int64
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 128}}
	body := strings.Repeat("text=x&", 1<<20/7)
	for worker := range 64 {
		flood.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				if worker%8 == 0 {
					req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/ussd/africastalking/demo", strings.NewReader(body))
					if err != nil {
						return
					}
					if res, err := client.Do(req); err == nil { // else the gateway hung up on the body: also right
						_ = res.Body.Close()
						if res.StatusCode != http.StatusRequestEntityTooLarge {
							odd.Add(1)
						}
					}
					large.Add(1)
					continue
				}
				said, err := post(ctx, client, base, "+22376000005", fmt.Sprintf("ATUid_%d_%d", worker, i), "")
				if err == nil && !strings.HasPrefix(said, "CON ") && !strings.HasPrefix(said, "END ") {
					odd.Add(1)
				}
				dials.Add(1)
			}
		})
	}
	until(t, t.Context(), "a flood", func() bool { return dials.Load() >= 500 && large.Load() >= 20 })
	during := undisturbed(t, base, "+22376000006", votes)
	full := rssAnon(t, cmd.Process.Pid)
	stop()
	flood.Wait()
	_, families := scrape(t, at["desk"])
	refused := map[string]float64{}
	for _, m := range families["jamakan_refused_total"].GetMetric() {
		for _, l := range m.GetLabel() {
			if l.GetName() == "reason" {
				refused[l.GetValue()] += m.GetCounter().GetValue()
			}
		}
	}
	t.Logf("%d dials of one number and %d bodies of a megabyte; refused: %v; RssAnon %d MB, then %d MB", dials.Load(), large.Load(), refused, empty>>20, full>>20)
	t.Logf("a turn of a voter: p50 %v p99 %v; meanwhile p50 %v p99 %v: %.1f and %.1f times", share(before, 50), share(before, 99), share(during, 50), share(during, 99),
		float64(share(during, 50))/float64(share(before, 50)), float64(share(during, 99))/float64(share(before, 99)))
	if odd.Load() > 0 {
		t.Errorf("%d odd answers", odd.Load())
	}
	if refused["limited_number"] < float64(dials.Load())/2 || refused["too_large"] == 0 {
		t.Errorf("refusals are not counted: %v", refused)
	}
	if full > 300<<20 {
		t.Errorf("%d MB", full>>20)
	}
}
