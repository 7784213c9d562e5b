package wall

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	printing "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// browser starts the real Chromium. Without it these tests fail: run make
// setup.
func browser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("no chromium: the page can't be printed; run make setup")
	}
	ctx, stop := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(path), chromedp.NoFirstRun, chromedp.NoSandbox, chromedp.Headless, chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("chromium does not start: %v", err)
	}
	ctx, stop = context.WithTimeout(ctx, time.Minute)
	t.Cleanup(stop)
	return ctx
}

func evaluate[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestOnePage prints the fullest page and ordinary ones as a mairie would: one
// page, no letter under 12 points, nothing cut at the edge, nothing asked of
// another machine.
func TestOnePage(t *testing.T) {
	ctx := browser(t)
	for _, l := range spoken(t) {
		for name, spoil := range map[string]func(*Poster){
			"fullest": func(*Poster) {},
			"plain": func(p *Poster) {
				p.Corrections, p.Provisional, p.Fictional, p.Contact, p.Asked = nil, false, false, "", p.Asked[:1]
				p.Commune, p.Vote.Numbers.N, p.Vote.AsOf = "Colimbiné", 837, p.Week
			},
			"hidden": func(p *Poster) { p.Vote.Votes = Votes{Why: "closing"} },
		} {
			p := fullest()
			spoil(p)
			var raw bytes.Buffer
			if err := HTML(&raw, p, l); err != nil {
				t.Fatal(err)
			}
			if found := regexp.MustCompile(`(?i)<script|<link|<img|url\(|src=|@import|https?://`).Find(raw.Bytes()); found != nil {
				t.Errorf("%s %s: %s in the page", l.Tag, name, found)
			}
			checkPrint(t, ctx, l.Tag+"-"+name, raw.Bytes())
		}
	}
}

func checkPrint(t *testing.T, ctx context.Context, name string, raw []byte) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	media := func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
		return chromedp.Void{}, err
	}
	if err := chromedp.Do(ctx, media, chromedp.Navigate("file://"+file)); err != nil {
		t.Fatal(err)
	}
	if small := evaluate[float64](t, ctx, `Math.min(...[...document.querySelectorAll("main *")].filter(e => [...e.childNodes].some(n => n.nodeType == 3 && n.data.trim())).map(e => parseFloat(getComputedStyle(e).fontSize)))`); small < 15.99 {
		t.Errorf("%s: letters of %.1f px, 16 are 12 points", name, small)
	}
	if over := evaluate[float64](t, ctx, `(m => m.scrollHeight - m.clientHeight)(document.querySelector("main"))`); over > 0 {
		t.Errorf("%s: %.0f px are cut at the foot", name, over)
	}
	if row := evaluate[float64](t, ctx, `Math.min(...[...document.querySelectorAll(".choices li")].map(e => e.getBoundingClientRect().height))`); row < 19 {
		t.Errorf("%s: a choice is %.0f px high", name, row)
	}
	if wide := evaluate[float64](t, ctx, `Math.max(...[...document.querySelectorAll("main *")].map(e => e.getBoundingClientRect().right)) - document.querySelector("main").getBoundingClientRect().right`); wide > 1 {
		t.Errorf("%s: %.0f px over the side", name, wide)
	}
	yes := true
	printed, err := chromedp.Run(ctx, func(ctx context.Context, target *chromedp.Target) (printing.PrintToPDFResult, error) {
		return cdp.Call(ctx, target, printing.PrintToPDF, printing.PrintToPDFParams{PreferCSSPageSize: &yes})
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(regexp.MustCompile(`/Type\s*/Page\b`).FindAll(printed.Data, -1)); n != 1 {
		t.Errorf("%s: %d pages", name, n)
	}
	if dir := os.Getenv("JAMAKAN_SCREENSHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "wall-"+name+".pdf"), printed.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
