package secret

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jamakan/jamakan/civic"
)

func testKeys(t testing.TB) *Keys {
	t.Helper()
	k, err := FromText(strings.Repeat("5a", Size))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestReceiptsArePermuted(t *testing.T) {
	if half*half != civic.Receipts {
		t.Fatalf("%d pairs for %d receipts", half*half, civic.Receipts)
	}
	k := testKeys(t)
	seen := map[uint32]bool{}
	inOrder := 0
	for n := range uint32(200_000) {
		shown := k.Receipt(n)
		if shown >= civic.Receipts || seen[shown] {
			t.Fatalf("%d is shown as %d: out of range or twice", n, shown)
		}
		seen[shown] = true
		if back := k.ReceiptNumber(shown); back != n {
			t.Fatalf("%d came back as %d", n, back)
		}
		if n > 0 && seen[shown-1] {
			inOrder++
		}
	}
	for _, n := range []uint32{civic.Receipts - 1, civic.Receipts / 2, 7999, 8000} {
		if back := k.ReceiptNumber(k.Receipt(n)); back != n {
			t.Errorf("%d came back as %d", n, back)
		}
	}
	if inOrder > 1000 {
		t.Errorf("%d neighbours of 200,000: the order shows", inOrder)
	}
}

func TestVotersCantBeJoined(t *testing.T) {
	k := testKeys(t)
	one, err := k.NewVoterKey("A")
	if err != nil {
		t.Fatal(err)
	}
	two, err := k.NewVoterKey("B")
	if err != nil {
		t.Fatal(err)
	}
	a, err := k.OpenVoterKey("A", one)
	if err != nil {
		t.Fatal(err)
	}
	b, err := k.OpenVoterKey("B", two)
	if err != nil {
		t.Fatal(err)
	}
	const number = "+22376000001"
	if a.Voter(number) == b.Voter(number) {
		t.Error("one number has one id in two consultations")
	}
	if first, again := a.Voter(number), a.Voter(number); first != again {
		t.Error("a number's id changes")
	}
	if _, err := k.OpenVoterKey("B", one); !errors.Is(err, ErrSealed) {
		t.Errorf("another consultation's key: %v, want ErrSealed", err)
	}
}

func TestSeal(t *testing.T) {
	k := testKeys(t)
	sealed, err := k.Seal([]byte("owner"), []byte("+22376000001"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(sealed), "7600") {
		t.Error("the number shows")
	}
	if got, err := k.Open([]byte("owner"), sealed); err != nil || string(got) != "+22376000001" {
		t.Errorf("%q %v", got, err)
	}
	if _, err := k.Open([]byte("other"), sealed); !errors.Is(err, ErrSealed) {
		t.Errorf("another owner: %v, want ErrSealed", err)
	}
	other, err := New()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Open([]byte("owner"), sealed); !errors.Is(err, ErrSealed) {
		t.Errorf("another key: %v, want ErrSealed", err)
	}
}

func TestKeyFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	if _, err := Load(file, false); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	k, err := Load(file, true)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Load(file, true)
	if err != nil || again.Text() != k.Text() {
		t.Errorf("read back: %v", err)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(file, true); !errors.Is(err, ErrOpenFile) || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a file others read: %v", err)
	}
}

func TestNothingIsPrinted(t *testing.T) {
	k := testKeys(t)
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if said := fmt.Sprintf(format, k); strings.Contains(said, "5a5a") || strings.Contains(said, "90, 90") || strings.Contains(said, "0x5a, 0x5a") {
			t.Errorf("%s prints the key: %s", format, said)
		}
	}
}

func TestPartsDontRunTogether(t *testing.T) {
	k := testKeys(t)
	if k.Event("ab", "c") == k.Event("a", "bc") {
		t.Error(`"ab","c" and "a","bc" are one event`)
	}
	if k.Citizen("+22376000001") == k.Bind("+22376000001") {
		t.Error("two uses share a key")
	}
}

func BenchmarkCitizen(b *testing.B) {
	k := testKeys(b)
	b.ReportAllocs()
	for b.Loop() {
		k.Citizen("+22376000001")
	}
}

func BenchmarkReceipt(b *testing.B) {
	k := testKeys(b)
	for b.Loop() {
		k.Receipt(12345)
	}
}
