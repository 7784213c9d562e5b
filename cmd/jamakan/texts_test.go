package main

import (
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// jamakan runs a verb and returns what it printed.
func jamakan(t *testing.T, bin, data string, args ...string) string {
	t.Helper()
	cmd := exec.Command(bin, append(args, "--data", data)...)
	cmd.Dir = t.TempDir()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("jamakan %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func outboxOf(t *testing.T, bin, data string) string {
	t.Helper()
	return jamakan(t, bin, data, "outbox")
}

// TestTwoChannels is the demonstration as a person plays it: three phones text
// and one of them dials; the later vote counts, STOP is heard, the opinion is
// listed, the tally shows it all.
func TestTwoChannels(t *testing.T) {
	bin, data := buildGateway(t), t.TempDir()
	cmd, base, sandbox := gatewayAndSandbox(t, bin, data)
	text := func(number string, words ...string) string {
		t.Helper()
		return jamakan(t, bin, data, append([]string{"text", "--url", sandbox, number}, words...)...)
	}
	wants := func(got string, want ...string) {
		t.Helper()
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%q, want %q in it", got, w)
			}
		}
	}
	wants(jamakan(t, bin, data, "text", "+22376000009", "AIDE"), "36055") // found by its data folder
	wants(text("+22376000001", "kalafiri", "2"), "ko", "1 SMS", "GSM-7")
	wants(text("+22376000001", "KOMINI", "Jamadougou"), "WOTE 2")
	wants(text("+22376000001", "AWO"), "sèbènna")
	wants(text("+22376000002", "hakilina: ji tɛ an fɛ; 50%"), "I hakilina sera an ma")
	wants(text("+22366000003", "STOP"), "plus de messages")
	// The same number dials: her commune and language are known, and her vote
	// is the one she may change.
	screens := jamakan(t, bin, data, "dial", "+22376000001", "--url", base+"/ussd/africastalking/demo", "--keys", "1,1,3,1,1")
	wants(screens, "I ye wote kè kaban", "I ka wote yèlèmana")
	wants(text("+22376000001", "wote 5"), "yèlèmana")
	wants(jamakan(t, bin, data, "text", "--url", base+"/sms/africastalking/demo", "+22376000004", "la pompe est en panne"), "on disk")
	out := t.TempDir()
	jamakan(t, bin, data, "export", "--profile", "coordination", "--demo-small-cells", "--out", out)
	files, err := filepath.Glob(filepath.Join(out, "*.csv"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no export: %v", err)
	}
	all := ""
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all += string(b)
	}
	if strings.Contains(all, "76000001") || !strings.Contains(all, "Jardin des femmes") {
		t.Errorf("the tally: %s", all)
	}
	wants(jamakan(t, bin, data, "opinions"), "ji tɛ an fɛ; 50%", "SMS", "bm", "la pompe est en panne")
	wants(outboxOf(t, bin, data), "answer", "receipt", "GSM-7", "XOF")
	wants(jamakan(t, bin, data, "check"), "Nothing wrong: 3 records")
	stopGently(t, cmd)
	wants(jamakan(t, bin, data, "check"), "Nothing wrong: 3 records")
}

const rawNumber = "+22376000077"

// TestNothingInTheRawFile: after texts of every kind the database holds no
// number in any form it might be written, and no receipt beside one.
func TestNothingInTheRawFile(t *testing.T) {
	bin, data := buildGateway(t), t.TempDir()
	cmd, _, sandbox := gatewayAndSandbox(t, bin, data)
	for _, words := range []string{"commune jamadugu", "vote 2", "avis le puits est sec", "2", "oui", "COMMUNE x", "EFFACER", "stop"} {
		jamakan(t, bin, data, "text", "--url", sandbox, rawNumber, words)
	}
	stopGently(t, cmd)
	raw, err := os.ReadFile(filepath.Join(data, databaseFile))
	if err != nil {
		t.Fatal(err)
	}
	forms := []string{rawNumber[4:]}
	for shift := range 3 { // base64 of the number, wherever in a text it begins
		encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + rawNumber))
		forms = append(forms, encoded[4:16])
	}
	for _, form := range forms {
		if strings.Contains(string(raw), form) {
			t.Errorf("the file holds %q", form)
		}
	}
	if strings.Contains(string(raw), "Votre vote est not") {
		t.Error("a message that told a receipt is in the file as it was written")
	}
}

// Two demonstrations on one machine don't disturb each other.
func TestTwoDemonstrations(t *testing.T) {
	bin := buildGateway(t)
	one, _, first := gatewayAndSandbox(t, bin, t.TempDir())
	taken := strings.TrimPrefix(first, "http://")
	other := t.TempDir()
	two, _, second := gatewayAndSandbox(t, bin, other, "JAMAKAN_SANDBOX="+taken)
	if first == second || second == "" {
		t.Errorf("both at %s", first)
	}
	if got := jamakan(t, bin, other, "text", "AIDE"); !strings.Contains(got, "36055") {
		t.Errorf("%q", got)
	}
	stopGently(t, one)
	stopGently(t, two)
}
