package bolt

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// filled makes a database of n ballots, each by another number with a profile
// and a call's position, without waiting for the disk.
func filled(b *testing.B, n int) string {
	b.Helper()
	e := opened(b, Options{Path: filepath.Join(b.TempDir(), "jamakan.db"), noSync: true, InitialMmap: 4 << 30})
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 512 {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				if err := cast(b, e, uint32(i)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if err := e.Close(); err != nil {
		b.Fatal(err)
	}
	return e.opts.Path
}

// BenchmarkMillion is the store with 10,000 and with 1,000,000 ballots: bytes
// each, start, memory, votes a second from 256 writers, and the worst vote
// while a backup or an export runs.
func BenchmarkMillion(b *testing.B) {
	for _, n := range []int{10_000, 1_000_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			path := filled(b, n)
			info, err := os.Stat(path)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(info.Size())/float64(n), "B/ballot")
			b.ReportMetric(resident(b, path), "MB-anon")
			for range b.N {
				begun := time.Now()
				e := opened(b, Options{Path: path, InitialMmap: 4 << 30})
				b.ReportMetric(time.Since(begun).Seconds(), "s-start")
				begun = time.Now()
				const votes = 40_000
				worst := voting(b, e, n, votes, 256)
				b.ReportMetric(votes/time.Since(begun).Seconds(), "votes/s")
				b.ReportMetric(float64(worst.Milliseconds()), "ms-worst")
				b.ReportMetric(float64(during(b, e, n+votes, func() error {
					_, err := e.Backup(context.Background(), io.Discard)
					return err
				}).Milliseconds()), "ms-worst-in-backup")
				b.ReportMetric(float64(during(b, e, n+votes+5000, func() error { return tally(e) }).Milliseconds()), "ms-worst-in-export")
				if err := e.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// voting casts more ballots and returns the slowest answer.
func voting(b *testing.B, e *Engine, from, votes, writers int) time.Duration {
	b.Helper()
	var next atomic.Int64
	var worst atomic.Int64
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(votes); i = next.Add(1) {
				begun := time.Now()
				if err := cast(b, e, uint32(int64(from)+i)); err != nil {
					b.Error(err)
					return
				}
				if took := int64(time.Since(begun)); took > worst.Load() {
					worst.Store(took)
				}
			}
		})
	}
	wg.Wait()
	return time.Duration(worst.Load())
}

// during votes while something long is done.
func during(b *testing.B, e *Engine, from int, long func() error) time.Duration {
	b.Helper()
	done := make(chan error, 1)
	go func() { done <- long() }()
	worst := voting(b, e, from, 5000, 16)
	if err := <-done; err != nil {
		b.Error(err)
	}
	return worst
}

// tally reads what an export reads, and, to be harder, the whole log, three
// times.
func tally(e *Engine) error {
	for range 3 {
		err := e.View(context.Background(), func(s store.Snapshot) error {
			if _, err := s.Counts("C"); err != nil {
				return err
			}
			return s.Records(1, func(civic.Record) bool { return true })
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// resident opens the database in another process and asks how much memory of
// its own it holds.
func resident(b *testing.B, path string) float64 {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "JAMAKAN_RESIDENT="+path)
	out, err := cmd.Output()
	if err != nil {
		b.Fatal(err)
	}
	kb, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		b.Fatal(err)
	}
	return kb / 1024
}

// TestMain lets this test binary be the process whose memory is measured.
func TestMain(m *testing.M) {
	path := os.Getenv("JAMAKAN_RESIDENT")
	if path == "" {
		os.Exit(m.Run())
	}
	e, err := Open(Options{Path: path, Now: time.Now, InitialMmap: 4 << 30})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	debug.FreeOSMemory()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for s := bufio.NewScanner(bytes.NewReader(status)); s.Scan(); {
		if kb, ok := strings.CutPrefix(s.Text(), "RssAnon:"); ok {
			fmt.Println(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(kb), "kB")))
		}
	}
	if err := e.Close(); err != nil {
		os.Exit(1)
	}
}
