package planfile_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/jamakan/jamakan/desk/planfile"
)

// One shared text of 32,000 letters (Excel allows 32,767), named by 10,000
// cells: a file of 5 KB. It must not cost the memory of 10,000 texts.
func TestASharedTextNamedByManyCells(t *testing.T) {
	const ns = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	const rel = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	row := "<row>" + strings.Repeat(`<c t="s"><v>0</v></c>`, 50) + "</row>"
	data := zipOf(t, map[string]string{
		"[Content_Types].xml":        `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
		"_rels/.rels":                `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + rel + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook ` + ns + ` xmlns:r="` + rel + `"><sheets><sheet name="Projets" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + rel + `/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="` + rel + `/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		"xl/sharedStrings.xml":       `<sst ` + ns + `><si><t>` + strings.Repeat("A", 32_000) + `</t></si></sst>`,
		"xl/worksheets/sheet1.xml":   `<worksheet ` + ns + `><sheetData>` + strings.Repeat(row, 200) + `</sheetData></worksheet>`,
	})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, _, err := planfile.ReadAny("x.xlsx", []byte(data), planfile.Known{})
	runtime.ReadMemStats(&after)
	if err == nil {
		t.Error("read as a plan")
	}
	if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 100 {
		t.Errorf("a file of %d bytes took %d MB", len(data), mb)
	}
}
