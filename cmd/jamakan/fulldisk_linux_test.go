package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestFullDisk fills the real disk of the real gateway while 50 phones vote,
// with a reserve and without one: "not noted" is said, /readyz says refused,
// nothing is half-written; with room again votes go on by themselves, and after
// a kill -9 every receipt is there. It needs root, to mount a small disk; where
// all tests must have run it may not be left out.
func TestFullDisk(t *testing.T) {
	bin := buildGateway(t)
	for _, reserve := range []string{"0MB", "1MB"} {
		t.Run("reserve "+reserve, func(t *testing.T) { fullDisk(t, bin, reserve) })
	}
}

func fullDisk(t *testing.T, bin, reserve string) {
	data := t.TempDir()
	if err := syscall.Mount("tmpfs", data, "tmpfs", 0, "size=8m,mode=700"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("no tmpfs can be mounted, and CI is set: a full disk was not tried: %v", err)
		}
		t.Skipf("a full disk is not tried: no tmpfs can be mounted: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(data, syscall.MNT_DETACH) })
	cmd, base := gateway(t, bin, data, "JAMAKAN_STORE_MMAP=64KB", "JAMAKAN_STORE_RESERVE="+reserve)
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Minute)
	defer stop()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	a := &acks{receipts: map[string]int{}}
	var phones sync.WaitGroup
	for i := range 50 {
		phones.Go(func() { votes(ctx, client, base, fmt.Sprintf("+2237600%04d", i), a, uint64(i)) })
	}
	until(t, ctx, "refused", func() bool {
		status, body := fetched(t, base+"/readyz")
		return status == http.StatusServiceUnavailable && strings.Contains(body, "not ready to record: refused")
	})
	full := a.count()
	calls := 0
	until(t, ctx, "told that a vote is not noted", func() bool { // pages that fall free take some votes still
		calls++
		return strings.Contains(oneVote(t, ctx, client, base, fmt.Sprintf("+223760099%02d", calls%100), calls, a), "PAS not")
	})
	if err := syscall.Mount("tmpfs", data, "tmpfs", syscall.MS_REMOUNT, "size=64m,mode=700"); err != nil {
		t.Fatal(err)
	}
	until(t, ctx, "ready, and 100 votes more", func() bool {
		status, _ := fetched(t, base+"/readyz")
		return status == http.StatusOK && a.count() > full+100
	})
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	stop()
	phones.Wait()
	v := verdictOf(t, data)
	if missing, twice := lost(v, a); len(missing)+len(twice)+len(v.Problems) > 0 || v.Ballots != v.Voters {
		t.Errorf("%d receipts lost, %d twice, %d ballots of %d voters, %v", len(missing), len(twice), v.Ballots, v.Voters, v.Problems)
	}
	t.Logf("%d receipts before the disk was full, %d in all, none lost", full, a.count())
}

// oneVote is all that a number hears in one call: what can't be noted is
// offered once more.
func oneVote(t *testing.T, ctx context.Context, client *http.Client, base, number string, n int, a *acks) (said string) {
	t.Helper()
	var chain []string
	for range 16 {
		answer, err := post(ctx, client, base, number, fmt.Sprint("ATUid_full_", n), strings.Join(chain, "*"))
		if err != nil {
			t.Fatal(err)
		}
		if codes := receiptIn.FindAllString(answer, -1); strings.Contains(answer, "Gardez ce code") && len(codes) > 0 {
			a.add(codes[len(codes)-1])
		}
		if said += answer + "\n"; strings.HasPrefix(answer, "END ") {
			return said
		}
		chain = append(chain, keyFor(answer, 1))
	}
	return said
}
