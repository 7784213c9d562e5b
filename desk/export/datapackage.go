package export

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jamakan/jamakan/desk/export/table"
)

// The descriptor follows Frictionless Data's specifications, version 1: Data
// Package, Tabular Data Resource, Table Schema, CSV Dialect.

type descriptor struct {
	Profile     string     `json:"profile"`
	Name        string     `json:"name"`
	Title       string     `json:"title"`
	Description string     `json:"description"`
	Created     string     `json:"created"`
	Keywords    []string   `json:"keywords"`
	Licenses    []license  `json:"licenses"`
	Sources     []source   `json:"sources,omitempty"`
	Resources   []resource `json:"resources"`
}

type license struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Path  string `json:"path,omitempty"`
}

type source struct {
	Title string `json:"title"`
}

type resource struct {
	Profile     string  `json:"profile"`
	Name        string  `json:"name"`
	Title       string  `json:"title"`
	Description string  `json:"description"`
	Path        string  `json:"path"`
	Format      string  `json:"format"`
	MediaType   string  `json:"mediatype"`
	Encoding    string  `json:"encoding"`
	Bytes       int64   `json:"bytes"`
	Hash        string  `json:"hash"`
	Dialect     csvForm `json:"dialect"`
	Schema      schema  `json:"schema"`
}

type csvForm struct {
	Delimiter      string `json:"delimiter"`
	LineTerminator string `json:"lineTerminator"`
	QuoteChar      string `json:"quoteChar"`
	DoubleQuote    bool   `json:"doubleQuote"`
	Header         bool   `json:"header"`
	CommentChar    string `json:"commentChar,omitempty"` // the row of tags begins with #
}

type schema struct {
	Fields        []column1 `json:"fields"`
	MissingValues []string  `json:"missingValues"`
	PrimaryKey    []string  `json:"primaryKey"`
}

// column1 is a field of a Table Schema.
type column1 struct {
	Name        string       `json:"name"`
	Type        string       `json:"type"`
	Format      string       `json:"format,omitempty"`
	Title       string       `json:"title"`
	Description string       `json:"description"`
	Unit        string       `json:"unit,omitempty"`
	Base        string       `json:"base,omitempty"` // of a share: the column it is a part of
	TrueValues  []string     `json:"trueValues,omitempty"`
	FalseValues []string     `json:"falseValues,omitempty"`
	Constraints *constraints `json:"constraints,omitempty"`
}

type constraints struct {
	Enum    []string `json:"enum,omitempty"`
	Pattern string   `json:"pattern,omitempty"`
}

// pack is the descriptor of the data files. It names their digests, so it is
// written after them.
func (b *book) pack() ([]File, error) {
	return []File{text("datapackage.json", func() (string, error) {
		d := b.descriptor()
		tables := slices.Clone(b.tables)
		path := func(t table.Table) string { return dataFolder + b.fileName(t.Name, ".csv") }
		if b.wrote(b.receiptsName()) {
			tables = append(tables, b.receipts())
		}
		for _, t := range tables {
			at, hxl := path(t), b.o.HXL
			if t.Name == "recus" {
				at, hxl = b.receiptsName(), false
			}
			r, err := b.resource(t, at, hxl)
			if err != nil {
				return "", err
			}
			d.Resources = append(d.Resources, r)
		}
		var out bytes.Buffer
		e := json.NewEncoder(&out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		err := e.Encode(d)
		return out.String(), err
	})}, nil
}

func (b *book) wrote(name string) bool {
	return slices.ContainsFunc(b.files, func(f File) bool { return f.Name == name })
}

func (b *book) resource(t table.Table, path string, hxl bool) (resource, error) {
	i := slices.IndexFunc(b.files, func(f File) bool { return f.Name == path })
	d, err := b.scale.of(b.files[i])
	if err != nil {
		return resource{}, err
	}
	r := resource{
		Profile: "tabular-data-resource", Name: t.Name, Title: t.Title, Description: t.Means, Path: path,
		Format: "csv", MediaType: "text/csv", Encoding: "utf-8", Bytes: d.bytes, Hash: "sha256:" + d.sha256,
		Dialect: csvForm{Delimiter: ",", LineTerminator: "\r\n", QuoteChar: `"`, DoubleQuote: true, Header: true},
		Schema:  schema{MissingValues: []string{"", table.HiddenMark}, PrimaryKey: t.Key},
	}
	if hxl {
		r.Dialect.CommentChar = "#"
	}
	for _, c := range t.Columns {
		r.Schema.Fields = append(r.Schema.Fields, describe(c))
	}
	return r, nil
}

// describe is a column as a Table Schema field.
func describe(c table.Column) column1 {
	f := column1{Name: c.Name, Title: strings.ReplaceAll(c.Name, "_", " "), Description: explain(c), Unit: c.Unit, Base: c.Base, Type: "string"}
	if len(c.Among) > 0 {
		f.Constraints = &constraints{Enum: c.Among}
	}
	switch c.Type {
	case table.Integer, table.Year:
		f.Type = "integer"
	case table.Number, table.Percent:
		f.Type = "number"
	case table.Date:
		f.Type, f.Format = "date", "default"
	case table.Week:
		f.Constraints = &constraints{Pattern: `\d{4}-W\d{2}`}
	case table.Code:
		f.Constraints = &constraints{Pattern: `\d{2}|\d{4}|\d{6}|\d{8}|\d{11}`}
	case table.Bool:
		f.Type, f.TrueValues, f.FalseValues = "boolean", []string{"1"}, []string{"0"}
	}
	if c.Type == table.Percent {
		f.Unit = "%"
	}
	return f
}

func (b *book) descriptor() descriptor {
	lines := append(b.cover(), b.cautions()...)
	return descriptor{
		Profile: "tabular-data-package",
		Name:    strings.ToLower("jamakan-" + b.o.Week.String() + "-" + string(b.o.Profile)),
		Title:   "Semaine " + b.o.Week.String() + " : la parole des communes", Description: strings.Join(lines, "\n"),
		Created: b.asOf().UTC().Format(time.RFC3339), Keywords: []string{"Mali", "PDESC", "consultation", "commune"},
		Licenses: []license{b.license()}, Sources: b.sources(),
	}
}

// license is the commune's to choose; until it has, one is proposed.
func (b *book) license() license {
	if b.o.License != "" {
		return license{Name: b.o.License, Title: b.o.License}
	}
	return license{Name: "ODbL-1.0", Title: "Open Database License 1.0 (proposé : la commune choisit)", Path: "https://opendatacommons.org/licenses/odbl/1-0/"}
}

// sources are who counted the residents.
func (b *book) sources() []source {
	all := []source{{Title: "Journal des votes de la passerelle Jamakan"}}
	for _, p := range b.polls {
		for _, c := range p.scope {
			if r, ok := p.residents(c); ok {
				s := source{Title: "Population : " + table.Clean(cmp.Or(r.Source, "source non dite")) + ", " + strconv.Itoa(r.Year)}
				if !slices.Contains(all, s) {
					all = append(all, s)
				}
			}
		}
	}
	return all
}
