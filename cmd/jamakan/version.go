package main

import (
	"fmt"
	"runtime/debug"
)

type versionVerb struct{}

// Run prints the version.
func (versionVerb) Run(w world) error {
	_, err := fmt.Fprintln(w.stdout, "jamakan", version())
	return err
}

// version is the module's version, or the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "commit " + s.Value[:12]
		}
	}
	return "built from source"
}
