package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// unsafe is a configuration that start refuses, and its mend, which the
// message holds.
type unsafe struct {
	env   string // in words, beside those of a gateway in service
	place func(t *testing.T, folder string)
	says  string
}

// refused are all of them. In env, AT stands for the folder of the run.
func refused() []unsafe {
	const ussd, sms = "JAMAKAN_USSD_AFRICASTALKING_", "JAMAKAN_SMS_AFRICASTALKING_"
	const texts = " JAMAKAN_SHORT_CODE=36055 " + sms + "USERNAME=commune " + sms + "API_KEY=k " + sms + "TOKENS=abcdefghijklmnopqrstuvwx "
	const demo = "JAMAKAN_DEMO=true "
	return []unsafe{
		{demo + "JAMAKAN_LISTEN=0.0.0.0:0", nil, "set demo: false, or listen on 127.0.0.1"},
		{demo + "JAMAKAN_BEHIND_PROXY=true", nil, "its token is known to everybody"},
		{"JAMAKAN_LISTEN=0.0.0.0:0", nil, "numbers, choices and the token would travel in clear"},
		{"JAMAKAN_DESK=0.0.0.0:0", nil, "passwords would travel in clear"},
		{ussd + "TOKENS=demo", nil, "a token under 22 characters is refused"},
		{"CONFIG=empty", nil, "make one with: jamakan config token"},
		{ussd + "TOKENS=" + strings.Repeat("abcdefghijklmnopqrstuvwx,", 2) + "abcdefghijklmnopqrstuvwx", nil, "the one in use, and the next one during a change"},
		{ussd + "TOKENS=sha256:abcd", nil, "after sha256: stand 64 hexadecimal digits"},
		{"JAMAKAN_METRICS_TOKEN=short", nil, "metrics_token: a token under 22 characters"},
		{ussd + "NETWORKS=provider", nil, "write it like 203.0.113.0/24"},
		{"JAMAKAN_PROXIES=0.0.0.0/0", nil, "who could then write any address"},
		{"JAMAKAN_TLS_DESK_CERT=cert.pem", nil, "give both, or none"},
		{"CONFIG=texts " + texts + sms + "API=sandbox", nil, "the stand-in provider runs in the demonstration only"},
		{"CONFIG=texts " + texts + sms + "API=http://api.example.ml", nil, "write an https address"},
		{"JAMAKAN_MAIL_HOST=mail.example.ml JAMAKAN_MAIL_FROM=a@example.ml JAMAKAN_MAIL_TLS=none", nil, "none is only for a server on this machine"},
		{"JAMAKAN_BACKUP_FOLDER=AT/data/backups", nil, "would be lost with it"},
		{"JAMAKAN_RETENTION_TEXTS_MONTHS=0", nil, "nothing of a person is kept for ever"},
		{"JAMAKAN_KEY_FILE=", nil, "set key_file to a file outside the data folder"},
		{"JAMAKAN_KEY_FILE=AT/data/master.key", nil, "whoever copies the data would have the key"},
		{"CONFIG=open", func(t *testing.T, folder string) { write(t, folder, "config.yaml", 0o644) }, "run chmod 640"},
		{"", func(t *testing.T, folder string) { write(t, folder, "master.key", 0o644) }, "run chmod 600"},
		{"JAMAKAN_TLS_CERT=AT/cert.pem JAMAKAN_TLS_KEY=AT/key.pem", func(t *testing.T, folder string) { write(t, folder, "key.pem", 0o644) }, "everybody on this machine can read"},
		{"", func(t *testing.T, folder string) {
			if err := errors.Join(os.Mkdir(filepath.Join(folder, "data"), 0o700), os.Chmod(filepath.Join(folder, "data"), 0o770)); err != nil {
				t.Fatal(err)
			}
		}, "run chmod 700"},
	}
}

func write(t *testing.T, folder, name string, mode os.FileMode) {
	t.Helper()
	path := filepath.Join(folder, name)
	text, err := os.ReadFile(path)
	if err != nil {
		text = []byte(strings.Repeat("5a", 32) + "\n")
	}
	if err := errors.Join(os.WriteFile(path, text, mode), os.Chmod(path, mode)); err != nil {
		t.Fatal(err)
	}
}

// TestStartRefuses starts the program with each unsafe configuration of
// docs/operating.md. It ends as wrong use, with a message that holds the mend,
// and nothing is listening.
func TestStartRefuses(t *testing.T) {
	bin, doc := buildGateway(t), readDoc(t, "operating.md")
	_, table, _ := strings.Cut(doc, "## What start refuses")
	table, _, _ = strings.Cut(table, "## ")
	said := map[string]bool{}
	for _, c := range refused() {
		said[c.says] = true
		if !strings.Contains(table, "| *"+c.says) {
			t.Errorf("the document does not say %q", c.says)
		}
		t.Run(c.says, func(t *testing.T) { refuses(t, bin, c) })
	}
	if rows := strings.Count(table, "\n| ") - 1; rows != len(said) {
		t.Errorf("the document has %d rows, the test %d", rows, len(said))
	}
}

func refuses(t *testing.T, bin string, c unsafe) {
	t.Helper()
	folder := t.TempDir()
	text := "demo: false\nsms: {}\nussd:\n  africastalking: {tokens: [abcdefghijklmnopqrstuvwx]}\n"
	if strings.HasPrefix(c.env, "CONFIG=texts") {
		text = "demo: false\nsms: {africastalking: {}}\nussd:\n  africastalking: {tokens: [abcdefghijklmnopqrstuvwx]}\n"
	}
	if c.env == "CONFIG=empty" {
		text = "demo: false\nsms: {}\nussd:\n  africastalking: {tokens: [\"\"]}\n"
	}
	file := filepath.Join(folder, "config.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if c.place != nil {
		c.place(t, folder)
	}
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second) // one that is not refused would serve for ever
	defer stop()
	cmd := exec.CommandContext(ctx, bin, "serve", "--config", file)
	cmd.Env = append(os.Environ(), "JAMAKAN_LISTEN=127.0.0.1:0", "JAMAKAN_DESK=127.0.0.1:0", "JAMAKAN_DATA="+filepath.Join(folder, "data"),
		"JAMAKAN_KEY_FILE="+filepath.Join(folder, "master.key"))
	cmd.Env = append(cmd.Env, strings.Fields(strings.ReplaceAll(c.env, "AT/", folder+"/"))...)
	cmd.Dir = folder
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() < 1 || !strings.Contains(string(out), c.says) || strings.Contains(string(out), "msg=ready") {
		t.Errorf("%v: %s", err, out)
	}
	if code := cmd.ProcessState.ExitCode(); code != 2 {
		t.Errorf("exit code %d: systemd would start it again", code)
	}
}
