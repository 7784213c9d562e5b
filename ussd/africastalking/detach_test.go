package africastalking_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/jamakan/jamakan/ussd/africastalking"
)

// A call that is remembered doesn't hold the body it came with: 200 sessions
// out of 60 KB bodies would be 12 MB.
func TestSessionsDoNotHoldBodies(t *testing.T) {
	padding := "&text=" + strings.Repeat("9", 60_000)
	kept := map[string]string{}
	before := heap()
	for i := range 200 {
		body := fmt.Sprintf("sessionId=S%d&phoneNumber=%%2B22376000001&serviceCode=*384*55%%23&networkCode=61002", i)
		got, err := africastalking.Codec{}.Decode(post(body + padding))
		if err != nil || got.Code != "*384*55#" || got.Network != "61002" || len(got.Transcript) != 60_000 {
			t.Fatalf("got %q, %q, %d bytes and %v", got.Code, got.Network, len(got.Transcript), err)
		}
		kept[got.Session] = got.Number + got.Code + got.Network
	}
	if grown := heap() - before; len(kept) != 200 || grown > 2<<20 {
		t.Errorf("got %d sessions in %d KB, want 200 in less than 2 MB", len(kept), grown>>10)
	}
	runtime.KeepAlive(kept)
}

// heap is the memory in use, in bytes.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
