package planfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/jamakan/jamakan/civic"
)

// What fits a phone's screen, in letters.
const (
	maxTitle     = 30
	maxPlace     = 20
	maxReason    = 90
	maxOptions   = 24
	maxPlanTitle = 60
	maxErrors    = 100 // more than anybody mends at once
)

// Error is one mistake in a plan file.
type Error struct {
	Line    int    // from 1; 0 for the whole file
	Column  int    // from 1
	Message string // in French: what is wrong and what to write instead
	Cell    string // in a spreadsheet, the cell as it is shown: Projets!D7
}

// Error says where the mistake is and what to write instead.
func (e Error) Error() string {
	switch {
	case e.Cell != "":
		return e.Cell + " : " + e.Message
	case e.Line == 0:
		return e.Message
	default:
		return fmt.Sprintf("ligne %d : %s", e.Line, e.Message)
	}
}

// Errors are all the mistakes of a file, in order of lines.
type Errors []Error

// Error lists the mistakes, one a line.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// Read reads a plan file. Its only error is Errors.
func Read(data []byte) (civic.Plan, error) {
	r := &reading{territory: civic.Kayes()}
	var doc yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&doc); err != nil && !errors.Is(err, io.EOF) {
		return civic.Plan{}, Errors{syntax(err)}
	}
	if err := decoder.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) && len(doc.Content) > 0 {
		return civic.Plan{}, Errors{{Line: 1, Column: 1, Message: "le fichier tient plusieurs documents (« --- ») ; un fichier, un plan"}}
	}
	if len(doc.Content) == 0 {
		return civic.Plan{}, Errors{{Line: 1, Column: 1, Message: "le fichier est vide ; `jamakan plan demo` imprime un exemple"}}
	}
	p := r.plan(doc.Content[0])
	if len(r.errors) > 0 {
		slices.SortStableFunc(r.errors, func(a, b Error) int { return a.Line - b.Line })
		return civic.Plan{}, r.errors
	}
	return p, nil
}

// syntax reads the line out of a YAML error; the library names the line before
// or after the one to mend as often as the one itself.
func syntax(err error) Error {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if rest, ok := strings.CutPrefix(message, "line "); ok {
		if n, after, found := strings.Cut(rest, ":"); found {
			if parsed, err := strconv.Atoi(n); err == nil {
				line, message = parsed, strings.TrimSpace(after)
			}
		}
	}
	return Error{Line: line, Column: 1, Message: "ce n'est pas du YAML (" + strings.ReplaceAll(message, "\n", " ") + ") ; autour de cette ligne, vérifiez les espaces au début des lignes et les guillemets"}
}

// reading is a file being read.
type reading struct {
	territory *civic.Territory
	errors    Errors
}

func (r *reading) wrong(n *yaml.Node, format string, args ...any) {
	if len(r.errors) < maxErrors {
		r.errors = append(r.errors, Error{Line: n.Line, Column: n.Column, Message: fmt.Sprintf(format, args...)})
	}
}

// fields reads a mapping whose keys are known; each is given to its reader.
func (r *reading) fields(n *yaml.Node, what string, known map[string]func(*yaml.Node), required ...string) {
	if n.Kind == yaml.AliasNode {
		r.wrong(n, "%s : les renvois (*) ne sont pas lus ; écrivez la valeur", what)
		return
	}
	if n.Kind != yaml.MappingNode {
		r.wrong(n, "%s : écrivez des champs « nom: valeur », un par ligne", what)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		read, ok := known[key.Value]
		switch {
		case !ok:
			r.wrong(key, "%s : le champ « %s » n'existe pas ; %s", what, key.Value, nearest(key.Value, known))
		case seen[key.Value]:
			r.wrong(key, "%s : « %s » est écrit deux fois ; gardez-en un", what, key.Value)
		default:
			read(value)
		}
		seen[key.Value] = true
	}
	for _, name := range required {
		if !seen[name] {
			r.wrong(n, "%s : il manque « %s »", what, name)
		}
	}
}

func nearest(word string, known map[string]func(*yaml.Node)) string {
	names := make([]string, 0, len(known))
	for name := range known {
		names = append(names, name)
	}
	slices.Sort(names)
	folded := civic.Fold(word)
	for _, name := range names {
		if f := civic.Fold(name); folded != "" && (strings.HasPrefix(f, folded[:min(3, len(folded))]) || f == folded) {
			return "vouliez-vous écrire « " + name + " » ?"
		}
	}
	return "les champs sont : " + strings.Join(names, ", ")
}

// text reads a short text that fits a phone.
func (r *reading) text(into *string, what string, most int) func(*yaml.Node) {
	return func(n *yaml.Node) {
		value := strings.TrimSpace(n.Value)
		switch {
		case n.Kind != yaml.ScalarNode || value == "" || n.Tag == "!!null":
			r.wrong(n, "%s : écrivez un texte", what)
		case strings.ContainsFunc(value, unprintable):
			r.wrong(n, "%s : une seule ligne, sans caractère invisible", what)
		case most > 0 && utf8.RuneCountInString(value) > most:
			r.wrong(n, "%s : %d lettres, %d au plus pour tenir sur un téléphone ; raccourcissez « %s »", what, utf8.RuneCountInString(value), most, value)
		default:
			*into = value
		}
	}
}

