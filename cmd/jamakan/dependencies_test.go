package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

// row is a module's line in docs/dependencies.md.
type row struct {
	version, in, licence string
	direct               bool
}

func dependencyRows(t *testing.T) map[string]row {
	t.Helper()
	rows := map[string]row{}
	for line := range strings.SplitSeq(readDoc(t, "dependencies.md"), "\n") {
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		name := strings.Trim(cells[0], "`")
		switch {
		case !strings.HasPrefix(line, "| `"):
		case len(cells) == 9:
			if slices.Contains(cells, "") {
				t.Errorf("%s: something is not said", name)
			}
			rows[name] = row{version: cells[1], in: cells[3], licence: cells[7], direct: true}
		case len(cells) == 4:
			rows[name] = row{version: cells[1], licence: cells[3]}
		}
	}
	return rows
}

// TestDependencies: docs/dependencies.md names the modules of go.mod, at their
// versions, in what they are, and each under the licence it carries.
func TestDependencies(t *testing.T) {
	text, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := modfile.Parse("go.mod", text, nil)
	if err != nil {
		t.Fatal(err)
	}
	rows, tools := dependencyRows(t), map[string]bool{}
	for _, tool := range mod.Tool {
		for _, r := range mod.Require {
			if below(tool.Path, r.Mod.Path) {
				tools[r.Mod.Path] = true
			}
		}
	}
	program, all, ours := modulesOf(t, "."), modulesOf(t, "-test", module+"/..."), imported(t)
	for _, r := range mod.Require {
		at, ok := rows[r.Mod.Path]
		if delete(rows, r.Mod.Path); !ok {
			t.Errorf("%s is in go.mod and not in the document", r.Mod.Path)
			continue
		}
		if at.version != r.Mod.Version || at.direct != (!r.Indirect || tools[r.Mod.Path]) {
			t.Errorf("%s: go.mod says %s, indirect: %v; the document %+v", r.Mod.Path, r.Mod.Version, r.Indirect, at)
		}
		_, serves := program[r.Mod.Path]
		if in := map[bool]string{true: "serve", false: "tests"}[ours(r.Mod.Path)]; at.direct && at.in != in && !tools[r.Mod.Path] {
			t.Errorf("%s is in %s, the document says %s", r.Mod.Path, in, at.in)
		}
		if folder := all[r.Mod.Path]; folder != "" {
			checkLicence(t, r.Mod.Path, folder, at.licence, serves)
		} else if !tools[r.Mod.Path] && at.direct {
			t.Errorf("%s is used by nothing", r.Mod.Path)
		}
	}
	for name := range rows {
		t.Errorf("%s is in the document and not in go.mod", name)
	}
	if !strings.Contains(readDoc(t, "dependencies.md"), axeCore(t)) {
		t.Error("the document names another axe-core than tools/package.json")
	}
}

// imported says whether a module is imported by the program's own packages,
// not by tests alone.
func imported(t *testing.T) func(path string) bool {
	t.Helper()
	var all []string
	for _, p := range packages(t) {
		all = append(all, p.Imports...)
	}
	return func(path string) bool {
		return slices.ContainsFunc(all, func(i string) bool { return below(i, path) })
	}
}

// modulesOf are the modules that packages need, with their folders.
func modulesOf(t *testing.T, args ...string) map[string]string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list", "-deps", "-json=Module"}, args...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			Module *struct {
				Path, Dir string
				Main      bool
			}
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		if p.Module != nil && !p.Module.Main {
			all[p.Module.Path] = p.Module.Dir
		}
	}
}

// licences are sentences by which each licence is known.
func licences() map[string]string {
	return map[string]string{
		"MIT":          "Permission is hereby granted, free of charge, to any person obtaining a copy",
		"BSD-3-Clause": "Neither the name of",
		"Apache-2.0":   "Apache License",
		"MPL-2.0":      "Mozilla Public License",
	}
}

// checkLicence: what the module carries is what the document says, and lets
// the program be given on.
func checkLicence(t *testing.T, name, folder, want string, serves bool) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "[LC][IOio][CPcp]*"))
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, file := range files {
		if data, err := os.ReadFile(file); err == nil {
			text += strings.Join(strings.Fields(string(data)), " ")
		}
	}
	for one := range strings.SplitSeq(want, ", ") {
		sentence := licences()[one]
		if sentence == "" || !strings.Contains(text, sentence) {
			t.Errorf("%s: its licence is not %s", name, one)
		}
		if one == "MPL-2.0" && serves {
			t.Errorf("%s is in the program under %s", name, one)
		}
	}
	if strings.Contains(text, "GNU GENERAL PUBLIC") || strings.Contains(text, "GNU AFFERO") || strings.Contains(text, "GNU LESSER") {
		t.Errorf("%s is under a GNU licence", name)
	}
}

// axeCore is its version.
func axeCore(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../tools/package.json")
	found := regexp.MustCompile(`"axe-core": "([^"]+)"`).FindSubmatch(text)
	if err != nil || found == nil {
		t.Fatal("tools/package.json names no axe-core", err)
	}
	return string(found[1])
}
