package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jamakan/jamakan/cmd/jamakan/metrics"
	"github.com/jamakan/jamakan/locales"
)

func readDoc(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../docs", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestOperatingNamesEveryAlarm: whatever may call a person has its line in
// docs/operating.md: metrics, errors of the log, lines of /readyz and of the
// desk; and what the document says is said somewhere.
func TestOperatingNamesEveryAlarm(t *testing.T) {
	doc := readDoc(t, "operating.md")
	alarms := 0
	for line := range strings.SplitSeq(metrics.Describe(), "\n") {
		cells := strings.Split(line, " | ")
		if len(cells) != 5 || !strings.HasPrefix(cells[0], "| `jamakan_") || cells[4] == "– |" {
			continue
		}
		if alarms++; !strings.Contains(doc, "\n"+cells[0]+" |") {
			t.Errorf("%s has an alarm and no line", cells[0])
		}
	}
	if alarms < 15 {
		t.Errorf("%d alarms", alarms)
	}
	logged := map[string]bool{}
	sources := ""
	eachGoFile(t, func(path string, data []byte) {
		if strings.HasSuffix(path, "_test.go") || strings.Contains(path, "storetest") {
			return
		}
		sources += string(data)
		for _, found := range regexp.MustCompile(`\.Error\("([^"]+)"`).FindAllStringSubmatch(string(data), -1) {
			logged[found[1]] = true
		}
	})
	_, errors, _ := strings.Cut(doc, "### Errors in the log")
	var told []string
	for _, found := range regexp.MustCompile(`(?m)\*([^*|]+)\*`).FindAllStringSubmatch(errors, -1) {
		told = append(told, found[1])
	}
	for message := range logged {
		if !slices.ContainsFunc(told, func(s string) bool { return strings.HasPrefix(message, s) }) {
			t.Errorf("the log says %q, the document does not", message)
		}
	}
	for _, s := range told {
		if s != "stopped" && !slices.ContainsFunc(namesIn(logged), func(m string) bool { return strings.HasPrefix(m, s) }) {
			t.Errorf("the document says %q, the log does not", s)
		}
	}
	for _, line := range []string{"not ready to record: refused", "not ready to record: stopped, the last outcome unknown", "not ready to record: failed", "room is short: ", "backup: failing since"} {
		state, _ := strings.CutPrefix(line, "not ready to record: ")
		if !strings.Contains(doc, "| `"+line+"` |") || !strings.Contains(sources, `"`+state) {
			t.Errorf("/readyz: %q", line)
		}
	}
	everyDeskFault(t, doc)
}

func namesIn(m map[string]bool) (all []string) {
	for k := range m {
		all = append(all, k)
	}
	return all
}

func everyDeskFault(t *testing.T, doc string) {
	t.Helper()
	catalog, err := locales.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	fr, n := catalog.Default("fr"), 0
	for _, key := range fr.Keys() {
		if !strings.HasPrefix(key, "desk.week.fault.") {
			continue
		}
		n++
		parts := strings.Split(fr.Text(key), "?") // where values stand
		if !slices.ContainsFunc(parts, func(part string) bool {
			first, _, _ := strings.Cut(strings.Trim(part, " :"), " :")
			first, _, _ = strings.Cut(first, ".")
			first, _, _ = strings.Cut(first, " (")
			return len(first) > 12 && strings.Contains(doc, "*"+strings.TrimSpace(first))
		}) {
			t.Errorf("the desk says %q, the document does not", fr.Text(key))
		}
	}
	if n < 9 {
		t.Errorf("%d faults of the desk", n)
	}
}

// TestDocumentsUseKnownBlocks: a block of commands is of a kind that a test
// runs, and each file that a document links to is there.
func TestDocumentsUseKnownBlocks(t *testing.T) {
	docs, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	run := []string{"", "sh", "shell"} // by TestDocumentedCommands, by TestInstall
	shown := []string{"yaml", "ini", "caddy", "nginx", "go", "toml"}
	for _, file := range append([]string{"../../README.md", "../../CONTRIBUTING.md"}, docs...) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, found := range regexp.MustCompile("(?m)^```(.*)$").FindAllStringSubmatch(string(text), -1) {
			kind := found[1]
			if i%2 == 0 && !slices.Contains(append(run, shown...), kind) || kind == "shell" && filepath.Base(file) != "operating.md" {
				t.Errorf("%s: no test knows a block of %q", file, kind)
			}
		}
		for _, link := range regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`).FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(file), link[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", file, link[1])
			}
		}
	}
}
