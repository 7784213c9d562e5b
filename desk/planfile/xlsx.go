package planfile

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// What an XLSX file may unpack to. A list of 500 projects is under one
// megabyte; a bomb of a few kilobytes unpacks to gigabytes.
const (
	maxFile    = 8 << 20
	maxUnzip   = 48 << 20
	maxParts   = 4_096
	maxTags    = 1_500_000 // in a part that the library holds whole: shared texts, styles
	maxScanned = 1_500_000 // cells walked in one sheet, empty ones too
)

var (
	errManyRows  = errors.New("too many rows")
	errManyCells = errors.New("too many cells")
	errDamaged   = errors.New("damaged")
)

// readXLSX reads every sheet of a workbook.
func readXLSX(data []byte) (tables []table, err error) {
	// A library that reads what strangers send may panic on what nobody tried
	// yet; the gateway that runs behind must not die of a spreadsheet.
	defer func() {
		if recover() != nil {
			tables, err = nil, wholeFile("ce classeur est abîmé ; ouvrez-le dans un tableur et enregistrez-le de nouveau en XLSX")
		}
	}()
	if err := checkParts(data); err != nil {
		return nil, err
	}
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit: maxUnzip, UnzipXMLSizeLimit: maxUnzip, RawCellValue: true,
	})
	if err != nil {
		return nil, wholeFile("ce classeur est abîmé ; ouvrez-le dans un tableur et enregistrez-le de nouveau en XLSX")
	}
	defer book.Close()
	props, err := book.GetWorkbookProps()
	from1904 := err == nil && props.Date1904 != nil && *props.Date1904
	for _, name := range book.GetSheetList() {
		t, err := readSheet(book, name)
		if err != nil {
			return nil, sheetFault(name, err)
		}
		t.date1904 = from1904
		tables = append(tables, t)
	}
	return tables, nil
}

func sheetFault(name string, err error) error {
	if errors.Is(err, errManyCells) {
		return wholeFile("feuille « " + cut(name) + " » : trop de cellules pour une liste de projets ; copiez ses lignes dans une feuille neuve")
	}
	if errors.Is(err, errManyRows) {
		return wholeFile(fmt.Sprintf("feuille « %s » : plus de %d lignes remplies ; un plan a %d projets au plus : gardez ceux de ce plan dans une feuille neuve", cut(name), maxRows, maxProjects))
	}
	return wholeFile("feuille « " + cut(name) + " » : elle est abîmée ; ouvrez le fichier dans un tableur et enregistrez-le de nouveau en XLSX")
}

func wholeFile(message string) Errors { return Errors{{Message: message}} }

// checkParts refuses a workbook that would unpack to more than a plan can be,
// before anything is unpacked into memory.
func checkParts(data []byte) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return wholeFile("ce classeur est abîmé ou incomplet ; copiez-le de nouveau")
	}
	var total uint64
	book := false
	for _, part := range z.File {
		total += part.UncompressedSize64
		if total > maxUnzip || part.UncompressedSize64 > maxUnzip || len(z.File) > maxParts {
			return wholeFile("ce classeur se déplie en plus de 48 Mio : ce n'est pas la liste des projets d'un plan ; copiez-la dans un classeur neuf")
		}
		name := strings.ToLower(part.Name)
		book = book || strings.HasPrefix(name, "xl/")
		if strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, ".rels") {
			if err := checkPart(part); err != nil {
				return err
			}
		}
	}
	if !book {
		return wholeFile(notXLSX(z))
	}
	return checkTexts(z)
}

// notXLSX says what to do with another file in a zip.
func notXLSX(z *zip.Reader) string {
	for _, part := range z.File {
		switch {
		case part.Name == "mimetype", part.Name == "content.xml":
			return "c'est un fichier OpenDocument (.ods) ; dans LibreOffice : Fichier, Enregistrer sous, « Classeur Excel 2007-365 (.xlsx) »"
		case strings.HasPrefix(part.Name, "word/"):
			return "c'est un document Word ; copiez le tableau dans un tableur et enregistrez-le en XLSX"
		}
	}
	return "c'est une archive zip, pas un classeur ; donnez le fichier .xlsx qui est dedans"
}

// checkPart reads a part through, without keeping it: no declarations of
// entities, and not more tags than fit in memory once the library holds them.
func checkPart(part *zip.File) error {
	damaged := wholeFile("ce classeur est abîmé ou incomplet ; copiez-le de nouveau")
	r, err := part.Open()
	if err != nil {
		return damaged
	}
	defer r.Close()
	tags, buf := 0, make([]byte, 64<<10)
	var tail []byte
	for {
		n, err := r.Read(buf)
		tags += bytes.Count(buf[:n], []byte("<"))
		window := append(tail, buf[:n]...)
		if bytes.Contains(window, []byte("<!DOCTYPE")) || bytes.Contains(window, []byte("<!ENTITY")) {
			return wholeFile("ce classeur contient des déclarations qu'aucun tableur n'écrit ; il est refusé")
		}
		tail = append([]byte(nil), window[max(0, len(window)-9):]...)
		if tags > maxTags && !strings.HasPrefix(strings.ToLower(part.Name), "xl/worksheets/") {
			return wholeFile("ce classeur tient trop de textes ou de formats ; copiez la liste des projets dans un classeur neuf")
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return damaged
		}
	}
}
