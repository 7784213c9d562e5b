package store

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/jamakan/jamakan/civic"
)

// ID names a command: the keyed hash of the message that caused it. The same
// message again has the same ID.
type ID [16]byte

// Key names one record: its kind, a slash, and the rest ("plan/KDK-2026").
type Key string

// Kind returns the part before the first slash.
func (k Key) Kind() string {
	kind, _, _ := strings.Cut(string(k), "/")
	return kind
}

// The kinds of record that commands put and delete. Scattered kinds have
// keyed hashes for keys: they are read by exact key only, and an engine may
// keep them in order of arrival. The others are few or read in key order.
const (
	KindCitizen = "citizen" // scattered; citizen/<hash>: the profile
	KindContact = "contact" // scattered; contact/<hash>: the sealed number
	KindSession = "session" // scattered; session/<hash>: state of a session that recorded something; expires
	KindDone    = "done"    // scattered; done/<id>: the reply of a command; written by engines, expires
	KindTalk    = "talk"    // scattered; talk/<hash>: what was asked by SMS last, sealed; expires
	KindHandle  = "handle"  // scattered; handle/<hash of a provider's message id>: the outbox key; expires
	KindParked  = "parked"  // scattered; parked/<hash>: a delivery report that came before its message; expires

	KindMeta     = "meta"     // meta/<name>
	KindPlan     = "plan"     // plan/<code>: a civic.Plan
	KindKey      = "key"      // key/<consultation>: its wrapped voter key
	KindFeedback = "feedback" // feedback/<number behind the reference>: in the order they came
	KindWeek     = "week"     // week/<2026-W48>/<consultation>: rows frozen when the week closed
	KindOutbox   = "outbox"   // outbox/<second>-<reference>: a message whose fate is not final
	KindSent     = "sent"     // sent/<second>-<reference>: what is left of one whose fate is
	KindPart     = "part"     // part/<hash>/<n>: one part of a long text, sealed, until the others come
	KindStray    = "stray"    // stray/<second>-<id>: what a provider sent that is nobody's text, sealed
	KindAudit    = "audit"    // audit/<sequence>: append-only: who did what at the desk
	KindAccount  = "account"  // account/<login>: a coordinator
	KindErase    = "erase"    // erase/<hash>: an erasure that is not through
	KindTraffic  = "traffic"  // traffic/<2026-W48>/<commune>: calls and texts counted in a week
	KindReport   = "report"   // report/<2026-W48>/<part>: what a closed week's files say besides votes
	KindCampaign = "campaign" // campaign/<id>: a message to many
	KindTemplate = "template" // template/<name>: a ready answer
	KindApart    = "apart"    // apart/<consultation>/<commune>/<question>: sensitive replies counted, of nobody
	KindFix      = "fix"      // fix/<2026-W48>/<sequence>: a correction line of a closed week
)

// The kinds that engines derive from the ballot log. Commands read them and
// never write them; an engine may answer them from memory. Their value is an
// entry (DecodeEntry): the place in the log, then the record.
const (
	KindVoter   = "voter"   // voter/<consultation>/<voter, 32 hex digits>: the Record that counts
	KindRecord  = "record"  // record/<seq, decimal>: a Record of the log
	KindReceipt = "receipt" // receipt/<number, decimal>: the Cast with this receipt
)

// Scattered says whether keys of the kind are keyed hashes.
func Scattered(kind string) bool {
	switch kind {
	case KindCitizen, KindContact, KindSession, KindDone, KindTalk, KindHandle, KindParked:
		return true
	}
	return false
}

// Bounds on one command, so that every engine can keep the contract (a
// distributed one has limits per transaction).
const (
	MaxReads  = 16      // keys read
	MaxWrites = 32      // records put, deleted and appended
	MaxBytes  = 1 << 20 // bytes written
)

// WalkMost is how many records one Walk looks at.
const WalkMost = 10_000

// View is what a command may read while it decides.
type View interface {
	// Now is the time the engine gives to what this command records: whole
	// seconds UTC, never before the time of anything recorded earlier.
	Now() time.Time
	// Get returns the value under one of the command's declared Reads. The
	// bytes must not be changed or kept. Reading an undeclared key panics:
	// it is a defect of the command.
	Get(Key) (value []byte, ok bool)
}

// Put is a record to write.
type Put struct {
	Key   Key
	Value []byte
}

// Change is what a command does, all or nothing.
type Change struct {
	Put    []Put
	Delete []Key
	Append []civic.Record // to the ballot log; the engine gives Seq and At, in order
	Reply  []byte         // kept under the command's ID and given back when it is repeated; 1 KiB at most
}

