package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
)

// peaks are the most memory a process held while it was watched, in bytes: all
// that is resident, with the pages of the database file that the system keeps
// anyway, and what is its own.
type peaks struct{ all, own int64 }

func (p peaks) String() string { return fmt.Sprintf("%d MB, %d of its own", p.all>>20, p.own>>20) }

// watch looks at a process until it is told to stop, or the process ends.
func watch(pid int) (stop func() peaks) {
	status := filepath.Join("/proc", strconv.Itoa(pid), "status")
	_ = os.WriteFile(filepath.Join("/proc", strconv.Itoa(pid), "clear_refs"), []byte("5"), 0o600) // the peak begins now; without it, at the start
	ctx, cancel := context.WithCancel(context.Background())
	said := make(chan peaks, 1)
	go func() {
		var p peaks
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			raw, err := os.ReadFile(status)
			if err == nil {
				all, own := resident(raw)
				p = peaks{max(p.all, all), max(p.own, own)}
			}
			select {
			case <-ctx.Done():
				said <- p
				return
			case <-tick.C:
			}
		}
	}()
	return func() peaks { cancel(); return <-said }
}

func resident(status []byte) (all, own int64) {
	for s := bufio.NewScanner(bytes.NewReader(status)); s.Scan(); {
		name, value, _ := strings.Cut(s.Text(), ":")
		kb, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(value, "kB")), 10, 64)
		switch name {
		case "VmHWM":
			all = kb << 10
		case "RssAnon":
			own = kb << 10
		}
	}
	return all, own
}

// verb runs the real binary on a database.
func verb(b *testing.B, bin, data string, args ...string) (took time.Duration, p peaks) {
	b.Helper()
	cmd := exec.Command(bin, append(args, "--data", data)...)
	cmd.Dir = b.TempDir()
	var said strings.Builder
	cmd.Stderr = &said
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	stop := watch(cmd.Process.Pid)
	err := cmd.Wait()
	took, p = time.Since(begun), stop()
	if err != nil {
		b.Fatalf("%v: %v\n%s", args, err, said.String())
	}
	return took, p
}

// written is what lies in a folder.
func written(b *testing.B, folder string) (files int, size int64) {
	b.Helper()
	err := filepath.WalkDir(folder, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		files, size = files+1, size+info.Size()
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return files, size
}

// bigCases: three communes with a tenth and with all, then a region.
func bigCases() []bigCase {
	return []bigCase{{3, 100_000, 4}, {3, 1_000_000, 4}, {65, 1_000_000, 4}, {65, 1_000_000, 26}}
}

// BenchmarkWeekFiles is `jamakan export --format all` of the last closed week
// by the real binary: by itself, and asked of the running gateway.
func BenchmarkWeekFiles(b *testing.B) {
	bin := buildGateway(b)
	week := civic.WeekOf(time.Now()).Prev().String()
	for _, c := range bigCases() {
		b.Run(c.String(), func(b *testing.B) {
			data := bigData(b, c)
			verb(b, bin, data, "export", "--week", week, "--out", b.TempDir()) // weeks are closed, files are in the system's memory
			for b.Loop() {
				opened, open := verb(b, bin, data, "coordinator", "list")
				out := b.TempDir()
				took, alone := verb(b, bin, data, "export", "--week", week, "--out", out)
				files, size := written(b, out)
				b.Logf("by itself: %v, of which %v to open; %v; open %v; %d files, %d bytes", took, opened, alone, open, files, size)
				b.ReportMetric(took.Seconds(), "s")
				b.ReportMetric(opened.Seconds(), "s-open")
				b.ReportMetric(float64(alone.own>>20), "MB-own")
				b.ReportMetric(float64(open.own>>20), "MB-own-open")
				b.ReportMetric(float64(size)/(1<<20), "MB-files")
				served(b, bin, data, week)
			}
		})
	}
}

// served asks the running gateway for the files, alone and while people vote.
func served(b *testing.B, bin, data, week string) {
	b.Helper()
	cmd, at := gatewayAndAll(b, bin, data, "JAMAKAN_MONDAY_FOLDER=none")
	defer halt(b, cmd)
	v := visitDesk(b, at["desk"])
	v.pages(week)
	stop := watch(cmd.Process.Pid)
	v.get("/")
	idle := stop()
	stop = watch(cmd.Process.Pid)
	took, asking := verb(b, bin, data, "export", "--week", week, "--out", b.TempDir())
	serving := stop()
	b.Logf("through the gateway: %v; asking %v; serving %v; before it %v", took, asking, serving, idle)
	b.ReportMetric(took.Seconds(), "s-served")
	b.ReportMetric(float64(serving.own>>20), "MB-own-serving")
	b.ReportMetric(float64(idle.own>>20), "MB-own-idle")
	b.ReportMetric(float64(asking.own>>20), "MB-own-asking")
	if strings.Contains(data, string(filepath.Separator)+"3-") { // whose menu the load knows by heart
		meanwhile(b, bin, data, week, at["callbacks"])
	}
}

// votesPerSecond is what is offered while files are made: 500,000 votes in an
// hour.
const votesPerSecond = 139

// meanwhile votes while nothing else is done, then while files are made again
// and again.
func meanwhile(b *testing.B, bin, data, week, base string) {
	b.Helper()
	ask := loadAsk{Addr: strings.TrimPrefix(base, "http://"), Phones: 64, For: 8 * time.Second, First: 1_000_000, Keys: firstVote, Rate: votesPerSecond}
	quiet := runLoad(b, ask)
	ask.First += 100_000
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan int, 1)
	go func() {
		n := 0
		for ; ctx.Err() == nil; n++ {
			cmd := exec.CommandContext(ctx, bin, "export", "--week", week, "--out", b.TempDir(), "--data", data)
			_ = cmd.Run() // the last one is cut
		}
		done <- n
	}()
	busy := runLoad(b, ask)
	cancel()
	b.Logf("votes: alone p50 %v p99 %v worst %v of %d; during %d exports p50 %v p99 %v worst %v of %d",
		quiet.P50, quiet.P99, quiet.Worst, quiet.Sessions, <-done, busy.P50, busy.P99, busy.Worst, busy.Sessions)
	b.ReportMetric(float64(busy.P99.Microseconds())/1000, "ms-vote-p99")
	b.ReportMetric(float64(busy.Worst.Microseconds())/1000, "ms-vote-worst")
	b.ReportMetric(float64(quiet.Worst.Microseconds())/1000, "ms-vote-worst-alone")
}

