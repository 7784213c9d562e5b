package export

import (
	"strings"
	"testing"
)

func TestFormula(t *testing.T) {
	for in, want := range map[string]string{
		"=1": "'=1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\t=1": "'\t=1", "\u200b=1": "'\u200b=1", " =1": "' =1", "\ufeff=1": "'\ufeff=1",
		"\u00a0+1": "'\u00a0+1", "＝1": "'＝1", "＠x": "'＠x", "＋1": "'＋1", "－1": "'－1", "|cmd": "'|cmd", "%0A": "'%0A", "\r=": "'\r=", "\x00=": "'\x00=",
		"=cmd|' /C calc'!A0": "'=cmd|' /C calc'!A0", ";=1": "';=1",
		"a=1": "a=1", "": "", "01": "01", "s": "'s", "'a": "''a", "École": "École", "ɲɛgɛn": "ɲɛgɛn",
	} {
		if got := formula(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// TestLiteral: what Excel would turn into something else.
func TestLiteral(t *testing.T) {
	for _, s := range []string{"0012", "1-2", "1/2", "3.14", "3,14", "1E5", "10:30", "12 mars", "3 mai", "mars 2026", "2026", "50 %", "VRAI", "false", "5 janv."} {
		if got := literal(s); got != "'"+s {
			t.Errorf("%q is left to Excel: %q", s, got)
		}
	}
	for _, s := range []string{"2026-W48", "EAU-01", "2 forages", "Marsa", "12e pont", "K7P4XY", "Maison 3", "vraiment"} {
		if got := literal(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
}

func FuzzGuard(f *testing.F) {
	f.Add(" =1")
	f.Add("1-2")
	f.Fuzz(func(t *testing.T, s string) {
		for _, guarded := range []string{formula(s), literal(s)} {
			if strings.HasPrefix(s, "'") || guarded != s {
				if guarded != "'"+s {
					t.Fatalf("%q became %q", s, guarded)
				}
			}
			if guarded != "" && strings.ContainsRune("=+-@\t\r", rune(guarded[0])) {
				t.Fatalf("%q begins as a formula", guarded)
			}
		}
	})
}
