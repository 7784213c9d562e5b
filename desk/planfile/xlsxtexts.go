package planfile

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// A workbook keeps each text once and names it from its cells: a file of a few
// kilobytes may name one long text a hundred thousand times, and the library
// makes a copy for each. So it is counted first what the cells would come to.

// What texts may come to.
const (
	longestText   = 32_767   // letters of one cell, Excel's own limit
	longestFormat = 255      // letters of a number format, Excel's own limit
	allTexts      = 32 << 20 // bytes of all cells together
)

// checkTexts refuses a workbook whose cells would come to more text than a plan
// can be.
func checkTexts(z *zip.Reader) error {
	tooMuch := wholeFile("ce classeur répète de très longs textes dans trop de cellules ; copiez la liste des projets dans un classeur neuf")
	lengths, err := sharedLengths(z)
	if err != nil {
		return err
	}
	longest := 0
	for _, n := range lengths {
		longest = max(longest, n)
	}
	total := 0
	for _, part := range z.File {
		if longest == 0 || !strings.HasPrefix(strings.ToLower(part.Name), "xl/worksheets/") {
			continue
		}
		total += namedBytes(part, lengths, allTexts-total)
		if total > allTexts {
			return tooMuch
		}
	}
	return nil
}

// sharedLengths are the bytes of each shared text.
func sharedLengths(z *zip.Reader) (lengths []int, err error) {
	for _, part := range z.File {
		name := strings.ToLower(part.Name)
		if !strings.HasSuffix(name, "sharedstrings.xml") && !strings.HasSuffix(name, "styles.xml") {
			continue
		}
		walk(part, func(token xml.Token) bool {
			switch x := token.(type) {
			case xml.StartElement:
				switch x.Name.Local {
				case "si":
					lengths = append(lengths, 0)
				case "numFmt":
					if len(attribute(x, "formatCode")) > 4*longestFormat {
						err = wholeFile("ce classeur a un format de nombre démesuré ; copiez la liste des projets dans un classeur neuf")
					}
				}
			case xml.CharData:
				if n := len(lengths); n > 0 && strings.HasSuffix(name, "sharedstrings.xml") {
					lengths[n-1] += len(x)
					if lengths[n-1] > 4*longestText {
						err = wholeFile("une cellule tient plus de 32 767 lettres : aucun tableur ne l'écrit ; ce classeur est refusé")
					}
				}
			}
			return err == nil
		})
		if err != nil {
			return nil, err
		}
	}
	return lengths, nil
}

// namedBytes is how many bytes the cells of a sheet name, until it is more than
// most.
func namedBytes(part *zip.File, lengths []int, most int) int {
	total := 0
	shared, value := false, false
	walk(part, func(token xml.Token) bool {
		switch x := token.(type) {
		case xml.StartElement:
			if x.Name.Local == "c" {
				shared = attribute(x, "t") == "s"
			}
			value = x.Name.Local == "v"
		case xml.EndElement:
			value = false
		case xml.CharData:
			if shared && value {
				if i, err := strconv.Atoi(strings.TrimSpace(string(x))); err == nil && i >= 0 && i < len(lengths) {
					total += lengths[i]
				}
			}
		}
		return total <= most
	})
	return total
}

// walk reads a part's tokens until fn has enough. What is broken in it is said
// when the sheet is read.
func walk(part *zip.File, fn func(xml.Token) bool) {
	r, err := part.Open()
	if err != nil {
		return
	}
	defer r.Close()
	for d := xml.NewDecoder(io.LimitReader(r, maxUnzip)); ; {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) || err != nil || !fn(token) {
			return
		}
	}
}