// deskVisit is a browser at the desk of a real gateway.
type deskVisit struct {
	b      *testing.B
	base   string
	client *http.Client
}

func visitDesk(b *testing.B, base string) *deskVisit {
	b.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	v := &deskVisit{b: b, base: base, client: &http.Client{Jar: jar}}
	res, err := v.client.PostForm(base+"/login", url.Values{"login": {deskLogin}, "password": {deskPassword}, "vers": {"/compte"}})
	if err != nil {
		b.Fatal(err)
	}
	res.Body.Close()
	v.get("/compte")
	return v
}

func (v *deskVisit) get(path string) string {
	v.b.Helper()
	body, _, _ := v.timed(path)
	return string(body)
}

// timed fetches a page: when its first byte came, and its last.
func (v *deskVisit) timed(path string) (body []byte, first, all time.Duration) {
	v.b.Helper()
	begun := time.Now()
	res, err := v.client.Get(v.base + path)
	if err != nil {
		v.b.Fatal(err)
	}
	defer res.Body.Close()
	head := make([]byte, 1)
	n, err := io.ReadFull(res.Body, head)
	first = time.Since(begun)
	rest, more := io.ReadAll(res.Body)
	if err != nil || more != nil || res.StatusCode != http.StatusOK || res.Request.URL.Path != strings.Split(path, "?")[0] {
		v.b.Fatalf("%s: %s at %s, %v, %v", path, res.Status, res.Request.URL.Path, err, more)
	}
	return append(head[:n], rest...), first, time.Since(begun)
}

// pages times the desk's pages: the first time since the gateway started, and
// then the median of some.
func (v *deskVisit) pages(week string) {
	v.b.Helper()
	for _, page := range []struct{ name, path string }{
		{"week", "/"},
		{"exports", "/exports"},
		{"exports-then", "/exports?semaine=" + parsedWeek(v.b, week).Prev().String()},
		{"exports-now", "/exports?semaine=" + thisWeek()},
		{"poster", "/exports/" + week + "/public/" + v.poster(week)},
	} {
		_, _, once := v.timed(page.path)
		var all []time.Duration
		for range 11 {
			_, _, took := v.timed(page.path)
			all = append(all, took)
		}
		slices.Sort(all)
		v.b.Logf("page %s: first %v, then %v, worst %v", page.name, once, all[len(all)/2], all[len(all)-1])
		v.b.ReportMetric(float64(once.Microseconds())/1000, "ms-"+page.name+"-first")
		v.b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "ms-"+page.name)
	}
	for _, profile := range []string{"public", "coordination"} {
		body, first, all := v.timed("/exports/" + week + "/" + profile + "/tout.zip")
		v.b.Logf("zip %s: begins after %v, ends after %v, %d bytes", profile, first, all, len(body))
		v.b.ReportMetric(first.Seconds(), "s-zip-first")
		v.b.ReportMetric(all.Seconds(), "s-zip")
	}
}

// poster is the name of a page for a wall.
func (v *deskVisit) poster(week string) string {
	v.b.Helper()
	name := regexp.MustCompile(`affiche_[0-9]+_fr\.html`).FindString(v.get("/exports?semaine=" + week))
	if name == "" {
		v.b.Fatal("no page for a wall is listed")
	}
	return name
}

func parsedWeek(b *testing.B, s string) civic.Week {
	b.Helper()
	w, err := civic.ParseWeek(s)
	if err != nil {
		b.Fatal(err)
	}
	return w
}

// halt stops a gateway as an engineer does.
func halt(b *testing.B, cmd *exec.Cmd) {
	b.Helper()
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		b.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		b.Fatal(err)
	}
}
