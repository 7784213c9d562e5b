package bolt

import (
	"context"
	"errors"
	"fmt"
	"time"

	bbolt "go.etcd.io/bbolt"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// Examined is what a database that nobody serves holds.
type Examined struct {
	Report      store.Report // Problems is empty for a whole one
	Ballots     int          // that count
	Fingerprint string       // of the master key it was made with; "": of none yet
	LastAt      time.Time    // of the last thing recorded
	Reserved    uint32       // receipt numbers below it may be in use
}

// Examine reads a whole database without changing a byte of it: its pages, the
// log, the tree, and what start makes of them, held against each other as
// Check does. ErrSchema: a newer version wrote it. ErrCorrupt: it is damaged,
// or no database of ours. A damaged page may end the process: ask in a child.
func Examine(ctx context.Context, path string, progress func(done, total uint64)) (x Examined, err error) {
	defer faultsPanic()()
	defer damaged(&err)
	if err := notCut(path); err != nil {
		return x, err
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true, Timeout: time.Second})
	if err != nil {
		return x, fmt.Errorf("%w: %w", store.ErrCorrupt, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	e := &Engine{db: db, opts: Options{Path: path}}
	if err := db.View(func(tx *bbolt.Tx) error { return e.examine(tx, &x, progress) }); err != nil {
		return x, err
	}
	x.Report, err = e.check(ctx, false, progress)
	return x, err
}

// examine makes the memory that a start would, and reads what names the file.
func (e *Engine) examine(tx *bbolt.Tx, x *Examined, progress func(done, total uint64)) error {
	for _, name := range [][]byte{bucketMeta(), bucketLog(), bucketRow(), bucketKV()} {
		if tx.Bucket(name) == nil {
			return fmt.Errorf("%w: no database of Jamakan: it has no %s", store.ErrCorrupt, name)
		}
	}
	version := tx.Bucket(bucketMeta()).Get([]byte("schema"))
	switch {
	case len(version) != 1:
		return fmt.Errorf("%w: no database of Jamakan: it has no schema", store.ErrCorrupt)
	case version[0] > schema:
		return fmt.Errorf("%w: schema %d, this program knows %d; use the newer program", store.ErrSchema, version[0], schema)
	}
	for err := range tx.Check() { // first: a circle of pages would keep what follows for ever
		return fmt.Errorf("%w: page: %w", store.ErrCorrupt, err)
	}
	m, err := load(tx, true, progress)
	if err != nil {
		return err
	}
	e.mem = *m
	for _, standing := range m.standing {
		x.Ballots += standing.Numbers
	}
	x.Fingerprint = string(tx.Bucket(bucketKV()).Get([]byte(store.FingerprintKey)))
	x.LastAt, x.Reserved = m.lastAt, max(m.receipts.next, m.reserved)
	return nil
}

// SkipReceipts leaves a gap of receipt numbers that are never given: after a
// restore, whoever was told one after the backup keeps it for herself. The
// next commit keeps the gap. ErrRefused: so many are not left.
func (e *Engine) SkipReceipts(n uint32) error {
	if at := e.receipt.Load(); uint64(at)+uint64(n) >= civic.Receipts {
		return fmt.Errorf("%w: %d receipt numbers can't be skipped, %d are left", store.ErrRefused, n, max(0, civic.Receipts-int64(at)))
	}
	e.receipt.Add(n)
	return nil
}
