package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	bbolt "go.etcd.io/bbolt"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// Options open an engine.
type Options struct {
	Path     string
	Now      func() time.Time
	Logger   *slog.Logger             // nil: says nothing
	Progress func(done, total uint64) // of the verification at start; nil: none
	MaxSize  int64                    // bytes the file may grow to, 0: no limit
	// Reserve is how much room is kept free on the disk for what closes weeks,
	// writes the journal and sweeps (commands that Forget): below it, what
	// citizens send is refused.
	Reserve int64
	// Verify is called with the path before the file is mapped, while the lock
	// is held: nil when it may be served. It calls Verify, this package's, in a
	// process of its own. Nil: a file that was not stopped cleanly is verified
	// here.
	Verify func(path string) error
	// InitialMmap is the address space reserved for the file, in bytes, so
	// that its growth never waits for a reader; 0: 1 GiB.
	InitialMmap int64

	noSync bool         // for the tests that must lose data
	fail   func() error // for the tests of a failing disk: an error of a commit that happened
}

func bucketMeta() []byte { return []byte("meta") }
func bucketLog() []byte  { return []byte("log") }
func bucketRow() []byte  { return []byte("row") }
func bucketKV() []byte   { return []byte("kv") }

// schema is the version of the file's layout.
const schema = 1

// appendFill is how full pages are left by inserts at the end.
const appendFill = 0.98

// Engine is the store in one bbolt file.
type Engine struct {
	db     *bbolt.DB
	opts   Options
	lock   *os.File
	ground *ground
	opened os.FileInfo // the file that is open

	queue   chan *request
	stop    chan struct{} // Close asks
	stopped chan struct{} // the committer has ended
	done    chan struct{} // the engine accepts nothing more
	closing sync.Once
	dead    sync.Once

	failure atomic.Pointer[error] // why it stopped
	full    atomic.Pointer[error] // the last refusal, nil after a commit
	waiting atomic.Int64
	lacking bool // only the reserve is left; of the committer only
	commits commits
	receipt atomic.Uint32 // next number to reserve

	mu      sync.RWMutex // over mem, tip and pending
	mem     memory
	tip     *version  // what mem has
	pending *version  // what the transaction being committed will have, or has
	last    time.Time // of the committer only
}

var _ store.Engine = (*Engine)(nil)

// memory is what is rebuilt from the file.
type memory struct {
	voters    *index
	scattered *index
	receipts  receiptTable
	reserved  uint32 // numbers below it may have been used, by opinions too
	counts    map[string]civic.Counts
	flows     civic.Flows
	standing  map[standingKey]civic.Standing
	tree      store.Tree
	records   uint64 // length of the log
	rows      uint64 // last arrival
	lastAt    time.Time
}

type standingKey struct {
	consultation string
	place        civic.Code
}

