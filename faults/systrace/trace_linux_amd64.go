package systrace

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"
)

// What package syscall does not name (linux/ptrace.h, linux/wait.h).
const (
	optSysgood  = 0x1
	optClone    = 0x8
	optExitKill = 0x100000
	waitAll     = 0x40000000
	waitMine    = 0x20000000 // children of this thread only: the test has others
	syscallStop = syscall.SIGTRAP | 0x80
)

// tracer is a run under way. All of it is done by one locked thread.
type tracer struct {
	run     Run
	pid     int
	mem     *os.File
	threads map[int]*thread
	killed  bool
	seen    int   // calls that ended
	broken  error // a call that the model does not know
}

// thread is one thread of the program, and the call it is in.
type thread struct {
	within bool
	call   *Call
	fail   syscall.Errno
}

// Do runs the program to its end. The state is nil when it could not be
// traced at all.
func (r Run) Do() (state syscall.WaitStatus, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread that traces ends with this
		state, err = r.do()
	}()
	<-done
	return state, err
}

func (r Run) do() (state syscall.WaitStatus, err error) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return 0, err
	}
	defer null.Close()
	errs := null.Fd()
	if r.Stderr != 0 {
		errs = r.Stderr
	}
	pid, err := syscall.ForkExec(r.Args[0], r.Args, &syscall.ProcAttr{
		Env: r.Env, Files: []uintptr{null.Fd(), null.Fd(), errs}, Sys: &syscall.SysProcAttr{Ptrace: true},
	})
	if err != nil {
		return 0, fmt.Errorf("the program can't be traced: %w", err)
	}
	t := &tracer{run: r, pid: pid, threads: map[int]*thread{pid: {}}}
	if _, err := syscall.Wait4(pid, &state, waitAll, nil); err != nil {
		return 0, err
	}
	// Its threads are followed, its children are not: they have files of their own.
	if err := syscall.PtraceSetOptions(pid, optSysgood|optClone|optExitKill); err != nil {
		return 0, fmt.Errorf("the program can't be traced: %w", err)
	}
	if t.mem, err = os.Open(fmt.Sprintf("/proc/%d/mem", pid)); err != nil {
		return 0, err
	}
	defer t.mem.Close()
	if err := syscall.PtraceSyscall(pid, 0); err != nil {
		return 0, err
	}
	return t.loop()
}

// loop goes from stop to stop until the program has ended.
func (t *tracer) loop() (state syscall.WaitStatus, err error) {
	for {
		tid, err := syscall.Wait4(-1, &state, waitAll|waitMine, nil)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil {
			return state, fmt.Errorf("waiting for the traced program: %w", err)
		}
		if state.Exited() || state.Signaled() {
			if tid == t.pid {
				return state, t.broken
			}
			delete(t.threads, tid)
			continue
		}
		deliver := t.stopped(tid, state)
		if t.broken != nil {
			t.kill()
		}
		if err := syscall.PtraceSyscall(tid, int(deliver)); err != nil && !errors.Is(err, syscall.ESRCH) {
			return state, err
		}
	}
}

// stopped looks at one stop and says which signal the thread is to get.
func (t *tracer) stopped(tid int, state syscall.WaitStatus) syscall.Signal {
	th, known := t.threads[tid]
	if !known {
		t.threads[tid] = &thread{}
		return 0 // a new thread's first stop
	}
	switch signal := state.StopSignal(); {
	case signal == syscallStop:
		if th.within = !th.within; th.within {
			t.entry(tid, th)
		} else {
			t.exit(tid, th)
		}
		return 0
	case signal == syscall.SIGTRAP && state.TrapCause() > 0, signal == syscall.SIGSTOP:
		return 0
	default:
		return signal
	}
}

// entry looks at a call that is about to run.
func (t *tracer) entry(tid int, th *thread) {
	var regs syscall.PtraceRegs
	if t.killed || syscall.PtraceGetRegs(tid, &regs) != nil {
		return
	}
	if th.call = t.decode(&regs); th.call != nil {
		th.call.Begun = t.seen
	}
	if th.call == nil || t.run.Before == nil {
		return
	}
	switch a := t.run.Before(*th.call); {
	case a.Kill:
		t.kill()
	case a.Fail != 0:
		th.fail = a.Fail
		regs.Orig_rax = ^uint64(0) // no such call: the kernel does nothing
		t.check(syscall.PtraceSetRegs(tid, &regs))
	case a.Short > 0 && a.Short < len(th.call.Data):
		regs.Rdx = uint64(a.Short)
		t.check(syscall.PtraceSetRegs(tid, &regs))
	}
}

// exit looks at a call that has ended.
func (t *tracer) exit(tid int, th *thread) {
	c, fail := th.call, th.fail
	th.call, th.fail = nil, 0
	var regs syscall.PtraceRegs
	if c == nil || t.killed || syscall.PtraceGetRegs(tid, &regs) != nil {
		return
	}
	if fail != 0 {
		regs.Rax = uint64(-int64(fail))
		t.check(syscall.PtraceSetRegs(tid, &regs))
	}
	if result := int64(regs.Rax); result < 0 {
		c.Err = syscall.Errno(-result)
		c.Data = nil
	} else {
		t.ended(c, result)
	}
	t.seen++
	if t.run.After != nil {
		t.run.After(*c)
	}
}

func (t *tracer) check(err error) {
	if err != nil && t.broken == nil && !errors.Is(err, syscall.ESRCH) {
		t.broken = err
	}
}

func (t *tracer) kill() {
	if !t.killed {
		t.killed = true
		_ = syscall.Kill(t.pid, syscall.SIGKILL) // it may be dead already
	}
}
