package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/jamakan/jamakan"

// wall is what a package never reaches, directly or through others, and why.
type wall struct {
	of     []string // packages, with their sub-packages
	never  []string // paths, with what is below them
	except []string
	why    string
}

func walls() []wall {
	return []wall{
		{
			of:     []string{"civic", "gsm", "locales"},
			never:  []string{module, "net/http"},
			except: []string{module + "/civic"},
			why:    "they stand under everything",
		},
		{
			of:    []string{"civic"},
			never: []string{"go.etcd.io/bbolt", "github.com/labstack/echo", "crypto/rand", "database/sql"},
			why:   "rules only: no file, no randomness",
		},
		{
			of:    []string{"ussd/menu", "sms/command"},
			never: []string{"net/http", "github.com/labstack/echo", "go.etcd.io/bbolt", "crypto/rand", "math/rand", module + "/store", module + "/desk"},
			why:   "replayed, they must read the same",
		},
		{of: []string{"ussd"}, never: []string{module + "/sms"}, why: "they meet in the store's outbox"},
		{of: []string{"sms"}, never: []string{module + "/ussd"}, why: "they meet in the store's outbox"},
		{
			of:    []string{"ussd", "sms", "desk"},
			never: []string{module + "/store/bolt", module + "/store/etcd", "go.etcd.io/bbolt"},
			why:   "they know the contract only",
		},
		{
			of:    []string{"store"},
			never: []string{module + "/ussd", module + "/sms", module + "/desk", module + "/cmd", module + "/locales", module + "/gsm"},
			why:   "arrows point down: what is kept does not know who speaks",
		},
		{
			of:    []string{"callback"},
			never: []string{module + "/ussd", module + "/sms", module + "/store", module + "/desk", module + "/civic"},
			why:   "a door does not know who comes in",
		},
		{of: []string{"desk"}, never: []string{module + "/ussd", module + "/sms"}, why: "the desk works on the store, not on calls"},
	}
}

// direct lists walls on a package's own imports, not on what its imports
// import.
func clockWalls() []wall {
	return []wall{{
		of: []string{"ussd/menu", "sms/command"}, never: []string{"os", "net", "log/slog"},
		why: "the dialogue is pure: no file, no line of log",
	}}
}

type listed struct {
	ImportPath   string
	Deps         []string
	Imports      []string
	TestGoFiles  []string
	XTestGoFiles []string
	GoFiles      []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Deps,Imports,GoFiles", module+"/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func below(path, root string) bool { return path == root || strings.HasPrefix(path, root+"/") }

func anyBelow(path string, roots []string) bool {
	for _, r := range roots {
		if below(path, r) {
			return true
		}
	}
	return false
}

// TestWalls reads the import graph.
func TestWalls(t *testing.T) {
	all := packages(t)
	check := func(w wall, deps func(listed) []string) {
		for _, of := range w.of {
			found := false
			for _, p := range all {
				if !below(p.ImportPath, module+"/"+of) {
					continue
				}
				found = true
				for _, dep := range deps(p) {
					if below(dep, p.ImportPath) || below(dep, module+"/"+of) || anyBelow(dep, w.except) && of == "civic" {
						continue
					}
					if anyBelow(dep, w.never) {
						t.Errorf("%s reaches %s: %s", p.ImportPath, dep, w.why)
					}
				}
			}
			if !found {
				t.Errorf("wall around %s: there is no such package any more; mend the wall", of)
			}
		}
	}
	for _, w := range walls() {
		check(w, func(p listed) []string { return p.Deps })
	}
	for _, w := range clockWalls() {
		check(w, func(p listed) []string { return p.Imports })
	}
}

// TestStrangers: a provider never imports another, an engine never another.
func TestStrangers(t *testing.T) {
	families := map[string][]string{
		"ussd/":  {"menu", "phone"},
		"sms/":   {"command", "sandbox"},
		"store/": {"secret", "storetest", "outbox", "meter", "durable", "unusual"},
	}
	for _, p := range packages(t) {
		for family, shared := range families {
			rest, ok := strings.CutPrefix(p.ImportPath, module+"/"+family)
			if !ok || anyBelow(rest, shared) {
				continue
			}
			for _, dep := range p.Deps {
				other, ok := strings.CutPrefix(dep, module+"/"+family)
				if ok && !anyBelow(other, shared) && !below(other, rest) {
					t.Errorf("%s reaches %s: they are strangers", p.ImportPath, dep)
				}
			}
		}
	}
}
