package planfile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// decoded turns a text file into UTF-8. Excel saves CSV in Windows-1252 on a
// French machine, "Unicode text" in UTF-16, and UTF-8 with a mark in front.
func decoded(data []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		text, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(data)
		if err != nil {
			return nil, wholeFile("ce fichier UTF-16 est abîmé ; enregistrez-le en « CSV UTF-8 »")
		}
		data = text
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		data = data[3:]
	case !utf8.Valid(data):
		text, err := charmap.Windows1252.NewDecoder().Bytes(data)
		if err != nil {
			return nil, wholeFile("ce n'est pas un texte ; enregistrez-le en « CSV UTF-8 »")
		}
		data = text
	}
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(data, []byte("\r"), []byte("\n")), nil
}

// sniffCSV finds the separator under which a header row is best recognised; 0
// when none shows one.
func sniffCSV(text []byte) rune {
	best, separator := 0, rune(0)
	for _, s := range []rune{';', '\t', ','} {
		t, _ := csvRows(text, s, headerRows) // a later fault doesn't hide the header
		if h, ok := findHeader(&t); ok && len(h.columns) > best {
			best, separator = len(h.columns), s
		}
	}
	return separator
}

// readCSV reads a list of projects separated by ; or , or tabs.
func readCSV(text []byte, separator rune) (table, error) {
	t, err := csvRows(text, separator, maxRows+1)
	if err == nil && len(t.rows) > maxRows {
		return t, wholeFile(fmt.Sprintf("plus de %d lignes remplies ; un plan a %d projets au plus : gardez ceux de ce plan dans un fichier neuf", maxRows, maxProjects))
	}
	return t, err
}

// csvRows reads at most some filled rows, numbered as a spreadsheet shows
// them: an empty line counts, a line break between quotes doesn't.
func csvRows(text []byte, separator rune, most int) (table, error) {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord = separator, -1
	var t table
	n, line, offset := 0, 0, int64(0)
	for len(t.rows) < most {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		var fault *csv.ParseError
		if errors.As(err, &fault) {
			return t, Errors{{Line: fault.StartLine, Column: fault.Column, Message: "guillemets mal fermés ; dans un tableur, enregistrez de nouveau en CSV, ou mettez \"\" pour un guillemet dans un texte"}}
		}
		if err != nil {
			return t, wholeFile("ce fichier CSV ne se lit pas ; enregistrez-le de nouveau")
		}
		start, _ := r.FieldPos(0)
		n += start - line // what was skipped between was empty rows
		line += bytes.Count(text[offset:r.InputOffset()], []byte("\n"))
		offset = r.InputOffset()
		record = record[:min(len(record), maxColumns)]
		one := row{n: n, cells: make([]cell, len(record))}
		for i, v := range record {
			one.cells[i] = cell{raw: v, shown: v}
		}
		if len(one.filled()) > 0 {
			t.rows = append(t.rows, one)
		}
	}
	return t, nil
}
