package store

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"github.com/jamakan/jamakan/civic"
)

// rowsBegin is what comes before the rows of a sheet as we write it: they come
// last, and no text of a sheet holds it, since its quotes would be escaped.
const rowsBegin = `,"rows":[`

// readSheet reads a frozen sheet. A large region's has tens of thousands of
// rows, all written alike by us: those are read by what they look like, ten
// times as fast. Anything else about them, and the whole is read as any JSON.
func readSheet(raw []byte, into *civic.Sheet) error {
	at := rowsAt(raw)
	if at < 0 {
		return json.Unmarshal(raw, into)
	}
	r := rowReader{b: raw[at+len(rowsBegin):]}
	rows, ok := r.rows()
	if !ok {
		return json.Unmarshal(raw, into)
	}
	if err := json.Unmarshal(append(bytes.Clone(raw[:at]), '}'), into); err != nil {
		return err
	}
	into.Rows = rows
	return nil
}

// rowsAt is where the rows of a sheet begin; -1 when it is not written as we
// write it.
func rowsAt(raw []byte) int {
	at := bytes.LastIndex(raw, []byte(rowsBegin))
	if at < 1 || bytes.HasSuffix(bytes.TrimSpace(raw[:at]), []byte("{")) {
		return -1
	}
	return at
}

// readHead reads a frozen sheet without its rows.
func readHead(raw []byte, into *civic.Sheet) error {
	at := rowsAt(raw)
	if at < 0 {
		err := json.Unmarshal(raw, into)
		into.Rows = nil
		return err
	}
	return json.Unmarshal(append(bytes.Clone(raw[:at]), '}'), into)
}

// rowReader takes rows off their bytes; odd is set by the first byte that we
// would not have written there.
type rowReader struct {
	b           []byte
	odd         bool
	place, lang string // of the row before: the next is often of the same
}

func (r *rowReader) rows() ([]civic.SheetRow, bool) {
	rows := make([]civic.SheetRow, 0, bytes.Count(r.b, []byte(`{"place"`)))
	for first := true; !r.odd; first = false {
		if string(r.b) == "]}" {
			return rows, true
		}
		if !first {
			r.skip(",")
		}
		rows = append(rows, r.row())
	}
	return nil, false
}

func (r *rowReader) row() (row civic.SheetRow) {
	r.skip(`{"place":`)
	r.place = r.text(r.place)
	row.Place = civic.Code(r.place)
	r.skip(`,"option":`)
	row.Option = uint16(r.small(16))
	r.skip(`,"group":{"channel":`)
	row.Group.Channel = civic.Channel(r.small(8))
	r.skip(`,"lang":`)
	r.lang = r.text(r.lang)
	row.Group.Lang = r.lang
	r.skip(`,"sex":`)
	row.Group.Sex = civic.Sex(r.small(8))
	r.skip(`,"age":`)
	row.Group.Age = civic.Age(r.small(8))
	r.skip(`},"in_week":`)
	row.InWeek = r.number()
	r.skip(`,"total":`)
	row.Total = r.number()
	r.skip(`}`)
	return row
}

func (r *rowReader) skip(what string) {
	if len(r.b) < len(what) || string(r.b[:len(what)]) != what {
		r.odd = true
		return
	}
	r.b = r.b[len(what):]
}

// text takes a text without anything escaped; same is returned when it is the
// same again.
func (r *rowReader) text(same string) string {
	r.skip(`"`)
	end := bytes.IndexByte(r.b, '"')
	if end < 0 || bytes.ContainsFunc(r.b[:end], func(c rune) bool { return c == '\\' || c < ' ' }) || !utf8.Valid(r.b[:end]) {
		r.odd = true
		return ""
	}
	raw := r.b[:end]
	r.b = r.b[end+1:]
	if string(raw) == same {
		return same
	}
	return string(raw)
}

// small takes a number that has no sign.
func (r *rowReader) small(bits int) int64 {
	n := r.number()
	if n < 0 || n >= 1<<bits {
		r.odd = true
	}
	return n
}

func (r *rowReader) number() int64 {
	end := 0
	for end < len(r.b) && (r.b[end] == '-' || r.b[end] >= '0' && r.b[end] <= '9') {
		end++
	}
	n, err := strconv.ParseInt(string(r.b[:end]), 10, 64)
	if err != nil || r.b[0] == '0' && end > 1 || r.b[0] == '-' && r.b[1] == '0' {
		r.odd = true
	}
	r.b = r.b[end:]
	return n
}
