package desk_test

import (
	"context"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// axeScript is axe-core as tools/package.json pins it. Nothing of it is in the
// repository: make setup brings it.
var axeScript = sync.OnceValues(func() (string, error) {
	b, err := os.ReadFile("../tools/node_modules/axe-core/axe.min.js")
	return string(b), err
})

// accessible fails on what axe-core finds on the page that is open, whatever
// the size of the fault. What is folded is opened for it: people open it too.
// The script comes over the debugging protocol, which the content security
// policy does not bind.
func accessible(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	script, err := axeScript()
	if err != nil {
		t.Fatal("no axe-core: the pages can't be tested; run make setup")
	}
	do(t, ctx, chromedp.Evaluate[chromedp.Void](script+`; void 0`))
	found := get(t, ctx, chromedp.Evaluate[[]string](`(async () => {
		const folded = [...document.querySelectorAll("details:not([open])")];
		for (const d of folded) d.open = true;
		const r = await axe.run(document, { resultTypes: ["violations", "incomplete"], rules: { "target-size": { enabled: true } } });
		for (const d of folded) d.open = false;
		// Where axe-core is not sure of a contrast (one letter, or ink on ink) the ratio it measured decides.
		const faint = r.incomplete.filter(v => v.id === "color-contrast").map(v => ({ ...v, impact: "serious", nodes: v.nodes.filter(n => n.any.some(a => a.data && a.data.contrastRatio > 0 && a.data.contrastRatio < parseFloat(a.data.expectedContrastRatio))) })).filter(v => v.nodes.length);
		return [...r.violations, ...faint].map(v => v.impact + " " + v.id + ": " + v.help + v.nodes.slice(0, 5).map(n => "\n    " + n.target.join(" ") + " " + n.html.slice(0, 160)).join(""));
	})()`, chromedp.EvalAwaitPromise))
	for _, f := range found {
		t.Errorf("%s: %s", name, f)
	}
}

// touchable fails when something to be touched is smaller than a finger
// (WCAG 2.2, 2.5.5: 44 by 44 pixels; a link in a sentence is excepted, and the
// words of a box to tick count with it).
func touchable(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	found := get(t, ctx, chromedp.Evaluate[[]string](`[...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")].filter(e => {
		const label = e.matches("[type=checkbox], [type=radio]") && e.closest("label");
		const box = (label || e).getBoundingClientRect();
		const sentence = e.matches("a") && getComputedStyle(e).display === "inline" && e.closest("p, li, dd") &&
			[...e.parentElement.childNodes].some(n => n.nodeType === 3 && n.textContent.trim().length > 3);
		return e.checkVisibility() && box.width > 0 && box.right > 0 && !sentence && (box.height < 43.5 || box.width < 43.5);
	}).map(e => { const b = e.getBoundingClientRect(); return Math.round(b.width) + "x" + Math.round(b.height) + " " + e.outerHTML.slice(0, 120); })`))
	if len(found) > 0 {
		t.Errorf("%s: too small to touch:\n    %s", name, strings.Join(found[:min(len(found), 8)], "\n    "))
	}
}

// The version that is pinned is the version that is there.
func TestAxeIsTheOnePinned(t *testing.T) {
	script, err := axeScript()
	if err != nil {
		t.Fatal("no axe-core: run make setup")
	}
	var pinned struct {
		DevDependencies map[string]string `json:"devDependencies"`
	}
	b, err := os.ReadFile("../tools/package.json")
	if err == nil {
		err = json.Unmarshal(b, &pinned)
	}
	if err != nil {
		t.Fatal(err)
	}
	got := regexp.MustCompile(`axe v([0-9.]+)`).FindStringSubmatch(script)
	if want := pinned.DevDependencies["axe-core"]; want == "" || got == nil || got[1] != want {
		t.Errorf("axe-core %q is there, %q is pinned: run make setup", got, want)
	}
}
