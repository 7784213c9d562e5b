package main

import (
	"debug/buildinfo"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSBOM: what `make sbom` writes names every module that is in the program,
// with its version and its hash, and nothing else but the standard library.
func TestSBOM(t *testing.T) {
	bin := t.TempDir()
	if said, err := exec.Command("make", "-C", "../..", "sbom", "BIN="+bin).CombinedOutput(); err != nil {
		t.Fatalf("make sbom: %v\n%s", err, said)
	}
	info, err := buildinfo.ReadFile(filepath.Join(bin, "jamakan"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(bin, "jamakan.cdx.json"))
	if err != nil {
		t.Fatal(err)
	}
	var bom struct {
		BomFormat, SpecVersion string
		Components             []struct {
			Name, Version string
			Hashes        []struct{ Alg, Content string }
		}
	}
	if err := json.Unmarshal(text, &bom); err != nil || bom.BomFormat != "CycloneDX" {
		t.Fatalf("%v %q", err, bom.BomFormat)
	}
	listed := map[string]string{}
	for _, c := range bom.Components {
		for _, h := range c.Hashes {
			if h.Alg == "SHA-256" {
				listed[c.Name+"@"+c.Version] = h.Content
			}
		}
	}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(m.Sum, "h1:"))
		if got := listed[m.Path+"@"+m.Version]; err != nil || got != hex.EncodeToString(sum) {
			t.Errorf("%s %s: hash %q, want %x (%v)", m.Path, m.Version, got, sum, err)
		}
	}
	if len(bom.Components) != len(info.Deps)+1 {
		t.Errorf("%d components, %d modules and the standard library", len(bom.Components), len(info.Deps))
	}
	t.Logf("CycloneDX %s: %d components", bom.SpecVersion, len(bom.Components))
}
