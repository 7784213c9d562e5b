package outbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Money is an amount in ten-thousandths of a currency's unit, exact: providers
// write four decimals.
type Money struct {
	Amount   int64  // ten-thousandths
	Currency string // "XOF", "KES": as the provider writes it
}

// perUnit is how many of Money's amounts make one unit.
const perUnit = 10_000

// ErrMoney: not an amount as providers write it.
var ErrMoney = errors.New("not an amount; write it like XOF 25.0000")

// ParseMoney reads "KES 0.8000", "XOF 25", "0" or "".
func ParseMoney(s string) (Money, error) {
	fields := strings.Fields(s)
	var m Money
	switch len(fields) {
	case 0:
		return m, nil
	case 1:
		if strings.Trim(fields[0], "0123456789.,-") != "" {
			return m, ErrMoney
		}
	case 2:
		m.Currency = fields[0]
		if strings.Trim(m.Currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || len(m.Currency) > 4 {
			return Money{}, ErrMoney
		}
		fields = fields[1:]
	default:
		return m, ErrMoney
	}
	whole, part, _ := strings.Cut(strings.ReplaceAll(fields[0], ",", "."), ".")
	if len(whole) > 12 || strings.Trim(whole+part, "0123456789") != "" || whole+part == "" {
		return Money{}, ErrMoney
	}
	part = (part + "0000")[:4]
	for _, digit := range whole + part {
		m.Amount = m.Amount*10 + int64(digit-'0')
	}
	return m, nil
}

// Add adds amounts of one currency; another currency is left out, ok false.
func (m Money) Add(other Money) (sum Money, ok bool) {
	switch {
	case other.Amount == 0:
		return m, true
	case m.Amount == 0:
		return other, true
	case m.Currency != other.Currency:
		return m, false
	}
	m.Amount += other.Amount
	return m, true
}

// String writes "XOF 25.0000", "" for nothing.
func (m Money) String() string {
	if m.Amount == 0 && m.Currency == "" {
		return ""
	}
	return strings.TrimSpace(fmt.Sprintf("%s %d.%04d", m.Currency, m.Amount/perUnit, m.Amount%perUnit))
}

// IsZero says that nothing is known of it.
func (m Money) IsZero() bool { return m == Money{} }

// MarshalJSON writes it as String does.
func (m Money) MarshalJSON() ([]byte, error) { return json.Marshal(m.String()) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (m *Money) UnmarshalJSON(b []byte) error {
	var s string
	err := json.Unmarshal(b, &s)
	if err == nil {
		*m, err = ParseMoney(s)
	}
	return err
}
