package menu

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jamakan/jamakan/locales"
)

// Map is the dialogue as a table to read: each screen with its French text and
// where its keys lead. docs/menu.md is printed from it.
func (m *Menu) Map() string {
	var b strings.Builder
	b.WriteString("# The screens\n\nPrinted by the program from `ussd/menu/table.go` (`make generate`). A lead in *italics* is found out by a rule or asks the\nstore to keep something.\n\n| screen | text | keys | 0 | a dropped call goes on at |\n|---|---|---|---|---|\n")
	l := m.tongues[m.cfg.DefaultLang].locale
	for _, name := range slices.Sorted(maps.Keys(m.rows)) {
		r := m.rows[name]
		key := promptKeys(name, r)[0]
		heading, _, _ := strings.Cut(l.Text(key, named(l.Placeholders(key))...), "\n")
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", name, heading, leads(r), wayBack(r), code(string(r.resume)))
	}
	return b.String()
}

func leads(r *row) string {
	var all []string
	for _, n := range slices.Sorted(maps.Keys(r.keys)) {
		to := "*rule*"
		if l := r.keys[n]; l.do == nil {
			to = code(string(l.to))
		}
		all = append(all, fmt.Sprintf("%d %s", n, to))
	}
	if r.pick != nil {
		all = append(all, "*a line of the list*")
	}
	if r.text != nil {
		all = append(all, "*text*")
	}
	if r.end {
		all = append(all, "the call ends")
	}
	return strings.Join(all, ", ")
}

func wayBack(r *row) string {
	if r.leave != nil {
		return "*rule*"
	}
	return code(string(r.back))
}

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}

// named fills placeholders with their names.
func named(names []string) []locales.Arg {
	args := make([]locales.Arg, len(names))
	for i, n := range names {
		args[i] = locales.Arg{Name: n, Value: "‹" + n + "›"}
	}
	return args
}