// unprintable are the characters that a phone, a poster or a table can't show:
// controls, and marks that turn or hide the text around them.
func unprintable(r rune) bool {
	return unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) || r == utf8.RuneError
}

// code reads a code that must be written as text: a leading zero is part of
// it.
func (r *reading) code(into *string, what string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		switch {
		case n.Kind != yaml.ScalarNode || n.Value == "" || n.Tag == "!!null":
			r.wrong(n, "%s : écrivez un code", what)
		case n.Tag == "!!int" || n.Tag == "!!float":
			r.wrong(n, "%s : mettez le code entre guillemets : \"%s\" (sinon le zéro du début se perd)", what, n.Value)
		case len(n.Value) > 32 || strings.ContainsAny(n.Value, "/ ;") || strings.ContainsFunc(n.Value, unprintable):
			r.wrong(n, "%s : 32 caractères au plus, sans espace ni barre", what)
		default:
			*into = n.Value
		}
	}
}

// Languages are those in which titles must be given.
func Languages() []string { return []string{"fr", "bm"} }

// both reads a text in every language.
func (r *reading) both(into *civic.Text, what string, most int) func(*yaml.Node) {
	return func(n *yaml.Node) {
		t := civic.Text{}
		known := map[string]func(*yaml.Node){}
		if n.Kind == yaml.MappingNode {
			for i := 0; i+1 < len(n.Content); i += 2 {
				tag := n.Content[i].Value
				known[tag] = func(v *yaml.Node) {
					var s string
					r.text(&s, what+" ("+tag+")", most)(v)
					t[tag] = s
				}
			}
		}
		r.fields(n, what, known, Languages()...)
		*into = t
	}
}

// positive reads a whole number from 1.
func (r *reading) positive(into *int64, what string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		before := len(r.errors)
		r.number(into, what)(n)
		if *into == 0 && len(r.errors) == before {
			r.wrong(n, "%s : 0 n'en est pas un ; écrivez au moins une estimation", what)
		}
	}
}

// number reads a whole number.
func (r *reading) number(into *int64, what string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		v, err := strconv.ParseInt(strings.ReplaceAll(strings.ReplaceAll(n.Value, " ", ""), "_", ""), 10, 64)
		if n.Kind != yaml.ScalarNode || err != nil || v < 0 || v > 1_000_000_000_000 {
			r.wrong(n, "%s : « %s » n'est pas un nombre entier ; écrivez-le en chiffres, sans virgule", what, n.Value)
			return
		}
		*into = v
	}
}

// word reads one of a few words.
func word[T ~string](r *reading, into *T, what string, allowed []T) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode && slices.Contains(allowed, T(n.Value)) {
			*into = T(n.Value)
			return
		}
		names := make([]string, len(allowed))
		for i, a := range allowed {
			names[i] = string(a)
		}
		r.wrong(n, "%s : « %s » n'existe pas ; écrivez l'un de : %s", what, n.Value, strings.Join(names, ", "))
	}
}

// date reads a day, or a day and an hour, in Bamako. A closing day without an
// hour means all of it: the first instant after it.
func (r *reading) date(into *time.Time, what string, closing bool) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if t, err := time.ParseInLocation("2006-01-02 15:04", n.Value, civic.Bamako); err == nil {
			*into = t.UTC()
			return
		}
		t, err := time.ParseInLocation(time.DateOnly, n.Value, civic.Bamako)
		if n.Kind != yaml.ScalarNode || err != nil {
			r.wrong(n, "%s : « %s » n'est pas une date ; écrivez 2026-12-31, ou \"2026-12-31 18:00\"", what, n.Value)
			return
		}
		if closing {
			t = t.AddDate(0, 0, 1)
		}
		*into = t.UTC()
	}
}

// each reads the items of a list.
func (r *reading) each(what string, item func(*yaml.Node)) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind != yaml.SequenceNode {
			r.wrong(n, "%s : écrivez une liste, un tiret par ligne", what)
			return
		}
		for _, one := range n.Content {
			item(one)
		}
	}
}

// commune reads a commune's code that is in the territory or in the file.
func (r *reading) commune(into *civic.Code, what string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		var s string
		before := len(r.errors)
		r.code(&s, what)(n)
		if len(r.errors) > before {
			return
		}
		c := civic.Code(s)
		if _, known := r.territory.Place(c); c.Level() != civic.Commune || !known {
			r.wrong(n, "%s : pas de commune de code \"%s\" ; prenez un code de 8 chiffres de la liste officielle, ou ajoutez-la sous « lieux »", what, s)
			return
		}
		*into = c
	}
}
