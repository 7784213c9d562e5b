package systrace

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Numbers that package syscall does not name.
const (
	sysRenameat2    = 316
	sysCopyRange    = 326
	sysPwritev      = 296
	sysPwritev2     = 328
	sysIOURingEnter = 426
)

// decode says what a call is about to do to a watched file; nil for others.
func (t *tracer) decode(r *syscall.PtraceRegs) *Call {
	switch r.Orig_rax {
	case syscall.SYS_WRITE:
		return t.write(r, -1)
	case syscall.SYS_PWRITE64:
		return t.write(r, int64(r.R10))
	case syscall.SYS_FSYNC, syscall.SYS_FDATASYNC:
		return t.on(Call{Op: Sync, Path: t.file(r.Rdi)})
	case syscall.SYS_FTRUNCATE:
		return t.on(Call{Op: Truncate, Path: t.file(r.Rdi), Size: int64(r.Rsi)})
	case syscall.SYS_OPENAT:
		if r.Rdx&(syscall.O_CREAT|syscall.O_TRUNC) != 0 {
			return t.on(Call{Op: Create, Path: t.text(r.Rsi)})
		}
	case syscall.SYS_RENAMEAT, sysRenameat2:
		return t.on(Call{Op: Rename, Path: t.text(r.Rsi), To: t.text(r.R10)})
	case syscall.SYS_RENAME:
		return t.on(Call{Op: Rename, Path: t.text(r.Rdi), To: t.text(r.Rsi)})
	case syscall.SYS_UNLINKAT:
		return t.on(Call{Op: Remove, Path: t.text(r.Rsi)})
	case syscall.SYS_UNLINK:
		return t.on(Call{Op: Remove, Path: t.text(r.Rdi)})
	default:
		t.strange(r)
	}
	return nil
}

// write is a write to a watched file, or to the standard output.
func (t *tracer) write(r *syscall.PtraceRegs, offset int64) *Call {
	if r.Rdi == 1 {
		if t.run.Said != nil && !t.run.Said(t.bytes(r.Rsi, r.Rdx)) {
			t.kill()
		}
		return nil
	}
	c := t.on(Call{Op: Write, Path: t.file(r.Rdi), Offset: offset})
	if c == nil {
		return nil
	}
	if offset < 0 { // where the file's position is: of the lock, of a log
		c.Offset = t.position(r.Rdi)
	}
	c.Data = t.bytes(r.Rsi, r.Rdx)
	return c
}

// ended completes a call that succeeded.
func (t *tracer) ended(c *Call, result int64) {
	if c.Op == Write {
		c.Data = c.Data[:result]
	}
}

// strange ends the run when a watched file is changed in a way that the model
// does not know.
func (t *tracer) strange(r *syscall.PtraceRegs) {
	fd := r.Rdi
	switch r.Orig_rax {
	case syscall.SYS_WRITEV, sysPwritev, sysPwritev2, syscall.SYS_FALLOCATE, syscall.SYS_SYNC_FILE_RANGE:
	case syscall.SYS_SENDFILE, syscall.SYS_TRUNCATE:
	case sysCopyRange:
		fd = r.Rdx
	case syscall.SYS_MMAP:
		if fd = r.R8; r.Rdx&syscall.PROT_WRITE == 0 || r.R10&syscall.MAP_SHARED == 0 || int32(fd) < 0 {
			return
		}
	case sysIOURingEnter:
		t.broken = fmt.Errorf("call %d: not known to the model", r.Orig_rax)
		return
	default:
		return
	}
	if path := t.file(fd); t.watched(path) {
		t.broken = fmt.Errorf("%s: changed by call %d, which the model does not know", path, r.Orig_rax)
	}
}

func (t *tracer) on(c Call) *Call {
	if !t.watched(c.Path) {
		return nil
	}
	return &c
}

// watched says whether a path is the folder, or a file in it.
func (t *tracer) watched(path string) bool {
	return path == t.run.Dir || filepath.Dir(path) == t.run.Dir
}

func (t *tracer) file(fd uint64) string {
	path, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", t.pid, int32(fd)))
	if err != nil {
		return ""
	}
	return path
}

func (t *tracer) position(fd uint64) int64 {
	info, err := os.ReadFile(fmt.Sprintf("/proc/%d/fdinfo/%d", t.pid, int32(fd)))
	t.check(err)
	first, _, _ := strings.Cut(string(info), "\n")
	at, err := strconv.ParseInt(strings.TrimSpace(strings.TrimPrefix(first, "pos:")), 10, 64)
	t.check(err)
	return at
}

func (t *tracer) bytes(at, size uint64) []byte {
	b := make([]byte, size)
	_, err := t.mem.ReadAt(b, int64(at))
	t.check(err)
	return b
}

// text reads a path.
func (t *tracer) text(at uint64) string {
	var b [1]byte
	var s strings.Builder
	for s.Len() < 4096 {
		if _, err := t.mem.ReadAt(b[:], int64(at)+int64(s.Len())); err != nil || b[0] == 0 {
			break
		}
		s.WriteByte(b[0])
	}
	return s.String()
}
