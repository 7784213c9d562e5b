package faults

import (
	"encoding/gob"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/jamakan/jamakan/faults/systrace"
)

// database is the name of the file that is watched.
const database = "jamakan.db"

// Event is a call that ended, or an answer that a phone was given: with the
// answer's line, what was on the disk when it was said.
type Event struct {
	Call     systrace.Call
	Answered bool
	Phone, N int
}

// Trace is what a gateway did to its disk under load.
type Trace struct {
	Dir     string
	Phones  int
	Events  []Event
	Commits int
	Grown   int    // how often the file was made longer
	Ended   int    // exit code; -1: killed by the recorder
	Said    string // on its standard error
	Differs int    // repeated messages that got another answer
	Failed  int    // injected
}

// Recording is how a trace is made.
type Recording struct {
	Writer  string // the program
	Dir     string // a new folder on a real disk
	Phones  int
	Seed    uint64
	Mmap    int64
	Max     int64
	Commits int // after so many it is killed
	Inject  Injection
}

// Injection is a fault of the database's file: of the At-th call of a kind
// (from 1), perhaps of all after it; none when At is 0.
type Injection struct {
	Op     systrace.Op
	At     int
	Every  bool
	Action systrace.Action
}

// recorder takes down one trace.
type recorder struct {
	Recording
	trace  Trace
	path   string
	count  int   // of calls that may be injected
	size   int64 // of the file
	longer bool  // since its last sync
	over   bool
}

// Record lets the writer run and takes down what it does.
func (r Recording) Record() (*Trace, error) {
	dir, err := filepath.EvalSymlinks(r.Dir)
	if err != nil {
		return nil, err
	}
	rec := &recorder{Recording: r, path: filepath.Join(dir, database), trace: Trace{Dir: dir, Phones: r.Phones, Ended: -1}}
	errs, err := os.CreateTemp("", "writer-*.err")
	if err != nil {
		return nil, err
	}
	defer os.Remove(errs.Name())
	state, err := systrace.Run{
		Args: []string{
			r.Writer, "-db", rec.path, "-phones", strconv.Itoa(r.Phones), "-seed", strconv.FormatUint(r.Seed, 10),
			"-mmap", strconv.FormatInt(r.Mmap, 10), "-max", strconv.FormatInt(r.Max, 10),
		},
		Env: os.Environ(), Dir: dir, Stderr: errs.Fd(), Before: rec.before, After: rec.after, Said: rec.said,
	}.Do()
	said, readErr := os.ReadFile(errs.Name())
	if err = errors.Join(err, readErr, errs.Close()); err != nil {
		return nil, err
	}
	rec.trace.Said = strings.TrimSpace(string(said))
	if state.Exited() {
		rec.trace.Ended = state.ExitStatus()
	}
	return &rec.trace, nil
}

func (r *recorder) before(c systrace.Call) systrace.Action {
	if r.over {
		return systrace.Action{Kill: true}
	}
	if c.Path != r.path || c.Op != r.Inject.Op || r.Inject.At == 0 {
		return systrace.Action{}
	}
	if r.count++; r.count == r.Inject.At || r.Inject.Every && r.count > r.Inject.At {
		r.trace.Failed++
		return r.Inject.Action
	}
	return systrace.Action{}
}

func (r *recorder) after(c systrace.Call) {
	r.trace.Events = append(r.trace.Events, Event{Call: c})
	if c.Path != r.path {
		return
	}
	switch {
	case c.Op == systrace.Sync && r.longer:
		r.trace.Grown++
		r.longer = false
	case c.Op == systrace.Truncate && c.Err == 0:
		r.longer = r.longer || c.Size > r.size
		r.size = c.Size
	case c.Op == systrace.Write && c.Offset+int64(len(c.Data)) > r.size:
		r.longer, r.size = true, c.Offset+int64(len(c.Data))
	case c.Op == systrace.Write && c.Offset <= 4096: // a meta page: the end of a commit
		if r.trace.Commits++; r.trace.Commits == r.Commits {
			r.over = true
		}
	}
}

// said takes down an answer, before the phone has it.
func (r *recorder) said(line []byte) bool {
	if r.over {
		return false
	}
	for _, l := range strings.Split(strings.TrimSpace(string(line)), "\n") {
		var word string
		e := Event{Answered: true}
		if _, err := fmt.Sscanf(l, "%s %d %d", &word, &e.Phone, &e.N); err != nil {
			return false
		}
		switch word {
		case "ok":
			r.trace.Events = append(r.trace.Events, e)
		case "differs":
			r.trace.Differs++
		}
	}
	return true
}

// Save keeps a trace in a file.
func (t *Trace) Save(path string) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return gob.NewEncoder(f).Encode(t)
}

// LoadTrace reads one back.
func LoadTrace(path string) (*Trace, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	t := &Trace{}
	return t, gob.NewDecoder(f).Decode(t)
}

// fails is an action: the call does nothing and returns an error.
func fails(err syscall.Errno) systrace.Action { return systrace.Action{Fail: err} }
