package export

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jamakan/jamakan/desk/export/table"
)

// format is one way to write a week.
type format struct {
	name   string
	needs  string // another that must be written with it
	render func(*book) ([]File, error)
}

// formats are the renderers, in the order that files are written: the one
// place to add one. What weighs other files comes after them.
func formats() []format {
	return []format{
		{"csv", "", (*book).sheets},
		{"data", "", (*book).machine},
		{"xlsx", "", (*book).workbook},
		{"html", "", (*book).posters},
		{"pdf", "", (*book).prints},
		{"verification", "", (*book).verification},
		{"datapackage", "data", (*book).pack},
	}
}

// Formats lists the names of the formats.
func Formats() []string {
	var names []string
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return names
}

// everyFormat asks for all.
const everyFormat = "all"

// choose finds the formats asked for, each once, in their own order.
func choose(asked []string) ([]format, error) {
	wanted := map[string]bool{}
	for _, name := range asked {
		name = strings.TrimSpace(name)
		i := slices.Index(Formats(), name)
		if i < 0 && name != everyFormat {
			return nil, fmt.Errorf("%q: %w; write %s, or all", name, ErrFormat, strings.Join(Formats(), ", "))
		}
		wanted[name] = true
		if i >= 0 {
			wanted[formats()[i].needs] = true
		}
	}
	if len(asked) == 0 || wanted[everyFormat] {
		return formats(), nil
	}
	return slices.DeleteFunc(formats(), func(f format) bool { return !wanted[f.name] }), nil
}

// layOut makes the tables that have a source.
func (b *book) layOut() []table.Table {
	has := b.src.Counted
	asked := slices.ContainsFunc(b.polls, func(p *poll) bool { return p.sheet != nil })
	all := []table.Table{b.communes()}
	add := func(there bool, t func() table.Table) {
		if there {
			all = append(all, t())
		}
	}
	add(asked || has.Traffic, b.breakdowns)
	add(asked, b.projects)
	add(has.Feedback, b.opinions)
	add(has.Traffic || has.Messages, b.quality)
	add(len(b.plans) > 0, b.followed)
	add(has.Feedback, b.questions)
	add(len(b.apart()) > 0, b.counted)
	add(len(b.corrections()) > 0, b.corrected)
	return all
}

// The folders of a week.
const (
	dataFolder  = "donnees/"
	proofFolder = "verification/"
)

// fileName names a file of the week, so that weeks and profiles can lie in one
// folder.
func (b *book) fileName(kind, ending string) string {
	n := kind + "_" + b.o.Week.String()
	if b.o.Commune != "" {
		n += "_" + string(b.o.Commune)
	}
	return n + "_" + string(b.o.Profile) + ending
}

// sheets are the CSV files for Excel.
func (b *book) sheets() ([]File, error) { return b.csv("", excel(b.o.HXL)), nil }

// machine are the CSV files for programs.
func (b *book) machine() ([]File, error) { return b.csv(dataFolder, data(b.o.HXL)), nil }

func (b *book) csv(folder string, d dialect) []File {
	var files []File
	for _, t := range b.tables {
		files = append(files, File{
			Name:  folder + b.fileName(t.Name, ".csv"),
			Write: func(w io.Writer) error { return d.write(w, t) },
		})
	}
	return files
}

// text is a small file made at once.
func text(name string, content func() (string, error)) File {
	return File{Name: name, Write: func(w io.Writer) error {
		s, err := content()
		if err != nil {
			return err
		}
		_, err = io.Copy(w, bytes.NewBufferString(s))
		return err
	}}
}

// sums lists the digest of every file, as sha256sum reads it.
func (b *book) sums() File {
	return text(b.fileName("SHA256SUMS", ".txt"), func() (string, error) {
		var s strings.Builder
		for _, f := range b.files {
			d, err := b.scale.of(f)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(&s, "%s  %s\n", d.sha256, f.Name)
		}
		return s.String(), nil
	})
}
