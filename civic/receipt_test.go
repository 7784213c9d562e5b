package civic_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/jamakan/jamakan/civic"
	"pgregory.net/rapid"
)

func TestReceiptAlphabetHasNoTwins(t *testing.T) {
	if got := len(civic.ReceiptAlphabet); got != 20 {
		t.Errorf("got %d characters, want 20", got)
	}
	for _, twins := range []string{"0OQD", "1IL", "2Z", "5S", "8B", "6G", "UV"} {
		n := 0
		for _, r := range twins {
			n += strings.Count(civic.ReceiptAlphabet, string(r))
		}
		if n > 1 {
			t.Errorf("%d of %s can be mistaken for each other", n, twins)
		}
	}
}

func TestReceiptsAreReadAsTheyAreTyped(t *testing.T) {
	want, err := civic.ParseReceipt("K7P4MX")
	if err != nil {
		t.Fatal(err)
	}
	for _, typed := range []string{"k7p4mx", " K7P 4MX ", "k7p-4mx", "CODE K7P4MX", "code: k7p4mx", "Code k7p.4mx", "#K7P4MX"} {
		if got, err := civic.ParseReceipt(typed); err != nil || got != want {
			t.Errorf("ParseReceipt(%q): got %d, %v, want %d", typed, got, err, want)
		}
	}
	for _, typed := range []string{"", "code", "K7P4M", "K7P4MXX", "K7P4M0", "K7P4MO", "K7P4Mɛ", "CODECODE", "éé"} {
		if _, err := civic.ParseReceipt(typed); !errors.Is(err, civic.ErrReceipt) {
			t.Errorf("ParseReceipt(%q): got %v, want ErrReceipt", typed, err)
		}
	}
}

func TestReceiptsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint32Range(0, civic.Receipts-1).Draw(t, "n")
		if got, err := civic.ParseReceipt(civic.FormatReceipt(n)); err != nil || got != n {
			t.Fatalf("got %d, %v, want %d", got, err, n)
		}
	})
}

func FuzzParseReceipt(f *testing.F) {
	f.Add("code k7p-4mx")
	f.Fuzz(func(t *testing.T, typed string) {
		n, err := civic.ParseReceipt(typed)
		if err != nil {
			return
		}
		if again, err := civic.ParseReceipt(civic.FormatReceipt(n)); n >= civic.Receipts || err != nil || again != n {
			t.Errorf("ParseReceipt(%q): got %d", typed, n)
		}
	})
}
