package desk_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browser starts the real Chromium. Without it these tests fail: run make
// setup.
func browser(t *testing.T) context.Context {
	t.Helper()
	return browserFor(t, time.Minute)
}

// browserFor is browser, for a test that takes longer.
func browserFor(t *testing.T, patience time.Duration) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("no chromium: the pages can't be tested; run make setup")
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.NoFirstRun, chromedp.NoSandbox, chromedp.Headless, chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("hide-scrollbars", true),
	}
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("chromium does not start: %v", err)
	}
	ctx, stop = context.WithTimeout(ctx, patience)
	t.Cleanup(stop)
	return ctx
}

// complaints collects what the console says: exceptions, and refusals of the
// content security policy.
func complaints(t *testing.T, ctx context.Context) func() []string {
	t.Helper()
	var mu sync.Mutex
	var said []string
	add := func(text string) {
		mu.Lock()
		defer mu.Unlock()
		said = append(said, text)
	}
	err := chromedp.Listen(ctx, func(ev any) {
		switch e := ev.(type) {
		case *runtime.EventExceptionThrown:
			add(e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			if e.Entry.Level == log.EntryLevelError && !strings.Contains(e.Entry.URL, "favicon") {
				add(e.Entry.Text)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return said
	}
}

// do runs steps and fails on the first that can't be done.
func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	for i, step := range steps {
		if err := chromedp.Do(ctx, step); err != nil {
			t.Fatalf("step %d: %v", i+1, err)
		}
	}
}

// get runs a step that gives something.
func get[T any](t *testing.T, ctx context.Context, a chromedp.Action[T]) T {
	t.Helper()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestThePhoneInABrowser(t *testing.T) {
	for _, size := range []struct{ width, height int64 }{{320, 640}, {360, 740}, {1280, 900}} {
		t.Run(fmt.Sprint(size.width), func(t *testing.T) {
			ctx, s := browser(t), serve(t, true)
			said := complaints(t, ctx)
			do(t, ctx,
				chromedp.EmulateViewport(size.width, size.height),
				chromedp.Navigate(s.URL+"/phone"),
				chromedp.Click(chromedp.CSS(".call")), chromedp.WaitVisible(chromedp.CSS(".pad button:enabled")),
				chromedp.Click(chromedp.CSS(`button[value="2"]`)), chromedp.Click(chromedp.CSS(".call")),
				chromedp.WaitVisible(`//pre[contains(., "Voter")]`),
			)
			if screen := get(t, ctx, chromedp.Text(chromedp.CSS("#screen"))); !strings.Contains(screen, "<script>alert(1)</script>") {
				t.Errorf("screen %q", screen)
			}
			if units := get(t, ctx, chromedp.Text(chromedp.CSS("#units"))); !strings.Contains(units, "septets") {
				t.Errorf("units %q", units)
			}
			if wide := get(t, ctx, chromedp.Evaluate[float64](`document.scrollingElement.scrollWidth - window.innerWidth`)); wide > 0 {
				t.Errorf("%v px too wide", wide)
			}
			if small := get(t, ctx, chromedp.Evaluate[float64](`Math.min(...[...document.querySelectorAll("button")].map(b => b.getBoundingClientRect().height))`)); small < 44 {
				t.Errorf("a button is %v px high", small)
			}
			if found := said(); len(found) > 0 {
				t.Errorf("the console says %q", found)
			}
			keepShot(t, fmt.Sprintf("phone-%d.png", size.width), get(t, ctx, chromedp.CaptureScreenshot()))
		})
	}
}

// keepShot keeps a screenshot for a person to look at, where one is asked for.
func keepShot(t *testing.T, name string, shot []byte) {
	t.Helper()
	if dir := os.Getenv("JAMAKAN_SCREENSHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name), shot, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// noScript turns scripts off, as some people do.
func noScript(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
	_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	return chromedp.Void{}, err
}

func TestThePhoneWithoutAScript(t *testing.T) {
	ctx, s := browser(t), serve(t, true)
	do(t, ctx,
		noScript,
		chromedp.Navigate(s.URL+"/phone"),
		chromedp.Click(chromedp.CSS(".call")), chromedp.WaitVisible(chromedp.CSS(".pad button:enabled")),
		chromedp.Click(chromedp.CSS(`button[value="2"]`)), chromedp.WaitVisible(`//pre[contains(., "Voter")]`),
		chromedp.Click(chromedp.CSS(`button[value="1"]`)), chromedp.WaitVisible(`//pre[contains(., "Merci")]`),
	)
	if screen := get(t, ctx, chromedp.Text(chromedp.CSS("#screen"))); !strings.Contains(screen, "K7P4XY") {
		t.Errorf("screen %q", screen)
	}
}

// The thread in a browser, with the script and without: the answer is there,
// the call goes on, and the page is not too wide.
func TestTextingInABrowser(t *testing.T) {
	for _, script := range []bool{true, false} {
		ctx, s := browser(t), serve(t, true)
		said := complaints(t, ctx)
		if !script {
			do(t, ctx, noScript)
		}
		do(t, ctx,
			chromedp.EmulateViewport(360, 740),
			chromedp.Navigate(s.URL+"/phone"),
			chromedp.Click(chromedp.CSS(".soft .call")), chromedp.WaitVisible(chromedp.CSS(".pad button:enabled")),
			chromedp.SendKeys(chromedp.CSS("#text"), "hakilina ji tɛ an fɛ"),
			chromedp.Click(chromedp.CSS("#sms .call")), chromedp.WaitVisible(`//li[@class="theirs"]`),
		)
		if thread := get(t, ctx, chromedp.Text(chromedp.CSS("#thread"))); !strings.Contains(thread, "K7P4XY") || !strings.Contains(thread, "ji tɛ an fɛ") {
			t.Errorf("thread %q", thread)
		}
		if screen := get(t, ctx, chromedp.Text(chromedp.CSS("#screen"))); !strings.Contains(screen, "Langue") {
			t.Errorf("the call is gone: %q", screen)
		}
		if script {
			if wide := get(t, ctx, chromedp.Evaluate[float64](`document.scrollingElement.scrollWidth - window.innerWidth`)); wide > 0 {
				t.Errorf("%v px too wide", wide)
			}
		}
		if found := said(); len(found) > 0 {
			t.Errorf("the console says %q", found)
		}
		keepShot(t, fmt.Sprintf("texting-%v.png", script), get(t, ctx, chromedp.CaptureScreenshot()))
	}
}

func TestMessagesInABrowser(t *testing.T) {
	ctx, s := browser(t), serve(t, false)
	logIn(t, ctx, s, "fanta")
	for _, width := range []int64{360, 1280} {
		do(t, ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate(s.URL+"/messages"), chromedp.WaitVisible(chromedp.CSS(".alarm")))
		if wide := get(t, ctx, chromedp.Evaluate[float64](`document.scrollingElement.scrollWidth - window.innerWidth`)); wide > 0 {
			t.Errorf("%d: %v px too wide", width, wide)
		}
		keepShot(t, fmt.Sprintf("messages-%d.png", width), get(t, ctx, chromedp.CaptureScreenshot()))
	}
}
