package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/jamakan/jamakan/civic"
)

// A frozen report, or a large sheet, lies in parts, so that each is one
// command's. Every part begins with a line that says which it is, of how many,
// and of what whole:
//
//	jamakan part 1 2/3 <SHA-256 of the whole>
//
// The last part of a report is written last, with the mark that the week is
// reported; of a sheet, the first, which lies where small sheets lie. A process
// that died before it leaves parts that nobody reads; the next one writes all
// of them anew.

// maxPart is the most one part holds.
const maxPart = 512 << 10

// partsMost is how many parts a whole may have: 32 MiB.
const partsMost = 64

func reportPrefix(w civic.Week) Key { return Key(KindReport + "/" + w.String() + "/") }

func reportKey(w civic.Week, n int) Key { return reportPrefix(w) + Key(fmt.Sprintf("%04d", n)) }

func partLine(n, of int, sum string) string {
	return fmt.Sprintf("jamakan part 1 %d/%d %s\n", n, of, sum)
}

// freeze writes a report for ever. last is what its last command writes
// besides.
func (b *Book) freeze(ctx context.Context, w civic.Week, whole []byte, last Change) error {
	parts, err := cut(whole)
	if err != nil {
		return err
	}
	for n, part := range parts {
		change := Change{Put: []Put{{reportKey(w, n+1), part}}}
		if n == len(parts)-1 {
			change.Put, change.Delete = append(change.Put, last.Put...), last.Delete
		}
		if err := b.do(ctx, nil, func(View) (Change, error) { return change, nil }); err != nil {
			return err
		}
	}
	return nil
}

// sheetPart is where the other parts of a large sheet lie.
func sheetPart(key Key, n int) Key { return key + Key(fmt.Sprintf("/%04d", n)) }

// freezeSheet writes a sheet for ever, unless it is there.
func (b *Book) freezeSheet(ctx context.Context, key Key, whole []byte) error {
	parts := [][]byte{whole}
	if len(whole) > maxPart {
		var err error
		if parts, err = cut(whole); err != nil {
			return err
		}
	}
	for n := len(parts); n > 1; n-- {
		put := Put{sheetPart(key, n), parts[n-1]}
		if err := b.do(ctx, nil, func(View) (Change, error) { return Change{Put: []Put{put}}, nil }); err != nil {
			return err
		}
	}
	return b.do(ctx, []Key{key}, func(v View) (Change, error) {
		if _, done := v.Get(key); done {
			return Change{}, nil
		}
		return Change{Put: []Put{{key, parts[0]}}}, nil
	})
}

// thawSheet reads a sheet's bytes; nil when it is not frozen.
func thawSheet(s Snapshot, key Key) ([]byte, error) {
	first, ok, err := s.Get(key)
	if err != nil || !ok || len(first) > 0 && first[0] == '{' {
		return first, err
	}
	parts := [][]byte{first}
	for n := 2; n <= partsMost; n++ {
		part, ok, err := s.Get(sheetPart(key, n))
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		parts = append(parts, part)
	}
	return joinParts(parts)
}

// cut makes the parts of a whole.
func cut(whole []byte) ([][]byte, error) {
	sum := sha256.Sum256(whole)
	name := hex.EncodeToString(sum[:])
	room := maxPart - len(partLine(partsMost, partsMost, name))
	of := max(1, (len(whole)+room-1)/room)
	if of > partsMost {
		return nil, fmt.Errorf("%w: %d bytes to freeze", ErrBounds, len(whole))
	}
	parts := make([][]byte, of)
	for i := range parts {
		piece := whole[i*room : min((i+1)*room, len(whole))]
		parts[i] = append([]byte(partLine(i+1, of, name)), piece...)
	}
	return parts, nil
}

// thaw reads a frozen report; nil when there is none.
func (b *Book) thaw(ctx context.Context, w civic.Week) (whole []byte, err error) {
	var parts [][]byte
	err = b.engine.View(ctx, func(s Snapshot) error {
		for n := 1; n <= partsMost; n++ {
			part, ok, err := s.Get(reportKey(w, n))
			if err != nil {
				return err
			}
			if !ok {
				return nil
			}
			parts = append(parts, part)
		}
		return nil
	})
	if err != nil || len(parts) == 0 {
		return nil, err
	}
	if whole, err = joinParts(parts); err != nil {
		return nil, fmt.Errorf("report of week %s: %w", w, err)
	}
	return whole, nil
}

// joinParts puts parts together; those behind the last are of an attempt that
// was never finished.
func joinParts(parts [][]byte) ([]byte, error) {
	size := 0
	for _, part := range parts {
		size += len(part)
	}
	whole := make([]byte, 0, size)
	sum, of := "", len(parts)
	for n := 1; n <= of; n++ {
		if n > len(parts) {
			return nil, fmt.Errorf("%w: part %d of %d is missing", ErrCorrupt, n, of)
		}
		line, piece, _ := bytes.Cut(parts[n-1], []byte("\n"))
		fields := bytes.Fields(line)
		if len(fields) != 5 {
			return nil, fmt.Errorf("%w: part %d", ErrCorrupt, n)
		}
		_, total, _ := bytes.Cut(fields[3], []byte("/"))
		if n == 1 {
			of, _ = strconv.Atoi(string(total))
			sum = string(fields[4])
		}
		if string(line)+"\n" != partLine(n, of, sum) {
			return nil, fmt.Errorf("%w: part %d of another report", ErrCorrupt, n)
		}
		whole = append(whole, piece...)
	}
	if got := sha256.Sum256(whole); hex.EncodeToString(got[:]) != sum {
		return nil, fmt.Errorf("%w: not the bytes that were frozen", ErrCorrupt)
	}
	return whole, nil
}
