package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// The load is made by another process, so that the server's CPU is its own.
// Phones speak bare HTTP/1.1 over kept connections: the cheapest client there
// is, because it shares the machine with the server.

// loadAsk is what a load does: phones dial, press keys, and dial again as
// another number, until the time is over.
type loadAsk struct {
	Addr   string
	Phones int
	For    time.Duration
	First  int      // first caller: numbers go on from here
	Keys   []string // of one session after the dial; "N" is a number of 1 to 8 that changes
	Texts  bool     // one SMS a session instead of a call: an opinion from a phone of its own
	Rate   float64  // sessions started a second in all; 0: as fast as answers come
}

// loadSaid is what a load saw.
type loadSaid struct {
	Callbacks, Sessions int
	Seconds             float64
	P50, P99, Worst     time.Duration // of the last answer of a session
	Odd                 string        // an answer that does not start with CON or END
	Last                string        // one last answer, to see that sessions end well
}

// loadMain is the other process.
func loadMain(ask string) error {
	var a loadAsk
	if err := json.Unmarshal([]byte(ask), &a); err != nil {
		return err
	}
	var (
		mu    sync.Mutex
		said  loadSaid
		lasts []time.Duration
		wg    sync.WaitGroup
		next  = make(chan int, a.Phones)
		begun = time.Now()
		until = begun.Add(a.For)
	)
	go func() {
		defer close(next)
		for n := a.First; time.Now().Before(until); n++ {
			if a.Rate > 0 {
				due := begun.Add(time.Duration(float64(n-a.First) / a.Rate * float64(time.Second)))
				time.Sleep(time.Until(due)) // the rate itself, in the load's process
			}
			next <- n
		}
	}()
	for range a.Phones {
		wg.Go(func() {
			c, err := net.Dial("tcp", a.Addr)
			if err != nil {
				return
			}
			defer c.Close()
			p := bare{conn: c, r: bufio.NewReaderSize(c, 4096)}
			mine := loadSaid{}
			var my []time.Duration
			for n := range next {
				last, took, callbacks, err := p.session(a, n)
				if err != nil {
					mine.Odd = err.Error()
					break
				}
				mine.Callbacks += callbacks
				mine.Sessions++
				mine.Last = last
				my = append(my, took)
				if !strings.HasPrefix(last, "CON ") && !strings.HasPrefix(last, "END ") {
					mine.Odd = last
				}
			}
			mu.Lock()
			defer mu.Unlock()
			said.Callbacks += mine.Callbacks
			said.Sessions += mine.Sessions
			said.Last = mine.Last
			if mine.Odd != "" {
				said.Odd = mine.Odd
			}
			lasts = append(lasts, my...)
		})
	}
	wg.Wait()
	said.Seconds = time.Since(begun).Seconds()
	slices.Sort(lasts)
	if n := len(lasts); n > 0 {
		said.P50, said.P99, said.Worst = lasts[n/2], lasts[n*99/100], lasts[n-1]
	}
	return json.NewEncoder(os.Stdout).Encode(said)
}

// bare is one phone's connection.
type bare struct {
	conn net.Conn
	r    *bufio.Reader
	out  []byte
}

func (p *bare) session(a loadAsk, n int) (last string, took time.Duration, callbacks int, err error) {
	if a.Texts {
		begun := time.Now()
		last, err = p.send("/sms/africastalking/demo/inbox", fmt.Sprintf(
			"date=2026-11-24+09%%3A15%%3A02&from=%%2B2237%07d&id=%d&linkId=&text=la+pompe+%d+est+en+panne&to=36055&networkCode=99999", n%10_000_000, n, n))
		return "END " + last, time.Since(begun), 1, err
	}
	number := fmt.Sprintf("%%2B2237%07d", n%10_000_000)
	session := fmt.Sprintf("ATUid_%032x", n)
	text := ""
	for i := -1; i < len(a.Keys); i++ {
		if i >= 0 {
			key := a.Keys[i]
			if key == "N" {
				key = strconv.Itoa(1 + n%8)
			}
			if text != "" {
				text += "*"
			}
			text += key
		}
		begun := time.Now()
		if last, err = p.post(number, session, text); err != nil {
			return last, took, callbacks, err
		}
		took = time.Since(begun)
		callbacks++
	}
	return last, took, callbacks, nil
}

func (p *bare) post(number, session, text string) (string, error) {
	body := "phoneNumber=" + number + "&serviceCode=%2A384%2A55%23&text=" + url.QueryEscape(text) + "&sessionId=" + session + "&networkCode=99999"
	return p.send("/ussd/africastalking/demo", body)
}

// send posts a form and reads the answer.
func (p *bare) send(path, body string) (string, error) {
	p.out = append(p.out[:0], "POST "+path+" HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "...)
	p.out = strconv.AppendInt(p.out, int64(len(body)), 10)
	p.out = append(p.out, "\r\n\r\n"...)
	p.out = append(p.out, body...)
	if _, err := p.conn.Write(p.out); err != nil {
		return "", err
	}
	status, err := p.r.ReadString('\n')
	if err != nil {
		return "", err
	}
	if !strings.HasPrefix(status, "HTTP/1.1 200") {
		return "", fmt.Errorf("answered %s", strings.TrimSpace(status))
	}
	length := 0
	for {
		line, err := p.r.ReadString('\n')
		if err != nil {
			return "", err
		}
		if line == "\r\n" {
			break
		}
		if v, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			length, _ = strconv.Atoi(strings.TrimSpace(v))
		}
	}
	answer := make([]byte, length)
	for got := 0; got < length; {
		n, err := p.r.Read(answer[got:])
		if err != nil {
			return "", err
		}
		got += n
	}
	return string(answer), nil
}

// runLoad starts the other process and waits for what it saw.
func runLoad(tb testing.TB, a loadAsk) loadSaid {
	tb.Helper()
	ask, err := json.Marshal(a)
	if err != nil {
		tb.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "JAMAKAN_LOAD="+string(ask))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		tb.Fatalf("load: %v", err)
	}
	var said loadSaid
	if err := json.Unmarshal(out, &said); err != nil {
		tb.Fatal(err)
	}
	if said.Odd != "" {
		tb.Fatalf("odd answer: %s", said.Odd)
	}
	return said
}