// Open opens or makes the file. ErrLocked says who holds it; ErrSchema, that
// a newer version wrote it; ErrCorrupt names what contradicts what.
func Open(opts Options) (*Engine, error) {
	if opts.InitialMmap == 0 {
		opts.InitialMmap = 1 << 30
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if err := local(opts.Path); err != nil {
		return nil, err
	}
	lock, err := takeLock(opts.Path)
	if err != nil {
		return nil, err
	}
	e, err := open(opts)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	e.lock = lock
	if e.opened, err = os.Stat(opts.Path); err != nil {
		return nil, errors.Join(err, e.ground.Close(), e.db.Close(), lock.Close())
	}
	go e.commitLoop()
	return e, nil
}

func open(opts Options) (e *Engine, err error) {
	defer faultsPanic()()
	defer damaged(&err)
	if err := create(opts.Path); err != nil {
		return nil, err
	}
	if err := notCut(opts.Path); err != nil {
		return nil, err
	}
	if opts.Verify != nil {
		if err := opts.Verify(opts.Path); err != nil {
			return nil, err
		}
	}
	db, err := bbolt.Open(opts.Path, 0o600, &bbolt.Options{
		Timeout: time.Second, NoFreelistSync: true, FreelistType: bbolt.FreelistMapType,
		InitialMmapSize: int(opts.InitialMmap), MaxSize: int(opts.MaxSize), NoSync: opts.noSync || neverSyncs,
	})
	if err != nil {
		return nil, unreadable(opts.Path, err)
	}
	e = &Engine{
		db: db, opts: opts, queue: make(chan *request, 8192),
		tip: &version{published: true}, stop: make(chan struct{}), stopped: make(chan struct{}), done: make(chan struct{}), commits: newCommits(),
	}
	clean, err := e.prepare()
	if err == nil {
		err = e.rebuild(!clean && opts.Verify == nil)
	}
	if err == nil {
		err = e.setClean(false)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if e.ground, err = openGround(opts.Path, opts.MaxSize); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	e.last = e.mem.lastAt
	e.receipt.Store(max(e.mem.receipts.next, e.mem.reserved))
	return e, nil
}

// notCut holds the file's length against the pages that its newest meta page
// counts (bbolt file format: two meta pages at the start, each a 16-byte page
// header, then magic, version, page size, flags, root, freelist, page count):
// reading behind the end of a mapped file would kill the process.
func notCut(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("the database can't be read: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return err
	}
	var newest, pages, size uint64
	for at := int64(0); at <= 64<<10; at = max(at*2, 4096) {
		var meta [80]byte
		if _, err := f.ReadAt(meta[:], at); err != nil {
			break
		}
		const magic = 0xED0CDAED
		if binary.LittleEndian.Uint32(meta[16:]) != magic {
			continue
		}
		if txid := binary.LittleEndian.Uint64(meta[64:]); txid >= newest {
			newest, pages, size = txid, binary.LittleEndian.Uint64(meta[56:]), uint64(binary.LittleEndian.Uint32(meta[24:]))
		}
	}
	if need := pages * size; need > uint64(info.Size()) {
		return fmt.Errorf("%s: %w: the file has %d bytes of %d: it was cut; restore the last backup", path, store.ErrCorrupt, info.Size(), need)
	}
	return nil
}

// damaged turns a fault while reading the mapped file, which a damaged page
// causes, into ErrCorrupt.
func damaged(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: reading it failed: %v; restore the last backup", store.ErrCorrupt, p)
	}
}

// faultsPanic lets a fault in the mapped file be recovered from.
func faultsPanic() func() {
	old := debug.SetPanicOnFault(true)
	return func() { debug.SetPanicOnFault(old) }
}

// prepare makes the buckets of a new file and migrates an older one. It says
// whether the last stop was clean.
func (e *Engine) prepare() (clean bool, err error) {
	defer faultsPanic()()
	err = e.db.Update(func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{bucketMeta(), bucketLog(), bucketRow(), bucketKV()} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		meta := tx.Bucket(bucketMeta())
		version := meta.Get([]byte("schema"))
		if version == nil {
			clean = true
			return meta.Put([]byte("schema"), []byte{schema})
		}
		if version[0] > schema {
			return fmt.Errorf("%w: schema %d, this program knows %d; use the newer program", store.ErrSchema, version[0], schema)
		}
		clean = len(meta.Get([]byte("clean"))) == 1
		return migrate(tx, int(version[0]))
	})
	return clean, err
}

// migrations[i] brings a file from schema i+1 to i+2. There is none yet:
// schema 1 is the first. A file of it is kept in testdata and must always open.
func migrations() []func(*bbolt.Tx) error { return nil }

func migrate(tx *bbolt.Tx, from int) error {
	steps := migrations()
	for v := from; v < schema; v++ {
		if err := steps[v-1](tx); err != nil {
			return fmt.Errorf("migration from schema %d: %w", v, err)
		}
	}
	return tx.Bucket(bucketMeta()).Put([]byte("schema"), []byte{schema})
}

func (e *Engine) setClean(clean bool) error {
	return e.db.Update(func(tx *bbolt.Tx) error {
		if clean {
			return tx.Bucket(bucketMeta()).Put([]byte("clean"), []byte{1})
		}
		return tx.Bucket(bucketMeta()).Delete([]byte("clean"))
	})
}

func u64(n uint64) []byte { return binary.BigEndian.AppendUint64(make([]byte, 0, 8), n) }

// Done is closed when the engine accepts nothing more, by Close or because a
// write's outcome is unknown (Health says which).
func (e *Engine) Done() <-chan struct{} { return e.done }

// Close finishes what was accepted and closes the file.
func (e *Engine) Close() error {
	var err error
	e.closing.Do(func() {
		close(e.stop)
		<-e.stopped
		if e.failure.Load() == nil || errors.Is(*e.failure.Load(), store.ErrStopped) {
			err = e.setClean(true)
		}
		err = errors.Join(err, e.ground.Close(), e.db.Close())
		if e.lock != nil {
			err = errors.Join(err, e.lock.Close())
		}
	})
	return err
}

// Path of the lock beside a database.
func lockPath(path string) string {
	return filepath.Join(filepath.Dir(path), filepath.Base(path)+".lock")
}
