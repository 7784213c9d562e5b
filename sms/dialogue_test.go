package sms_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/gsm"
)

var update = flag.Bool("update", false, "rewrite the conversations with what is answered now")

// TestDialogues plays the conversations of testdata/dialogue: "> " is a text
// from the phone, the lines below it what arrives. Other lines are what
// happens in the world: phone NUMBER, wait DURATION, crash, again (the
// provider delivers the last text once more).
func TestDialogues(t *testing.T) {
	files, err := filepath.Glob("testdata/dialogue/*.sms")
	if err != nil || len(files) == 0 {
		t.Fatalf("no conversations: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".sms"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, string(want))
			if got == string(want) {
				return
			}
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			t.Errorf("the conversation differs; read it, and run with -update if it is right:\n%s", got)
		})
	}
}

// play runs a conversation and writes it as it went. Codes are written as
// CODE01, CODE02: they differ each time.
func play(t *testing.T, script string) string {
	s := newStage(t, nil)
	phone := "+22376000001"
	codes := map[string]string{}
	last := s.inbound("none", phone, "")
	var out strings.Builder
	for line := range strings.SplitSeq(script, "\n") {
		verb, rest, _ := strings.Cut(line, " ")
		switch {
		case strings.HasPrefix(line, "# ") && strings.Contains(line, " ballots, "): // counted anew
		case strings.HasPrefix(line, "#"):
			fmt.Fprintln(&out, line)
		case verb == ">":
			fmt.Fprintln(&out, line)
			s.pass(20 * time.Second)
			s.serial++
			last = s.inbound(fmt.Sprintf("in-%d", s.serial), phone, real(codes, rest))
			said(t, &out, codes, s.deliver(last))
		case line == "again":
			fmt.Fprintln(&out, line)
			said(t, &out, codes, s.deliver(last))
		case verb == "phone":
			fmt.Fprintln(&out, line)
			phone = rest
		case verb == "wait":
			fmt.Fprintln(&out, line)
			d, err := time.ParseDuration(rest)
			if err != nil {
				t.Fatal(err)
			}
			s.pass(d)
		case line == "crash":
			fmt.Fprintln(&out, line)
			s.crash()
		}
	}
	fmt.Fprintf(&out, "# %d ballots, %d opinions\n", s.records(), len(s.opinions()))
	return strings.ReplaceAll(strings.TrimSpace(out.String()), "\n# "+fmt.Sprint(s.records())+" ballots", "\n\n# "+fmt.Sprint(s.records())+" ballots") + "\n"
}

// real puts the codes that were told in place of their names.
func real(codes map[string]string, text string) string {
	for code, name := range codes {
		text = strings.ReplaceAll(text, name, code)
	}
	return text
}

func said(t *testing.T, out *strings.Builder, codes map[string]string, texts []string) {
	if len(texts) == 0 {
		fmt.Fprintln(out, "  (nothing)")
	}
	for _, text := range texts {
		a, units, segments := gsm.Count(text)
		if segments != 1 || a != gsm.Default7 {
			t.Errorf("%q is %d segments of %s", text, segments, a)
		}
		for _, w := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" :.\n", r) }) {
			if len(w) == 6 && strings.Trim(w, "34679ACEFHJKMNPRTWXY") == "" && strings.ContainsAny(w, "34679") || looksNew(text, w) {
				if codes[w] == "" && w != "K7P4XY" {
					codes[w] = fmt.Sprintf("CODE%02d", len(codes)+1)
				}
			}
		}
		for code, name := range codes {
			text = strings.ReplaceAll(text, code, name)
		}
		_ = units
		fmt.Fprintf(out, "  %s\n", strings.ReplaceAll(text, "\n", "\n  "))
	}
}

// looksNew says whether a word without digits is a code all the same: it
// follows the word for it.
func looksNew(text, w string) bool {
	if len(w) != 6 || strings.Trim(w, "ACEFHJKMNPRTWXY") != "" {
		return false
	}
	for _, before := range []string{"Code : ", "Nimòrò: ", "reçu : ", "recu : ", "an ma: ", "code : ", "kura: ", "Avis re\u00e7u : "} {
		if strings.Contains(text, before+w) {
			return true
		}
	}
	return false
}
