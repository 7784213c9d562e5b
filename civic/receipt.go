package civic

import (
	"errors"
	"strings"
)

// ReceiptAlphabet are the 20 letters and digits of receipts. Of each set that
// is mistaken when copied by hand none is used: 0 O Q D, 1 I L, 2 Z, 5 S, 8 B,
// 6 G, U V.
const ReceiptAlphabet = "34679ACEFHJKMNPRTWXY"

// Receipts is how many different receipts there are: 20 to the power 6.
const Receipts = 64_000_000

// ErrReceipt: not six of the receipt's letters and digits.
var ErrReceipt = errors.New("not a receipt")

// FormatReceipt writes a number under Receipts as six characters.
func FormatReceipt(n uint32) string {
	var code [6]byte
	for i := len(code) - 1; i >= 0; i-- {
		code[i] = ReceiptAlphabet[n%20]
		n /= 20
	}
	return string(code[:])
}

// receiptSigns are what people put between letters. It is made once: making it
// costs more than reading a receipt.
var receiptSigns = strings.NewReplacer(" ", "", "-", "", ".", "", ":", "", "#", "")

// ParseReceipt reads a receipt as people type it: small letters, spaces and
// hyphens, a word "code" before it.
func ParseReceipt(typed string) (uint32, error) {
	s := strings.ToUpper(strings.TrimSpace(typed))
	s = receiptSigns.Replace(strings.TrimPrefix(s, "CODE"))
	if len(s) != 6 {
		return 0, ErrReceipt
	}
	n := uint32(0)
	for i := range len(s) {
		digit := strings.IndexByte(ReceiptAlphabet, s[i])
		if digit < 0 {
			return 0, ErrReceipt
		}
		n = n*20 + uint32(digit)
	}
	return n, nil
}
