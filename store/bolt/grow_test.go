package bolt

import (
	"errors"
	"os"
	"syscall"
	"testing"

	"github.com/jamakan/jamakan/store"
)

// TestTheFileGrowsAhead: no page is written where the file had not been
// written and synced before.
func TestTheFileGrowsAhead(t *testing.T) {
	e := opened(t, Options{InitialMmap: 64 << 10})
	for n := range uint32(1500) {
		if err := cast(t, e, n); err != nil {
			t.Fatal(err)
		}
	}
	used, synced := e.used()+e.free(), e.ground.synced
	info, err := os.Stat(e.opts.Path)
	if err != nil {
		t.Fatal(err)
	}
	if used > synced || synced > info.Size() || info.Size() > used+2*growMost {
		t.Errorf("%d used, %d synced, %d long", used, synced, info.Size())
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Blocks*512 < info.Size()*9/10 {
		t.Errorf("the file has holes: %d bytes of %d are on the disk", stat.Blocks*512, info.Size())
	}
	whole(t, e)
}

// TestReserve: with only the reserve left, what citizens send is refused, and
// the house's own work goes on.
func TestReserve(t *testing.T) {
	e := opened(t, Options{Reserve: 1 << 60})
	if err := cast(t, e, 1); !errors.Is(err, store.ErrRefused) {
		t.Errorf("%v, want ErrRefused", err)
	}
	if h := e.Health(); !errors.Is(h.Err, store.ErrRefused) || h.Room > 0 {
		t.Errorf("health %+v", h)
	}
	own := ballot(e, 2)
	own.Forget = true
	if _, err := e.Do(t.Context(), own); err != nil {
		t.Errorf("the house's own work: %v", err)
	}
	e.opts.Reserve = 1 // room again
	if err := cast(t, e, 1); err != nil {
		t.Errorf("with room: %v", err)
	}
	if h := e.Health(); h.Err != nil || h.Room <= 0 {
		t.Errorf("health with room %+v", h)
	}
	whole(t, e)
}
