package desk

import "testing"

func TestMasked(t *testing.T) {
	for text, want := range map[string]string{
		"mon numero est 76 10 00 00, merci": "mon numero est •• •• •• ••, merci", "+22376000001": "+•••••••••••", "(76)000001 ou 12": "(••)•••••• ou 12",
		"en 2026, 1 250 000 FCFA": "en 2026, 1 250 000 FCFA", "": "", "76.00.00.0": "76.00.00.0", "a76000001b66000002": "a••••••••b••••••••",
	} {
		if got := masked(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
