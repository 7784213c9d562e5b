package store

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/jamakan/jamakan/civic"
)

func someSheet() civic.Sheet {
	s := civic.Sheet{
		Week: civic.Week{Year: 2026, Number: 48}, PlanCode: "P", PlanTitle: civic.Text{"fr": `Un plan, "rows":[ et ,"rows":[{"place"`},
		Places: []civic.Place{{Code: "01", Name: `A "rows":[]}`}},
	}
	for i := range 40 {
		s.Rows = append(s.Rows, civic.SheetRow{
			Place: civic.Code([]string{"01010103", "01010104"}[i%2]), Option: uint16(i % 9), InWeek: int64(i - 7), Total: int64(i * i),
			Group: civic.Group{Channel: civic.Channel(i % 3), Lang: []string{"bm", "", "français"}[i%3], Sex: civic.Sex(i % 3), Age: civic.Age(i % 5)},
		})
	}
	return s
}

// TestReadSheet: a sheet reads as any JSON does, whether its rows look as ours
// do or not.
func TestReadSheet(t *testing.T) {
	odd := someSheet()
	odd.Rows[3].Group.Lang = "a\"\\\n<"
	for name, s := range map[string]civic.Sheet{"ours": someSheet(), "no rows": {Rows: []civic.SheetRow{}}, "nil rows": {}, "odd text": odd} {
		raw, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		sameSheet(t, name, raw)
		sameSheet(t, name+", spaced", bytes.ReplaceAll(raw, []byte(`:`), []byte(`: `)))
	}
	r := rowReader{}
	raw, _ := json.Marshal(someSheet())
	r.b = raw[bytes.LastIndex(raw, []byte(rowsBegin))+len(rowsBegin):]
	if rows, ok := r.rows(); !ok || len(rows) != 40 {
		t.Errorf("our own rows are not read fast: %d, %v", len(rows), ok)
	}
}

func sameSheet(t *testing.T, name string, raw []byte) {
	t.Helper()
	var want, got civic.Sheet
	wrong, err := json.Unmarshal(raw, &want), readSheet(raw, &got)
	if (wrong == nil) != (err == nil) {
		t.Errorf("%s: %v, want %v: %s", name, err, wrong, raw)
	} else if err == nil && !reflect.DeepEqual(got, want) {
		t.Errorf("%s: %+v, want %+v", name, got, want)
	}
}

// FuzzReadSheet: bytes that are no JSON are no sheet, and a sheet is what JSON
// says.
func FuzzReadSheet(f *testing.F) {
	raw, err := json.Marshal(someSheet())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte(`{"plan_code":"P","rows":[{"place":"01","option":0,"group":{"channel":1,"lang":"bm","sex":0,"age":0},"in_week":1,"total":-2}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) { sameSheet(t, "fuzz", raw) })
}
