package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
)

// commands are the shell lines of a document.
func commands(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		for line := range strings.SplitSeq(strings.TrimSpace(block[1]), "\n") {
			all = append(all, line)
		}
	}
	return all
}

// TestDocumentedCommands runs every command of the README and of docs/, on a
// gateway that runs and again with nothing running.
func TestDocumentedCommands(t *testing.T) {
	docs, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, file := range append([]string{"../../README.md"}, docs...) {
		lines = append(lines, commands(t, file)...)
	}
	if len(lines) < 10 {
		t.Fatalf("%d commands found", len(lines))
	}
	bin, data := buildGateway(t), t.TempDir()
	cmd, base, sandbox := gatewayAndSandbox(t, bin, data)
	callback, err := url.JoinPath(base, "/ussd/africastalking/demo")
	if err != nil {
		t.Fatal(err)
	}
	for _, running := range []bool{true, false} {
		if !running {
			stopGently(t, cmd)
		}
		usb := t.TempDir() // each round plugs in an empty one
		for _, line := range lines {
			runDocumented(t, bin, data, usb, callback, sandbox, line, running)
		}
	}
}

func runDocumented(t *testing.T, bin, data, usb, callback, sandbox, line string, running bool) {
	t.Helper()
	rest, ours := strings.CutPrefix(line, "go run ./cmd/jamakan ")
	switch {
	case strings.HasPrefix(line, "make "):
		target := strings.Fields(line)[1]
		if said, err := exec.Command("make", "-C", "../..", "-n", target).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", line, err, said)
		}
		return
	case !ours:
		t.Errorf("%s: a document says it, and no test knows how to run it", line)
		return
	case rest == "serve": // it is running, or was
		return
	}
	args := words(rest)
	for i := range args { // usb/ is where the documents keep backups and keys
		if name, ok := strings.CutPrefix(args[i], "usb/"); ok {
			args[i] = filepath.Join(usb, name)
		}
	}
	if i := indexOf(args, "--week"); i >= 0 {
		args[i+1] = civic.WeekOf(time.Now()).Prev().String() // the demonstration began a week ago
	}
	if args[0] == "coordinator" && !running {
		data += "-2" // the accounts of the first time are there
	}
	if args[0] == "dial" {
		if !running {
			return // a phone needs a gateway
		}
		args = append(args, "--url", callback)
	}
	if args[0] == "text" {
		if !running {
			return
		}
		args = append([]string{"text", "--url", sandbox}, args[1:]...)
	}
	if args[0] == "sandbox" {
		runSandbox(t, bin, args)
		return
	}
	if indexOf(args, "--data") < 0 {
		args = append(args, "--data", data)
	}
	args, stdin, stdout := redirected(t, args)
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	run := exec.CommandContext(ctx, bin, args...)
	run.Dir = filepath.Join("..", "..")
	if i := indexOf(args, "--out"); i >= 0 {
		args[i+1] = t.TempDir()
		run.Args = append([]string{bin}, args...)
	}
	var said bytes.Buffer
	run.Stdin, run.Stdout, run.Stderr = stdin, io.MultiWriter(&said, stdout), &said
	if err := run.Run(); err != nil {
		t.Errorf("%s (gateway running: %v): %v\n%s", line, running, err, said.String())
	}
}

// words splits a line as a shell does, as far as the documents need it.
func words(line string) []string {
	var all []string
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 1 {
			all = append(all, part)
			continue
		}
		all = append(all, strings.Fields(part)...)
	}
	return all
}

func indexOf(args []string, arg string) int {
	for i, a := range args {
		if a == arg {
			return i
		}
	}
	return -1
}

// stopGently stops a gateway as an operator does, and wants a clean end.
func stopGently(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the gateway stopped with %v", err)
	}
}

// runSandbox starts a verb that runs until it is told to stop, and stops it.
func runSandbox(t *testing.T, bin string, args []string) {
	t.Helper()
	cmd := exec.Command(bin, append(args, "--listen", "127.0.0.1:0")...)
	cmd.Dir = filepath.Join("..", "..")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() && !strings.Contains(lines.Text(), "callbacks") {
	}
	stopGently(t, cmd)
}
