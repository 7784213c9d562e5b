package main

import (
	"io"
	"os"
	"strings"
	"testing"
)

// redirected does what a shell does with < and >.
func redirected(t *testing.T, args []string) (rest []string, stdin io.Reader, stdout io.Writer) {
	t.Helper()
	stdin, stdout = strings.NewReader(""), io.Discard
	for i := 0; i < len(args); i++ {
		if args[i] != "<" && args[i] != ">" {
			rest = append(rest, args[i])
			continue
		}
		open := os.Open
		if args[i] == ">" {
			open = os.Create
		}
		i++
		f, err := open(args[i])
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		stdin, stdout = redirect(args[i-1], f, stdin, stdout)
	}
	return rest, stdin, stdout
}

func redirect(sign string, f *os.File, stdin io.Reader, stdout io.Writer) (io.Reader, io.Writer) {
	if sign == "<" {
		return f, stdout
	}
	return stdin, f
}
