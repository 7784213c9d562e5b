package workbook

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// orderly is an archive whose parts lie in the order of their names: excelize
// writes streamed sheets in the order of a map, which is another each time.
// Parts are kept compressed until the end.
type orderly struct {
	w     io.Writer
	parts map[string]*part
}

var _ excelize.ZipWriter = (*orderly)(nil)

type part struct {
	data  bytes.Buffer
	flate *flate.Writer
	crc   uint32
	size  uint64
}

func newOrderly(w io.Writer) excelize.ZipWriter { return &orderly{w: w, parts: map[string]*part{}} }

// Create begins a part.
func (o *orderly) Create(name string) (io.Writer, error) {
	p := &part{}
	var err error
	if p.flate, err = flate.NewWriter(&p.data, flate.DefaultCompression); err != nil {
		return nil, err
	}
	o.parts[name] = p
	return p, nil
}

// errFolder: excelize adds no folder to a book of ours.
var errFolder = errors.New("a folder in a workbook")

// AddFS is never asked of us.
func (o *orderly) AddFS(fs.FS) error { return errFolder }

// Close writes all.
func (o *orderly) Close() error {
	z := zip.NewWriter(o.w)
	for _, name := range slices.SortedFunc(maps.Keys(o.parts), first) {
		p := o.parts[name]
		if err := p.flate.Close(); err != nil {
			return err
		}
		raw, err := z.CreateRaw(&zip.FileHeader{
			Name: name, Method: zip.Deflate, CRC32: p.crc,
			CompressedSize64: uint64(p.data.Len()), UncompressedSize64: p.size,
		})
		if err != nil {
			return err
		}
		if _, err := raw.Write(p.data.Bytes()); err != nil {
			return err
		}
	}
	return z.Close()
}

// first puts the list of contents before the rest: some readers want it there.
func first(a, b string) int {
	const contents = "[Content_Types].xml"
	switch {
	case a == contents:
		return -1
	case b == contents:
		return 1
	}
	return strings.Compare(a, b)
}

func (p *part) Write(b []byte) (int, error) {
	n, err := p.flate.Write(b)
	p.size += uint64(n)
	p.crc = crc32.Update(p.crc, crc32.IEEETable, b[:n])
	return n, err
}
