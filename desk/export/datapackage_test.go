package export

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
)

// validate is our own reader of a data package: every CSV of it is described,
// column by column and in French, and every value is what its field says.
func validate(files map[string][]byte) error {
	var d descriptor
	dec := json.NewDecoder(bytes.NewReader(files["datapackage.json"]))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		return err
	}
	var faults []error
	described := map[string]bool{}
	for _, r := range d.Resources {
		described[r.Path] = true
		faults = append(faults, r.validate(files[r.Path]))
	}
	for name := range files {
		if strings.HasSuffix(name, ".csv") && strings.Contains(name, "/") && !described[name] {
			faults = append(faults, fmt.Errorf("%s is not described", name))
		}
	}
	if len(d.Licenses) != 1 || d.Name != strings.ToLower(d.Name) || d.Created == "" {
		faults = append(faults, fmt.Errorf("the package itself: %+v", d.Licenses))
	}
	return errors.Join(faults...)
}

func (r resource) validate(raw []byte) error {
	sum := sha256.Sum256(raw)
	if got := "sha256:" + hex.EncodeToString(sum[:]); got != r.Hash || int64(len(raw)) != r.Bytes {
		return fmt.Errorf("%s: its digest is not the one described", r.Path)
	}
	if path.IsAbs(r.Path) || strings.Contains(r.Path, "..") {
		return fmt.Errorf("%s leaves the package", r.Path)
	}
	in := csv.NewReader(bytes.NewReader(raw))
	in.Comma = []rune(r.Dialect.Delimiter)[0]
	if r.Dialect.CommentChar != "" {
		in.Comment = []rune(r.Dialect.CommentChar)[0]
	}
	lines, err := in.ReadAll()
	if err != nil {
		return err
	}
	var names []string
	for _, f := range r.Schema.Fields {
		names = append(names, f.Name)
		if len(f.Description) < 4 || !strings.HasSuffix(f.Description, ".") {
			return fmt.Errorf("%s: %s is not explained", r.Path, f.Name)
		}
		if f.Unit == "%" && !slices.ContainsFunc(r.Schema.Fields, func(o column1) bool { return o.Name == f.Base }) {
			return fmt.Errorf("%s: %s is a share of nothing", r.Path, f.Name)
		}
	}
	if !slices.Equal(lines[0], names) {
		return fmt.Errorf("%s: columns %v, described %v", r.Path, lines[0], names)
	}
	for _, key := range r.Schema.PrimaryKey {
		if !slices.Contains(names, key) {
			return fmt.Errorf("%s: no column %s for its key", r.Path, key)
		}
	}
	return r.values(lines[1:])
}

func (r resource) values(lines [][]string) error {
	keys := map[string]bool{}
	for n, line := range lines {
		key := ""
		for i, f := range r.Schema.Fields {
			if slices.Contains(r.Schema.PrimaryKey, f.Name) {
				key += line[i] + "\x00"
			}
			if slices.Contains(r.Schema.MissingValues, line[i]) {
				continue
			}
			if err := f.check(line[i]); err != nil {
				return fmt.Errorf("%s line %d: %s: %w", r.Path, n+2, f.Name, err)
			}
		}
		if keys[key] {
			return fmt.Errorf("%s line %d: a key twice: %q", r.Path, n+2, key)
		}
		keys[key] = true
	}
	return nil
}

func (f column1) check(s string) (err error) {
	switch f.Type {
	case "integer":
		_, err = strconv.ParseInt(s, 10, 64)
	case "number":
		_, err = strconv.ParseFloat(s, 64)
	case "date":
		_, err = time.Parse(time.DateOnly, s)
	case "boolean":
		if !slices.Contains(f.TrueValues, s) && !slices.Contains(f.FalseValues, s) {
			err = fmt.Errorf("%q is neither", s)
		}
	case "string":
	default:
		err = fmt.Errorf("no such type: %s", f.Type)
	}
	if c := f.Constraints; err == nil && c != nil {
		if len(c.Enum) > 0 && !slices.Contains(c.Enum, s) || c.Pattern != "" && !regexp.MustCompile("^(?:"+c.Pattern+")$").MatchString(s) {
			err = fmt.Errorf("%q is not allowed", s)
		}
	}
	return err
}

func TestDataPackage(t *testing.T) {
	for _, hxl := range []bool{false, true} {
		for _, profile := range profiles() {
			for _, v := range []civic.Visibility{civic.Live, civic.ParticipationOnly, civic.AfterClose} {
				files := made(t, nasty2(t, v), Options{Week: week(t, "2026-W48"), Profile: profile, HXL: hxl, Formats: []string{"csv", "verification", "datapackage"}})
				if err := validate(files); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

// nasty2 is a nasty week of a visibility, with small cells.
func nasty2(t *testing.T, v civic.Visibility) *Source {
	src := nasty(t)
	src.Series = series(t, v, false)
	for i := range src.Series {
		src.Series[i].Rows[0].Total += int64(3 + i)
	}
	for i := range src.Report.Traffic {
		if i%3 == 0 {
			src.Report.Traffic[i].N = 3
		}
	}
	return src
}

// TestUnknownColumn: a column that nobody described, a value that is not what
// it should be, and a changed byte are found.
func TestUnknownColumn(t *testing.T) {
	o := Options{Week: week(t, "2026-W48"), Profile: Public, Formats: []string{"datapackage"}}
	for name, spoil := range map[string]func(d *descriptor){
		"column":      func(d *descriptor) { d.Resources[0].Schema.Fields = d.Resources[0].Schema.Fields[1:] },
		"type":        func(d *descriptor) { d.Resources[0].Schema.Fields[0].Type = "integer" },
		"explanation": func(d *descriptor) { d.Resources[0].Schema.Fields[3].Description = "" },
		"digest":      func(d *descriptor) { d.Resources[0].Hash = "sha256:00" },
		"file":        func(d *descriptor) { d.Resources = d.Resources[1:] },
	} {
		files := made(t, aSource(t, civic.Live, false), o)
		var d descriptor
		if err := json.Unmarshal(files["datapackage.json"], &d); err != nil {
			t.Fatal(err)
		}
		spoil(&d)
		files["datapackage.json"], _ = json.Marshal(d)
		if validate(files) == nil {
			t.Errorf("a spoiled %s is not found", name)
		}
	}
}

// TestSums: SHA256SUMS names every file with its digest.
func TestSums(t *testing.T) {
	files := made(t, aSource(t, civic.Live, false), Options{Week: week(t, "2026-W48"), Profile: Public})
	listed := string(like(t, files, "SHA256SUMS", ""))
	for name, b := range files {
		sum := sha256.Sum256(b)
		if !strings.HasPrefix(name, "SHA256SUMS") && !strings.Contains(listed, hex.EncodeToString(sum[:])+"  "+name+"\n") {
			t.Errorf("%s is not listed with its digest", name)
		}
	}
}
