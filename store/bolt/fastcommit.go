package bolt

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Kernels whose ext4 loses synced data when its fast_commit is on: those that
// have it (from 5.10) up to the mends of its long-term lines, 5.10.94 and
// 5.15.27, and 5.17 (bbolt's README, "Known Issues").

// fastCommitBad says whether a kernel, by its release (uname -r), is one.
func fastCommitBad(release string) bool {
	var n [3]int
	for i, part := range strings.SplitN(release, ".", 3) {
		digits := strings.IndexFunc(part, func(r rune) bool { return r < '0' || r > '9' })
		if digits < 0 {
			digits = len(part)
		}
		n[i], _ = strconv.Atoi(part[:digits])
	}
	if n[0] != 5 {
		return false
	}
	switch minor := n[1]; minor {
	case 10:
		return n[2] < 94
	case 15:
		return n[2] < 27
	default:
		return minor > 10 && minor < 17
	}
}

// kernel is the kernel's version as its makers count. Debian and Ubuntu name
// their releases otherwise (5.10.0-28-amd64) and tell it besides.
func kernel(read func(string) ([]byte, error)) string {
	if version, err := read("/proc/version"); err == nil {
		if _, after, ok := strings.Cut(string(version), " Debian "); ok {
			debian, _, _ := strings.Cut(after, " ")
			return debian
		}
	}
	if signature, err := read("/proc/version_signature"); err == nil {
		if f := strings.Fields(string(signature)); len(f) == 3 {
			return f[2]
		}
	}
	release, _ := read("/proc/sys/kernel/osrelease")
	return strings.TrimSpace(string(release))
}

// fastCommit refuses a database on an ext4 whose fast commits are on, under a
// kernel that is known to lose data with them. What can't be told passes.
func fastCommit(path string) error {
	release := kernel(os.ReadFile)
	if !fastCommitBad(release) {
		return nil
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil
	}
	var s syscall.Stat_t
	if err := syscall.Stat(filepath.Dir(path), &s); err != nil {
		return nil
	}
	device := ext4On(string(mounts), s.Dev)
	if device == "" {
		return nil
	}
	options, err := os.ReadFile(filepath.Join("/proc/fs/ext4", filepath.Base(device), "options"))
	if err != nil || !hasLine(string(options), "fast_commit") {
		return nil
	}
	return fmt.Errorf("%s lies on an ext4 with fast_commit, which this kernel (%s) is known to lose votes with: update the kernel, or turn it off: tune2fs -O ^fast_commit %s", path, release, device)
}

// ext4On is the device of the ext4 with that number (proc(5), mountinfo: the
// third field is major:minor; behind the dash come type and source); "": none.
func ext4On(mounts string, dev uint64) string {
	major, minor := dev>>8&0xfff|dev>>32&^0xfff, dev&0xff|dev>>12&^0xff
	for line := range strings.Lines(mounts) {
		before, after, _ := strings.Cut(line, " - ")
		at, on := strings.Fields(before), strings.Fields(after)
		if len(at) > 2 && len(on) > 1 && on[0] == "ext4" && at[2] == fmt.Sprintf("%d:%d", major, uint32(minor)) {
			return on[1]
		}
	}
	return ""
}

func hasLine(text, want string) bool {
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == want {
			return true
		}
	}
	return false
}
