package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"

	"github.com/jamakan/jamakan/desk/export"
)

// Files cross the socket as the parts of one multipart body (RFC 2046), so
// that neither side must know how long one is before it is written. The last
// part says how it ended: a body without it was cut.

const (
	partName = "File-Name"
	partEnd  = "End"
)

// fileSender sends files as they are made.
type fileSender struct {
	w     http.ResponseWriter
	parts *multipart.Writer // nil until the first file
}

// put sends one file.
func (s *fileSender) put(f export.File) error {
	if s.parts == nil {
		s.parts = multipart.NewWriter(s.w)
		s.w.Header().Set("Content-Type", "multipart/mixed; boundary="+s.parts.Boundary())
	}
	part, err := s.parts.CreatePart(textproto.MIMEHeader{partName: {f.Name}})
	if err != nil {
		return err
	}
	return f.Write(part)
}

// end says how it went: in the answer's own words when nothing was sent yet.
func (s *fileSender) end(err error) {
	if s.parts == nil {
		reply(s.w, nil, err)
		return
	}
	said := socketError{}
	if err != nil {
		said = socketError{Message: err.Error(), Use: errors.Is(err, errUse)}
	}
	if part, err := s.parts.CreatePart(textproto.MIMEHeader{partEnd: {"1"}}); err == nil {
		_ = json.NewEncoder(part).Encode(said) // a client that left sees a cut body and says so
	}
	_ = s.parts.Close()
}

// errCut: the gateway stopped in the middle of its files.
var errCut = errors.New("the running gateway stopped in the middle of the files; try again")

// receiveFiles hands over each file as it comes; a file can be written once.
func receiveFiles(body io.Reader, boundary string, put func(export.File) error) error {
	for parts := multipart.NewReader(body, boundary); ; {
		part, err := parts.NextRawPart()
		if err != nil {
			return fmt.Errorf("%w: %w", errCut, err)
		}
		if part.Header.Get(partEnd) != "" {
			var said socketError
			if err := json.NewDecoder(part).Decode(&said); err != nil {
				return fmt.Errorf("%w: %w", errCut, err)
			}
			if said.Message != "" {
				return said
			}
			return nil
		}
		f := export.File{Name: part.Header.Get(partName), Write: func(w io.Writer) error {
			_, err := io.Copy(w, coming{part})
			return err
		}}
		if err := put(f); err != nil {
			return err
		}
	}
}

// coming is a part on its way: only an error of its reading is the gateway's,
// one of the writing is of the folder it is put in.
type coming struct{ from io.Reader }

// Read reads on.
func (c coming) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("%w: %w", errCut, err)
	}
	return n, err
}
