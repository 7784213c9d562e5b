package civic

import (
	"errors"
	"fmt"
	"time"
)

// Bamako is the time of Mali: UTC all year, without summer time, so that an
// ISO week begins at the same instant everywhere it is printed. It is a fixed
// zone because this package reads no file, and a zone database is one.
var Bamako = time.FixedZone("Africa/Bamako", 0)

// ErrWeek: not an ISO week. Write it like 2026-W48.
var ErrWeek = errors.New("not an ISO week; write it like 2026-W48")

// Week is an ISO 8601 week, Monday to Sunday, in Bamako.
type Week struct {
	Year   int // ISO year: the week of 1 January may belong to the year before
	Number int // 1 to 53
}

// WeekOf returns the week that holds an instant.
func WeekOf(t time.Time) Week {
	year, number := t.In(Bamako).ISOWeek()
	return Week{Year: year, Number: number}
}

// Start is Monday 00:00 in Bamako.
func (w Week) Start() time.Time {
	// 4 January is always in week 1 (ISO 8601).
	fourth := time.Date(w.Year, time.January, 4, 0, 0, 0, 0, Bamako)
	monday := (int(fourth.Weekday()) + 6) % 7
	return fourth.AddDate(0, 0, (w.Number-1)*7-monday)
}

// End is the first instant after the week: the next Monday 00:00.
func (w Week) End() time.Time { return w.Start().AddDate(0, 0, 7) }

// Next is the week after.
func (w Week) Next() Week { return WeekOf(w.End()) }

// Prev is the week before.
func (w Week) Prev() Week { return WeekOf(w.Start().AddDate(0, 0, -7)) }

// Before says whether w comes before x.
func (w Week) Before(x Week) bool {
	return w.Year < x.Year || w.Year == x.Year && w.Number < x.Number
}

// String is "2026-W48".
func (w Week) String() string { return fmt.Sprintf("%04d-W%02d", w.Year, w.Number) }

// ParseWeek reads "2026-W48". A year that has no week 53 refuses it.
func ParseWeek(s string) (Week, error) {
	var w Week
	if len(s) != 8 {
		return w, fmt.Errorf("%q: %w", s, ErrWeek)
	}
	if n, err := fmt.Sscanf(s, "%4d-W%2d", &w.Year, &w.Number); n != 2 || err != nil {
		return Week{}, fmt.Errorf("%q: %w", s, ErrWeek)
	}
	if w.Number < 1 || w.String() != s || WeekOf(w.Start()) != w {
		return Week{}, fmt.Errorf("%q: %w", s, ErrWeek)
	}
	return w, nil
}

// MarshalText is String.
func (w Week) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText is ParseWeek.
func (w *Week) UnmarshalText(b []byte) error {
	parsed, err := ParseWeek(string(b))
	if err == nil {
		*w = parsed
	}
	return err
}
