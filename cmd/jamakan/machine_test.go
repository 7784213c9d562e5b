package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestNoCoreIsWritten: the kernel is told to write no core of a gateway.
func TestNoCoreIsWritten(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	var said bytes.Buffer
	cmd, _ := loudGateway(t, t.TempDir(), &said)
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`Max core file size\s+0\s+0\s`).Match(limits) {
		t.Errorf("a core may be written:\n%s", limits)
	}
}

// TestSlowClientsDisturbNobody: hundreds of connections that stop in the middle of
// a header or of a body are closed by the gateway itself, and meanwhile a phone
// votes.
func TestSlowClientsDisturbNobody(t *testing.T) {
	s, _ := inProcess(t)
	host := s.onCalls.Addr().String()
	var slow sync.WaitGroup
	for i := range 300 {
		text := "POST /ussd/africastalking/demo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 500\r\n"
		if i%2 == 0 {
			text += "\r\nsessionId=slow&phoneNumber="
		}
		c, err := net.Dial("tcp", host)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, text); err != nil {
			t.Fatal(err)
		}
		slow.Go(func() {
			defer c.Close()
			if err := c.SetDeadline(time.Now().Add(2 * time.Minute)); err != nil {
				t.Error(err)
			}
			if _, err := io.Copy(io.Discard, c); err != nil && !strings.Contains(err.Error(), "reset") {
				t.Errorf("a slow connection is not closed: %v", err)
			}
		})
	}
	last, base := "", "http://"+host
	for _, text := range []string{"", "2", "2*1", "2*1*1", "2*1*1*1", "2*1*1*1*3", "2*1*1*1*3*1", "2*1*1*1*3*1*1"} {
		var err error
		if last, err = post(context.Background(), http.DefaultClient, base, "+22376000001", "ATUid_votes", text); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(last, "Votre vote est noté") {
		t.Errorf("the phone is told %q", last)
	}
	slow.Wait()
}

// secretShapes are what nobody may write into a file of the house.
func secretShapes() *regexp.Regexp {
	return regexp.MustCompile(`AGE-SECRET-KEY-1[A-Z0-9]{20}|-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/]|atsk_[0-9a-f]{32}|ghp_[A-Za-z0-9]{30}|AKIA[0-9A-Z]{16}`)
}

// TestNoSecretInTheRepository: no file that git knows holds a key. Planted, one of
// each shape is found.
func TestNoSecretInTheRepository(t *testing.T) {
	shapes := secretShapes()
	for _, planted := range []string{
		"AGE-SECRET-KEY-" + "1QQPQQQQQQQQQQQQQQQQQQQQ", "-----BEGIN EC " + "PRIVATE KEY-----\nMHc", "atsk_" + strings.Repeat("0a", 16), "AKIA" + strings.Repeat("Z", 16),
		"ghp_" + strings.Repeat("x", 36),
	} {
		if !shapes.MatchString("key: " + planted) {
			t.Errorf("%q is not seen", planted)
		}
	}
	listed, err := exec.Command("git", "-C", "../..", "ls-files", "-z").Output()
	if err != nil {
		t.Skip("not a git work tree")
	}
	files := strings.Split(strings.TrimRight(string(listed), "\x00"), "\x00")
	if len(files) < 300 {
		t.Fatalf("git names %d files", len(files))
	}
	for _, name := range files {
		data, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			if !os.IsNotExist(err) {
				t.Error(err)
			}
			continue
		}
		if found := shapes.Find(data); found != nil {
			t.Errorf("%s holds what looks like a key: %.24q", name, found)
		}
	}
}

// TestModulesAreThoseOfGoSum: the modules on this machine are, to the byte, those
// that go.sum names, and each that we import ourselves has its line there.
func TestModulesAreThoseOfGoSum(t *testing.T) {
	cmd := exec.Command("go", "mod", "verify")
	cmd.Dir = "../.."
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "all modules verified") {
		t.Errorf("%v %s", err, out)
	}
	sums, err := os.ReadFile("../../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^\t(\S+) (v\S+)$`).FindAllStringSubmatch(string(mod), -1) {
		if line := m[1] + " " + m[2] + " h1:"; !strings.Contains(string(sums), line) && !strings.Contains(string(mod), m[1]+" => ") && !strings.Contains(string(mod), m[1]+" "+m[2]+" => ") {
			t.Errorf("go.sum has no %s", line)
		}
	}
}

// TestDataFolderIsOurs: what a gateway leaves in its data folder is readable by
// nobody else.
func TestDataFolderIsOurs(t *testing.T) {
	_, data := inProcess(t)
	seen := 0
	err := filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if seen++; path != data && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %o", filepath.Base(path), info.Mode().Perm())
		}
		return nil
	})
	if err != nil || seen < 3 {
		t.Errorf("%d files, %v", seen, err)
	}
}
