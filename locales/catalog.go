package locales

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

//go:embed active.*.toml
var files embed.FS

// Catalog is every language at hand. It never changes.
type Catalog struct {
	locales map[string]*Locale
}

// ErrLocale: a language file that can't be used. The message names the file,
// and the key where there is one, and says what to do.
var ErrLocale = errors.New("language file can't be used")

// Embedded are the languages that come with the program.
func Embedded() (*Catalog, error) { return Load(files) }

// Load reads every active.<tag>.toml of a folder.
func Load(folder fs.FS) (*Catalog, error) {
	return (&Catalog{}).With(folder)
}

// With adds the languages of another folder, or replaces those of the same
// tag.
func (c *Catalog) With(folder fs.FS) (*Catalog, error) {
	names, err := fs.Glob(folder, "active.*.toml")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLocale, err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%w: no active.<tag>.toml in the folder; put one there, or leave the folder out of the configuration", ErrLocale)
	}
	all := map[string]*Locale{}
	for tag, l := range c.locales {
		own := *l
		all[tag] = &own
	}
	for _, name := range names {
		data, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrLocale, err)
		}
		tag := strings.TrimSuffix(strings.TrimPrefix(name, "active."), ".toml")
		l, err := parse(tag, data)
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrLocale, name, err)
		}
		all[tag] = l
	}
	for _, l := range all {
		if l.chain, err = chain(l, all); err != nil {
			return nil, fmt.Errorf("%w: active.%s.toml: %w", ErrLocale, l.Tag, err)
		}
	}
	return &Catalog{locales: all}, nil
}

// chain resolves the fallbacks of a language, each once, its own order first.
func chain(l *Locale, all map[string]*Locale) ([]*Locale, error) {
	var out []*Locale
	for _, tag := range l.fallback {
		other, ok := all[tag]
		if !ok {
			return nil, fmt.Errorf("fallback %q is no language here; write one of %s", tag, strings.Join(slices.Sorted(maps.Keys(all)), ", "))
		}
		if other != l && !slices.Contains(out, other) {
			out = append(out, other)
		}
	}
	return out, nil
}

// Locale returns a language.
func (c *Catalog) Locale(tag string) (*Locale, bool) {
	l, ok := c.locales[tag]
	return l, ok
}

// Default returns a language, or the first in menu order when it is not here.
func (c *Catalog) Default(tag string) *Locale {
	if l, ok := c.locales[tag]; ok {
		return l
	}
	if all := c.Offered(nil); len(all) > 0 {
		return all[0]
	}
	return nil
}

// Offered are the languages that hold all of the keys themselves, in menu
// order: a citizen is never led into a language that leaves her half way.
func (c *Catalog) Offered(required []string) []*Locale {
	var out []*Locale
	for _, l := range c.locales {
		if !slices.ContainsFunc(required, func(key string) bool { return !l.Has(key) }) {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b *Locale) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Tag, b.Tag))
	})
	return out
}

// Respell is a copy of the catalog whose texts were passed once through a
// function of their language: a channel's speller, so that showing a screen
// spells only its data.
func (c *Catalog) Respell(speller func(l *Locale) func(string) string) *Catalog {
	all := map[string]*Locale{}
	for tag, l := range c.locales {
		f := speller(l)
		own := *l
		own.messages = make(map[string]*message, len(l.messages))
		for key, m := range l.messages {
			spelled := *m
			spelled.other = m.other.mapped(f)
			spelled.forms = map[string]template{}
			for form, t := range m.forms {
				spelled.forms[form] = t.mapped(f)
			}
			own.messages[key] = &spelled
		}
		all[tag] = &own
	}
	for _, l := range all {
		for i, other := range l.chain {
			if i == 0 {
				l.chain = slices.Clone(l.chain)
			}
			l.chain[i] = all[other.Tag]
		}
	}
	return &Catalog{locales: all}
}
