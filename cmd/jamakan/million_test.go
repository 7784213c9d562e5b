package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
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

// served asks the running gateway for the files.
func served(b *testing.B, bin, data, week string) {
	b.Helper()
	cmd, _ := gatewayAndAll(b, bin, data, "JAMAKAN_MONDAY_FOLDER=none")
	time.Sleep(2 * time.Second) // what it does at its start is not the export's
	stop := watch(cmd.Process.Pid)
	took, asking := verb(b, bin, data, "export", "--week", week, "--out", b.TempDir())
	serving := stop()
	b.Logf("through the gateway: %v; asking %v; serving %v", took, asking, serving)
	b.ReportMetric(took.Seconds(), "s-served")
	b.ReportMetric(float64(serving.own>>20), "MB-own-serving")
	b.ReportMetric(float64(asking.own>>20), "MB-own-asking")
	halt(b, cmd)
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

var _ = io.Discard
