package main

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/desk/planfile"
)

// TestAnInventedPlanInService: what an import would refuse, a check does not
// call good, and both say what mends it.
func TestAnInventedPlanInService(t *testing.T) {
	service := map[string]string{"JAMAKAN_DEMO": "false", tokensName: longToken}
	hand{t: t, stdin: string(planfile.DemoFile())}.wants(0, "peut être importé", "plan", "check", "-")
	hand{t: t, stdin: string(planfile.DemoFile()), env: service}.wants(1, "enlevez « fictif: oui »", "plan", "check", "-")
}

// TestABareListUpdatesItsPlan: a list of projects is checked, tried and
// imported against the recorded plan, from a pipe too, and changes nothing the
// second time.
func TestABareListUpdatesItsPlan(t *testing.T) {
	bin, data := buildGateway(t), t.TempDir()
	run := func(list string, args ...string) (string, error) {
		ctx, stop := context.WithTimeout(context.Background(), time.Minute)
		defer stop()
		cmd := exec.CommandContext(ctx, bin, append(append([]string{"plan"}, args...), "--data", data)...)
		cmd.Dir, cmd.Stdin = "../..", strings.NewReader(list)
		said, err := cmd.CombinedOutput()
		return string(said), err
	}
	const list = "Code;Statut\nEDU-00;achevé\n"
	for _, step := range []struct {
		list, args, says string
		fails            bool
	}{
		{list, "check -", "no database in", true},
		{list, "import - --dry-run", "0 ajoutés, 1 changés, 0 retirés, 11 inchangés", false},
		{list, "check -", "statut : en cours → achevé", false},
		{list, "import -", "projet EDU-00 : changé", false},
		{list, "import -", "Rien à changer", false},
		{"Code;Coût\nEAU-01;13 000 000\n", "import - --dry-run", "REFUSÉ : projet EAU-01", true},
		{list, "import - --plan RIEN", "pas de plan de code « RIEN »", true},
		{"Code;Coût\nEAU-01;1.250\n", "check -", "B2 : « 1.250 » n'est pas un coût sûr", true},
		{"%PDF-1.7", "check -", "c'est un PDF", true},
	} {
		said, err := run(step.list, strings.Fields(step.args)...)
		if !strings.Contains(said, step.says) || (err != nil) != step.fails {
			t.Errorf("plan %s: got %v\n%s\nwant %q", step.args, err, said, step.says)
		}
	}
	file := t.TempDir() + "/plan.xlsx"
	for _, want := range []string{"", "existe déjà"} {
		if said, err := run("", "template", "--plan", "JAM-2026-2030", "--out", file); !strings.Contains(said, want) || (err != nil) != (want != "") {
			t.Errorf("got %v, %s, want %q", err, said, want)
		}
	}
	if said, err := run("", "import", file, "--dry-run"); err != nil || !strings.Contains(said, "rien à changer") {
		t.Errorf("got %v, %s", err, said)
	}
}