// Command is an idempotent write.
type Command struct {
	ID    ID
	Reads []Key
	// Decide makes the change from what was read. It is pure and may run
	// more than once. Its error ends the command with nothing written and is
	// returned by Do as it is (it is a decision, not a failure).
	Decide func(View) (Change, error)
	// Forget marks commands whose repeats need no memory (imports, sweeps):
	// no reply is kept. They are the house's own, and may use the room that an
	// engine keeps in reserve.
	Forget bool
}

// Result is the end of an applied command.
type Result struct {
	Reply  []byte
	Repeat bool // the command had been applied before; nothing was written now
}

// Head is the state of the ballot log's Merkle tree (RFC 6962 hashing,
// golang.org/x/mod/sumdb/tlog).
type Head struct {
	Size uint64
	Root [32]byte
}

// Snapshot is one consistent state of the store.
type Snapshot interface {
	Get(Key) (value []byte, ok bool, err error)
	// Scan calls fn for every key with the prefix, in key order, from the
	// first after `after` (""= from the start), until fn returns false.
	// Scattered and derived kinds can't be scanned (ErrScan).
	Scan(prefix, after Key, fn func(Key, []byte) bool) error
	// Walk calls fn for records of one scattered kind in order of arrival,
	// from the first whose place is behind after (0: from the start), until
	// fn returns false. It returns the last place it came to, or 0 when
	// nothing is behind: the next Walk goes on from there, in this snapshot
	// or a later one. A record that is rewritten moves to the end: a series
	// of walks meets every record that was there all the time, and may meet
	// one again. Places are those of this engine's data and of no other's.
	//
	// It looks at WalkMost records at most, of whatever kind, so that no
	// snapshot lives long: it may return without having called fn at all.
	// Looking at one costs a fraction of a microsecond, and nearly nothing
	// when it is of another kind. ErrScan for a kind that isn't scattered.
	Walk(kind string, after uint64, fn func(place uint64, key Key, value []byte) bool) (last uint64, err error)
	// Records calls fn for the log's records from seq on (the first is 1),
	// until fn returns false.
	Records(from uint64, fn func(civic.Record) bool) error
	// Counts returns the consultation's counters (the caller may keep them).
	Counts(consultation string) (civic.Counts, error)
	// Flows are the ballots cast and changed in a week, in a fixed order:
	// counted as the log is written, and anew whenever it is read.
	Flows(week civic.Week) ([]civic.BallotFlow, error)
	Head() Head
}

// Health is how an engine is.
type Health struct {
	Err     error     // nil, ErrRefused (full), or ErrStopped with its cause
	LastAt  time.Time // time of the last record taken
	Records uint64    // length of the ballot log
	Bytes   int64     // size on disk
	Room    int64     // bytes until citizens are refused; math.MaxInt64: not bounded
	Waiting int       // commands not yet answered
}

// Report is what a check found.
type Report struct {
	Records  uint64
	Head     Head
	Problems []string // empty: nothing wrong. Each names the place and what differs
}

// Engine keeps it all. It is safe for concurrent use.
type Engine interface {
	// Do runs a command. nil: applied, durable, once. ErrRefused (wrapped):
	// certainly not written. ErrUnknown (wrapped): may or may not be
	// written; the engine has stopped. ErrStopped: an earlier ErrUnknown, or
	// Close. Any error of Decide, as it is. Do waits for the disk even when
	// ctx ends meanwhile: an answer is always a certain one.
	Do(ctx context.Context, cmd Command) (Result, error)
	// View gives fn a snapshot. fn must be short: it may not wait for a
	// network or a person.
	View(ctx context.Context, fn func(Snapshot) error) error
	// Standing is the running total of a consultation in a commune, from
	// memory: cheap enough for every screen.
	Standing(consultation string, place civic.Code) civic.Standing
	// Reserve returns a receipt number never returned before and in no
	// record of the log. A number that a committed command may have used is
	// not returned again after a restart.
	Reserve() (uint32, error)
	// Sweep deletes the scattered records of each kind that were written
	// before the kind's time. Kinds not named stay.
	Sweep(ctx context.Context, before map[string]time.Time) (deleted int, err error)
	// Check verifies file, log, tree, index and counters against each other
	// while the engine serves. progress may be nil.
	Check(ctx context.Context, progress func(done, total uint64)) (Report, error)
	// Backup writes a consistent copy while the engine serves.
	Backup(ctx context.Context, w io.Writer) (int64, error)
	Health() Health
	Close() error
}
