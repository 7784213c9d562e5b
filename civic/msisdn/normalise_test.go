package msisdn_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"pgregory.net/rapid"

	"github.com/jamakan/jamakan/civic/msisdn"
)

func TestVectors(t *testing.T) {
	data, err := os.ReadFile("testdata/msisdn.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			ID, Raw, Note string
			Expect        *string
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Vectors) != 9 {
		t.Fatalf("got %d vectors, want 9", len(file.Vectors))
	}
	for _, v := range file.Vectors {
		t.Run(v.ID, func(t *testing.T) {
			got, err := msisdn.Normalise(v.Raw)
			switch {
			case v.Expect == nil && !errors.Is(err, msisdn.ErrInvalid):
				t.Errorf("%s: got %q and %v, want ErrInvalid", v.Note, got, err)
			case v.Expect != nil && (err != nil || got != *v.Expect):
				t.Errorf("%s: got %q and %v, want %q", v.Note, got, err, *v.Expect)
			}
		})
	}
}

func TestNormalise(t *testing.T) {
	for raw, want := range map[string]string{
		"+22376000001":           "+22376000001",
		"22376000001":            "+22376000001",
		"76000001":               "+22376000001",
		"+223 76-00.00 (01)":     "+22376000001",
		"TEL:+22376000001":       "+22376000001",
		"\t76000001\n":           "+22376000001",
		"76\u00a000\u202f00 01":  "+22376000001",
		"+223\u07c7\u07c6000001": "+22376000001", // N'Ko
		"۷۶۰۰۰۰۰۱":               "+22376000001", // Persian
		"７６００００01":               "+22376000001", // full width
		"𝟕𝟔𝟬𝟬𝟶𝟶𝟎𝟏":               "+22376000001", // mathematical: five sets in one range
		"+22320220000":           "+22320220000", // Bamako, fixed
		"00223 44 90 00 00":      "+22344900000",
	} {
		if got, err := msisdn.Normalise(raw); err != nil || got != want {
			t.Errorf("%q: got %q and %v, want %q", raw, got, err, want)
		}
	}
}

func TestNormaliseRefuses(t *testing.T) {
	for raw, want := range map[string]error{
		"":                        msisdn.ErrInvalid,
		" ":                       msisdn.ErrInvalid,
		"+":                       msisdn.ErrInvalid,
		"tel:":                    msisdn.ErrInvalid,
		"36030":                   msisdn.ErrInvalid, // a short code parses, and is not valid
		"7600000":                 msisdn.ErrInvalid,
		"760000011":               msisdn.ErrInvalid,
		"+2237600000":             msisdn.ErrInvalid,
		"+22310000001":            msisdn.ErrInvalid, // no such prefix
		"+22354000001":            msisdn.ErrInvalid,
		"+22381000001":            msisdn.ErrInvalid,
		"+223+76000001":           msisdn.ErrInvalid,
		"76000001+":               msisdn.ErrInvalid,
		"+2237600000a":            msisdn.ErrInvalid,
		"+2237600000O":            msisdn.ErrInvalid,
		"+2237600000\x00":         msisdn.ErrInvalid,
		"+2237600000\xff":         msisdn.ErrInvalid,
		"%2B22376000001":          msisdn.ErrInvalid,
		"76000001;ext=1":          msisdn.ErrInvalid,
		"tel:tel:76000001":        msisdn.ErrInvalid,
		"Ⅶ6000001":                msisdn.ErrInvalid, // a Roman numeral is no digit
		"²2376000001":             msisdn.ErrInvalid,
		strings.Repeat("7", 5000): msisdn.ErrInvalid,
		"+254700000000":           msisdn.ErrForeign,
		"00254700000000":          msisdn.ErrForeign,
		"254711000000":            msisdn.ErrForeign, // as Nalo and Hubtel write it
		"+33600000000":            msisdn.ErrForeign,
		"+99900000000":            msisdn.ErrInvalid,
	} {
		if got, err := msisdn.Normalise(raw); got != "" || !errors.Is(err, want) {
			t.Errorf("%.40q: got %q and %v, want %v", raw, got, err, want)
		}
	}
}

// Every four-digit beginning is judged as the library alone judges it, in its
// usual writing and in one of the others.
func TestAgreesWithLibraryOnEveryPrefix(t *testing.T) {
	accepted, ways := 0, []string{"223", "00223", "tel:+223 ", "", " 223"}
	for p := range 10_000 {
		number := fmt.Sprintf("+223%04d0%03d", p, (p*7)%1000)
		n, err := phonenumbers.Parse(number, "ML")
		want := err == nil && phonenumbers.IsValidNumber(n)
		for _, way := range []string{"+223", ways[p%len(ways)]} {
			bare := way + number[len("+223"):]
			got, err := msisdn.Normalise(bare)
			if (err == nil) != want || want && got != number {
				t.Errorf("prefix %04d after %q: got %v, want valid = %v", p, way, err, want)
			}
		}
		if want {
			accepted++
		}
	}
	if accepted < 3000 || accepted > 6000 {
		t.Errorf("got %d accepted prefixes of 10,000, want about 4,000: is the metadata loaded?", accepted)
	}
}

// However it is written, one number has one form.
func TestOneForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		national := rapid.StringMatching(`(5[0-3]|[679][0-9]|8[2-59])[0-9]{6}`).Draw(t, "number")
		prefix := rapid.SampledFrom([]string{"", "+223", "00223", "223", "tel:+223", " 223"}).Draw(t, "prefix")
		var written strings.Builder
		written.WriteString(prefix)
		zero := rapid.SampledFrom([]rune{'0', '٠', '߀', '０', '𝟎'}).Draw(t, "script")
		for _, d := range national {
			written.WriteString(rapid.SampledFrom([]string{"", "", "", " ", ".", "-", "\u202f"}).Draw(t, "gap"))
			written.WriteRune(zero + d - '0')
		}
		got, err := msisdn.Normalise(written.String())
		if want := "+223" + national; err != nil || got != want {
			t.Errorf("%q: got %q and %v, want %q", written.String(), got, err, want)
		}
	})
}

func FuzzNormalise(f *testing.F) {
	for _, s := range []string{"+22376000001", "tel:+223 76", "٧٦٠٠٠٠٠١", "+254711XXXYYY", "0022320220000", "\xff", "254711000000"} {
		f.Add(s)
	}
	form := regexp.MustCompile(`^\+223[0-9]{8}$`)
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := msisdn.Normalise(raw)
		if err != nil {
			if got != "" || !errors.Is(err, msisdn.ErrForeign) && !errors.Is(err, msisdn.ErrInvalid) {
				t.Errorf("got %q and %v, want a named error alone", got, err)
			}
			return
		}
		if !form.MatchString(got) {
			t.Errorf("got %q, want +223 and eight digits", got)
		}
		if again, err := msisdn.Normalise(got); err != nil || again != got {
			t.Errorf("again: got %q and %v, want %q", again, err, got)
		}
	})
}

func BenchmarkNormalise(b *testing.B) {
	for name, raw := range map[string]string{"mobile": "+22376000001", "noPlus": "22376000001", "fixed": "+22320220000"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := msisdn.Normalise(raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
