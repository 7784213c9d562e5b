package planfile_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/desk/planfile"
)

func zipOf(t testing.TB, parts map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// replaced is a workbook with one part rewritten.
func replaced(t testing.TB, data []byte, part string, change func(string) string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := b.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = b.String()
	}
	if _, ok := parts[part]; !ok {
		t.Fatalf("no part %s", part)
	}
	parts[part] = change(parts[part])
	return []byte(zipOf(t, parts))
}

const firstSheet = "xl/worksheets/sheet1.xml"

// bounded fails when reading takes much memory, and returns its error. Time is
// told and not judged: a busy machine is not a fault.
func bounded(t *testing.T, name string, data []byte, mebibytes uint64) error {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	_, _, err := planfile.ReadAny(name, data, knownSmall(t))
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	used := (after.TotalAlloc - before.TotalAlloc) >> 20
	t.Logf("%d bytes: %v, %d MiB allocated in all: %.90v", len(data), took.Round(time.Millisecond), used, err)
	if used > mebibytes {
		t.Errorf("took %d MiB, want at most %d", used, mebibytes)
	}
	var all planfile.Errors
	if !errors.As(err, &all) {
		t.Errorf("got %v, want Errors", err)
	}
	return err
}

func TestBombsAreRefused(t *testing.T) {
	template, err := planfile.Template()
	if err != nil {
		t.Fatal(err)
	}
	sheet := func(rows string) func(string) string {
		return func(string) string {
			return `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + rows + `</sheetData></worksheet>`
		}
	}
	head := `<row r="1"><c r="A1" t="inlineStr"><is><t>Code</t></is></c><c r="B1" t="inlineStr"><is><t>Statut</t></is></c></row>`
	for name, row := range map[string]struct {
		part   string
		change func(string) string
		says   string
	}{
		"zip bomb": {firstSheet, sheet(head + strings.Repeat(" ", 1<<28)), "48 Mio"},
		"billion laughs": {firstSheet, func(string) string {
			return `<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet><sheetData><row><c><v>&b;</v></c></row></sheetData></worksheet>`
		}, "déclarations"},
		"many texts": {"xl/sharedStrings.xml", func(string) string {
			return `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` + strings.Repeat("<si/>", 8<<20) + `</sst>`
		}, "trop de textes"},
		"far cells":  {firstSheet, sheet(head + strings.Repeat(`<row><c r="XFD2"><f/></c></row>`, 100_000)), "trop de cellules"},
		"far row":    {firstSheet, sheet(head + `<row r="1048576"><c r="A1048576"><v>1</v></c></row><row r="9999999"/>`), "abîmée"},
		"cut sheet":  {firstSheet, func(s string) string { return s[:len(s)/2] }, "abîmée"},
		"no entity":  {firstSheet, sheet(head + `<row r="2"><c r="A2"><v>&x;</v></c></row>`), "abîmée"},
		"no rels":    {"xl/_rels/workbook.xml.rels", func(string) string { return "<Relationships/>" }, ""},
		"not a book": {"xl/workbook.xml", func(string) string { return "<workbook><sheets><sheet/></sheets></workbook>" }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := bounded(t, "x.xlsx", replaced(t, template, row.part, row.change), 400)
			says(t, err, row.says)
		})
	}
}

func TestFiftyThousandRows(t *testing.T) {
	rows := [][]any{headingsRow()}
	var csv strings.Builder
	csv.WriteString("Code;Intitulé;Secteur;Village;Coût\n")
	for i := range 50_000 {
		rows = append(rows, []any{fmt.Sprintf("P-%d", i), fmt.Sprintf("Projet %d", i), nil, "eau", "Kabaté", 1_000_000 + i, "commune", "proposé", 2027})
		fmt.Fprintf(&csv, "P-%d;Projet %d;eau;Kabaté;%d\n", i, i, 1_000_000+i)
	}
	err := bounded(t, "x.xlsx", book(t, map[string][][]any{"Projets": rows}, nil), 400)
	says(t, err, "500 projets au plus")
	says(t, bounded(t, "x.csv", []byte(csv.String()), 400), "500 projets au plus")
	err = bounded(t, "x.xlsx", book(t, map[string][][]any{"Projets": rows[:1001]}, nil), 400)
	says(t, err, "1 000 projets ; un plan en a 500 au plus")
	says(t, bounded(t, "x.csv", bytes.Repeat([]byte("x"), 9<<20), 40), "8 Mio")
}

func TestFiveHundredProjects(t *testing.T) {
	rows := [][]any{headingsRow()}
	for i := range 490 {
		rows = append(rows, []any{nil, fmt.Sprintf("Projet %d", i), nil, "eau", "Kabaté", 1_000_000 + i, "commune", "proposé", 2027})
	}
	data := book(t, map[string][][]any{"Projets": rows}, nil)
	p, _, err := planfile.ReadAny("x.xlsx", data, knownSmall(t))
	if err != nil || len(p.Projects) != 492 {
		t.Fatalf("got %d projects, %v", len(p.Projects), err)
	}
}

func FuzzReadAny(f *testing.F) {
	template, err := planfile.TemplateOf(smallPlan(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add("x.xlsx", template)
	f.Add("x.csv", []byte("Code;Intitulé;Secteur;Village;Coût;Échéance\nA;B;eau;Kabaté;1 250 000;T4 2026\n"))
	f.Add("x.csv", []byte("N°\tActivité\tSecteur\tVillage\tCoût (en millions)\n1\tPuits\teau\tKabaté\t12,5\n\tTotal\t\t\t12,5\n"))
	f.Add("x", []byte("\xff\xfeC\x00o\x00d\x00e\x00;\x00S\x00t\x00a\x00t\x00u\x00t\x00\n\x00"))
	f.Add("x.csv", []byte("Code,Intitul\xe9,Co\xfbt\nEAU,\"For\nage\",12 M\n"))
	f.Add("x.yaml", []byte(small))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		known := knownSmall(t)
		p, remarks, err := planfile.ReadAny(name, data, known)
		if err != nil {
			var all planfile.Errors
			var which *planfile.WhichPlanError
			if !errors.As(err, &which) && (!errors.As(err, &all) || len(all) == 0) {
				t.Errorf("got %v, want Errors", err)
			}
			return
		}
		written, err := planfile.Write(p)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := planfile.Read(written); err != nil {
			t.Errorf("a plan file would refuse what was read: %v\n%s", err, written)
		}
		_ = planfile.Preview(&known.Plans[0], p, known.Now, remarks).Lines()
	})
}
