package bolt

import (
	"os"
	"strings"
	"syscall"
	"testing"
)

func TestFastCommit(t *testing.T) {
	for release, bad := range map[string]bool{
		"5.4.0-42-generic": false, "5.10.0-8-amd64": true, "5.10.93": true, "5.10.94": false, "5.10.209-1": false,
		"5.11.22": true, "5.15.0-91-generic": true, "5.15.27": false, "5.16.1": true, "5.17.0": false, "6.1.0-18-amd64": false, "6.12": false, "": false, "x.y": false,
	} {
		if got := fastCommitBad(release); got != bad {
			t.Errorf("%q: %v", release, got)
		}
	}
	mounts := "29 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n30 29 8:17 / /srv rw - xfs /dev/sdb1 rw\n"
	for dev, want := range map[uint64]string{254<<8 | 1: "/dev/vda1", 8<<8 | 17: "", 0: ""} {
		if got := ext4On(mounts, dev); got != want {
			t.Errorf("%d: %q, want %q", dev, got, want)
		}
	}
	if !hasLine("rw\nfast_commit\n", "fast_commit") || hasLine("rw\nno_fast_commit\n", "fast_commit") {
		t.Error("options are misread")
	}
}

func TestKernel(t *testing.T) {
	for want, files := range map[string]map[string]string{
		"5.10.209-2": {"/proc/version": "Linux version 5.10.0-28-amd64 (x@y) (gcc) #1 SMP Debian 5.10.209-2 (2024-01-31)\n", "/proc/sys/kernel/osrelease": "5.10.0-28-amd64\n"},
		"5.15.131":   {"/proc/version": "Linux version 5.15.0-91-generic\n", "/proc/version_signature": "Ubuntu 5.15.0-91.101-generic 5.15.131\n"},
		"6.1.7":      {"/proc/sys/kernel/osrelease": "6.1.7\n"},
		"":           {},
	} {
		if got := kernel(func(name string) ([]byte, error) {
			if text, ok := files[name]; ok {
				return []byte(text), nil
			}
			return nil, os.ErrNotExist
		}); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// The device numbers of this machine's own mounts are read as the kernel
// writes them.
func TestExt4OfThisMachine(t *testing.T) {
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for line := range strings.Lines(string(mounts)) {
		before, after, _ := strings.Cut(line, " - ")
		at, on := strings.Fields(before), strings.Fields(after)
		var s syscall.Stat_t
		if len(on) < 2 || on[0] != "ext4" || syscall.Stat(at[4], &s) != nil {
			continue
		}
		seen++
		if got := ext4On(string(mounts), s.Dev); got == "" {
			t.Errorf("%s, %s: not found", at[4], at[2])
		}
	}
	t.Logf("%d ext4 mounts", seen)
}
