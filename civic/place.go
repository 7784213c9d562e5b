package civic

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Code is an official place code, always text because the leading zero
// matters: region 2 digits, cercle 4, arrondissement 6, commune 8 (RRCCAAKK,
// law of 13 March 2023). A village has its commune's code and 3 digits more.
type Code string

// Level is a level of the territory.
type Level string

// The levels, from the widest.
const (
	Region         Level = "region"
	Cercle         Level = "cercle"
	Arrondissement Level = "arrondissement"
	Commune        Level = "commune"
	Village        Level = "village"
)

// Level tells the level from the code's length; "" for another length or
// anything but digits.
func (c Code) Level() Level {
	for _, r := range c {
		if r < '0' || r > '9' {
			return ""
		}
	}
	switch len(c) {
	case 2:
		return Region
	case 4:
		return Cercle
	case 6:
		return Arrondissement
	case 8:
		return Commune
	case 11:
		return Village
	}
	return ""
}

// Parent is the code of the place around, "" for a region.
func (c Code) Parent() Code {
	switch c.Level() {
	case Cercle, Arrondissement, Commune:
		return c[:len(c)-2]
	case Village:
		return c[:8]
	}
	return ""
}

// Place is a node of the territory.
type Place struct {
	Code    Code     `json:"code"`
	Name    string   `json:"name"`
	Aliases []string `json:"aliases,omitempty"` // other names people use: "Diala Banlieue" for Liberté Dembaya
}

// Errors of a territory's list.
var (
	// ErrPlaceCode: a code that is not 2, 4, 6, 8 or 11 digits.
	ErrPlaceCode = errors.New("not a place code: 2, 4, 6, 8 or 11 digits")
	// ErrPlaceParent: the place around is not in the list.
	ErrPlaceParent = errors.New("the place around it is missing")
	// ErrPlaceTwice: two places with one code.
	ErrPlaceTwice = errors.New("two places have this code")
	// ErrPlaceCount: a level holds another number of places than expected.
	ErrPlaceCount = errors.New("not the expected number of places")
)

// Territory is a tree of places. It never changes once made.
type Territory struct {
	places   map[Code]Place
	children map[Code][]Code
}

// NewTerritory makes a territory from a list, in any order. Its errors name
// the code that is wrong.
func NewTerritory(list []Place) (*Territory, error) {
	t := &Territory{places: map[Code]Place{}, children: map[Code][]Code{}}
	for _, p := range list {
		if p.Code.Level() == "" || p.Name == "" {
			return nil, fmt.Errorf("%q %q: %w", p.Code, p.Name, ErrPlaceCode)
		}
		if _, twice := t.places[p.Code]; twice {
			return nil, fmt.Errorf("%s: %w", p.Code, ErrPlaceTwice)
		}
		t.places[p.Code] = p
	}
	for _, code := range slices.Sorted(maps.Keys(t.places)) {
		parent := code.Parent()
		if parent == "" {
			continue
		}
		if _, ok := t.places[parent]; !ok {
			return nil, fmt.Errorf("%s: %w: %s", code, ErrPlaceParent, parent)
		}
		t.children[parent] = append(t.children[parent], code)
	}
	return t, nil
}

// With returns a territory with more places.
func (t *Territory) With(more []Place) (*Territory, error) {
	list := slices.Collect(maps.Values(t.places))
	for _, p := range more {
		if known, ok := t.places[p.Code]; ok && known.Name == p.Name {
			continue
		}
		list = append(list, p)
	}
	return NewTerritory(list)
}

// Place returns the place with that code.
func (t *Territory) Place(c Code) (Place, bool) {
	p, ok := t.places[c]
	return p, ok
}

// Name returns the place's name, or its code when it is not known.
func (t *Territory) Name(c Code) string {
	if p, ok := t.places[c]; ok {
		return p.Name
	}
	return string(c)
}

// Children returns the codes right below, in order.
func (t *Territory) Children(c Code) []Code { return slices.Clone(t.children[c]) }

// Communes returns the codes of every commune, in order.
func (t *Territory) Communes() []Code {
	var all []Code
	for c := range t.places {
		if c.Level() == Commune {
			all = append(all, c)
		}
	}
	slices.Sort(all)
	return all
}

// Path returns the places around a code, from the region to itself.
func (t *Territory) Path(c Code) []Place {
	var path []Place
	for ; c != ""; c = c.Parent() {
		if p, ok := t.places[c]; ok {
			path = append(path, p)
		}
	}
	slices.Reverse(path)
	return path
}
