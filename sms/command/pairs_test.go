package command

import (
	"bufio"
	"os"
	"strings"
	"testing"
)

// readTable reads a tab-separated file of testdata.
func readTable(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows [][]string
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if line := lines.Text(); line != "" && line[0] != '#' {
			rows = append(rows, strings.Split(line, "\t"))
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

// The short way for ASCII says what the long way says.
func FuzzPlain(f *testing.F) {
	f.Add("I'll VOTE 2; \x00 a~b")
	f.Fuzz(func(t *testing.T, text string) {
		if short, ok := plainASCII(text); ok {
			if long := plain("é" + text); long != "e"+short {
				t.Errorf("%q: %q, %q", text, short, long)
			}
		}
	})
}

func TestFoldPairs(t *testing.T) {
	for _, row := range readTable(t, "texting_pairs.tsv")[1:] {
		raw, want := row[1], row[2]
		if row[0] == "same word" {
			a, b, _ := strings.Cut(raw, " ~ ")
			x, y, _ := strings.Cut(want, " ~ ")
			if Fold(a) != x || Fold(b) != y {
				t.Errorf("%s: %q and %q, want %s", raw, Fold(a), Fold(b), want)
			}
			continue
		}
		if got := Fold(raw); got != want {
			t.Errorf("Fold(%q) = %q, want %q", raw, got, want)
		}
	}
}
