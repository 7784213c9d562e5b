package msisdn

import "testing"

func TestHide(t *testing.T) {
	for text, want := range map[string]string{
		"appelle 76 00 00 01 ce soir":      "appelle •• •• •• •• ce soir",
		"+223 76.00.00-01":                 "+••• ••.••.••-••",
		"76,00,00,01":                      "••,••,••,••",
		"76_00_00_01":                      "••_••_••_••",
		"76\u00a000\u00a000\u00a001":       "••\u00a0••\u00a0••\u00a0••",
		"76\u200b000001":                   "••\u200b••••••",
		"76–00–00–01 et 66000002":          "••–••–••–•• et ••••••••",
		"٧٦٠٠٠٠٠١":                         "••••••••",
		"le 25/11, 30 sacs":                "le 25/11, 30 sacs",
		"7600000\n1 fois":                  "7600000\n1 fois",
		"a1b2c3d4e5f6g7h8":                 "a1b2c3d4e5f6g7h8",
		"en 2026, 1 250 000 FCFA":          "en 2026, 1 250 000 FCFA",
		"a76000001b66000002":               "a••••••••b••••••••",
		"":                                 "",
		"bytes \xff kept, no number 12345": "bytes \xff kept, no number 12345",
	} {
		if got := Hide(text); got != want {
			t.Errorf("Hide(%q) = %q, want %q", text, got, want)
		}
		if Within(text) != (text != want) {
			t.Errorf("Within(%q) = %v", text, Within(text))
		}
	}
}
