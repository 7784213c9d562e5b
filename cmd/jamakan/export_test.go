package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jamakan/jamakan/desk/export"
)

// handing is an office that hands over files.
type handing struct {
	office
	files []export.File
}

func (h handing) Export(_ context.Context, _ exportAsk, put func(export.File) error) error {
	for _, f := range h.files {
		if err := put(f); err != nil {
			return err
		}
	}
	return nil
}

func containing(name, content string) export.File {
	return export.File{Name: name, Write: func(w io.Writer) error { _, err := io.WriteString(w, content); return err }}
}

// TestAnExportIsStopped: whoever stops one is told what she has, and has no
// half of a file.
func TestAnExportIsStopped(t *testing.T) {
	for out, want := range map[string]error{t.TempDir(): errStopped, "-": errCutArchive} {
		ctx, stop := context.WithCancel(t.Context())
		half := export.File{Name: "half.csv", Write: func(w io.Writer) error {
			_, err := io.WriteString(w, strings.Repeat("1;2\r\n", 10_000))
			stop()
			return errors.Join(err, ctx.Err())
		}}
		var said strings.Builder
		v := exportVerb{Out: out}
		err := v.write(ctx, handing{files: []export.File{containing("whole.csv", "1"), half}}, world{stdout: &said, stderr: io.Discard})
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", out, err, want)
		}
		if out != "-" {
			if got, want := lyingIn(t, out), "whole.csv"; got != want || !strings.Contains(said.String(), want) || strings.Contains(said.String(), "half") {
				t.Errorf("left %s, want %s; said %s", got, want, said.String())
			}
		}
	}
}

// TestAnExportSaysWhoseFaultItIs: only a fault of the folder asks for another.
func TestAnExportSaysWhoseFaultItIs(t *testing.T) {
	w := world{stdout: io.Discard, stderr: io.Discard}
	bad := export.File{Name: "a.csv", Write: func(io.Writer) error { return export.ErrLeaves }}
	if err := (exportVerb{Out: t.TempDir()}).write(t.Context(), handing{files: []export.File{bad}}, w); !errors.Is(err, export.ErrLeaves) || strings.Contains(err.Error(), "--out") {
		t.Errorf("a fault of the data: %v", err)
	}
	if err := (exportVerb{Out: "/dev/null/x"}).write(t.Context(), handing{files: []export.File{containing("a.csv", "1")}}, w); err == nil || !strings.Contains(err.Error(), "--out") {
		t.Errorf("a fault of the folder: %v", err)
	}
}

func lyingIn(t *testing.T, folder string) string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, d.Name())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(names, " ")
}
