package table

import (
	"strconv"
	"strings"
	"time"
)

// State is whether a cell holds a value.
type State uint8

// The states of a cell.
const (
	Missing State = iota // nothing to say: written as nothing
	Hidden               // a small number, or results not to be seen yet: written s
	Shown
)

// HiddenMark is what stands in a hidden cell, in every format.
const HiddenMark = "s"

// Cell is one value.
type Cell struct {
	State  State
	Text   string    // of a code, a text or a week
	N      int64     // of an integer, a flag; of a number, in units of its last place
	Places int       // digits behind the point of a number
	Day    time.Time // of a date: midnight UTC
}

// Text is a cell of words or a code; an empty one is Missing.
func Text(s string) Cell {
	if s = Clean(s); s == "" {
		return Cell{}
	}
	return Cell{State: Shown, Text: s}
}

// Int is a whole number.
func Int(n int64) Cell { return Cell{State: Shown, N: n} }

// Flag is 1 or 0.
func Flag(yes bool) Cell {
	if yes {
		return Int(1)
	}
	return Int(0)
}

// Day is a calendar day; the zero time is Missing.
func Day(t time.Time) Cell {
	if t.IsZero() {
		return Cell{}
	}
	return Cell{State: Shown, Day: time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)}
}

// Decimal is n units of the last of some places: Decimal(125, 1) is 12.5.
func Decimal(n int64, places int) Cell { return Cell{State: Shown, N: n, Places: places} }

// Ratio is part/base times scale, rounded half away from zero to some places;
// Missing without a base.
func Ratio(part, base, scale int64, places int) Cell {
	if base == 0 {
		return Cell{}
	}
	for range places {
		scale *= 10
	}
	n := part * scale
	half := base / 2
	if (n < 0) != (base < 0) {
		half = -half
	}
	return Decimal((n+half)/base, places)
}

// Secret is a hidden cell.
func Secret() Cell { return Cell{State: Hidden} }

// Point writes a number with some sign between its whole and broken part.
func (c Cell) Point(sign string) string {
	if c.Places == 0 {
		return strconv.FormatInt(c.N, 10)
	}
	digits, minus := strconv.FormatInt(c.N, 10), ""
	if c.N < 0 {
		minus, digits = "-", digits[1:]
	}
	if short := c.Places + 1 - len(digits); short > 0 {
		digits = strings.Repeat("0", short) + digits
	}
	cut := len(digits) - c.Places
	return minus + digits[:cut] + sign + digits[cut:]
}

// Float is a number as a spreadsheet keeps it.
func (c Cell) Float() float64 {
	f, err := strconv.ParseFloat(c.Point("."), 64)
	if err != nil {
		return 0 // digits of our own always parse
	}
	return f
}
