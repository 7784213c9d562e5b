package main

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/jamakan/jamakan/desk/export"
)

func sentFile(name, content string, err error) export.File {
	return export.File{Name: name, Write: func(w io.Writer) error {
		if _, e := io.WriteString(w, content); e != nil {
			return e
		}
		return err
	}}
}

// sent sends files as the gateway does, and gives the body and its boundary.
func sent(t *testing.T, end error, files ...export.File) (body []byte, boundary string) {
	t.Helper()
	w := httptest.NewRecorder()
	s := fileSender{w: w}
	for _, f := range files {
		if err := s.put(f); err != nil {
			end = err
			break
		}
	}
	s.end(end)
	_, params, err := mime.ParseMediaType(w.Header().Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	return w.Body.Bytes(), params["boundary"]
}

func received(body []byte, boundary string) (names, contents []string, err error) {
	err = receiveFiles(bytes.NewReader(body), boundary, func(f export.File) error {
		b, err := f.Bytes()
		names, contents = append(names, f.Name), append(contents, string(b))
		return err
	})
	return names, contents, err
}

// TestTheFolderIsAtFault: what can't be put where it was asked for is not the
// gateway's fault, and nobody is told to try again.
func TestTheFolderIsAtFault(t *testing.T) {
	full := errors.New("no space left on device")
	body, boundary := sent(t, nil, sentFile("a", "1", nil))
	err := receiveFiles(bytes.NewReader(body), boundary, func(f export.File) error { return f.Write(refuser{full}) })
	if !errors.Is(err, full) || errors.Is(err, errCut) {
		t.Error(err)
	}
}

type refuser struct{ why error }

func (r refuser) Write([]byte) (int, error) { return 0, r.why }

// TestFileStream: files cross whole, an error in the middle is told, and a
// body that was cut is no success.
func TestFileStream(t *testing.T) {
	big := strings.Repeat("--boundary\r\n", 100_000)
	body, boundary := sent(t, nil, sentFile("a/é;\"x.csv", "1\r\n", nil), sentFile("b", big, nil), sentFile("c", "", nil))
	names, contents, err := received(body, boundary)
	if err != nil || strings.Join(names, " ") != "a/é;\"x.csv b c" || contents[1] != big || contents[2] != "" {
		t.Fatalf("%q, %d bytes, %v", names, len(strings.Join(contents, "")), err)
	}
	for _, cut := range []int{10, len(body) / 2, len(body) - 80, len(body) - 200} {
		if _, _, err := received(body[:cut], boundary); !errors.Is(err, errCut) {
			t.Errorf("cut at %d of %d: %v", cut, len(body), err)
		}
	}
	body, boundary = sent(t, nil, sentFile("a", "1", nil), sentFile("b", "2", errors.New("the disk")))
	if _, _, err := received(body, boundary); err == nil || !strings.Contains(err.Error(), "the disk") {
		t.Errorf("a fault in the middle: %v", err)
	}
	w := httptest.NewRecorder()
	s := fileSender{w: w}
	s.end(errUse)
	if w.Code != 422 || !strings.Contains(w.Body.String(), "wrong use") {
		t.Errorf("a refusal before any file: %d %s", w.Code, w.Body)
	}
}
