package gsm

import (
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/warthog618/sms"
	"github.com/warthog618/sms/encoding/gsm7/charset"
)

type measured struct {
	Alphabet        string
	Units, Segments int
	Octets          int
	Fits            bool
}

func TestVectors(t *testing.T) {
	data, err := os.ReadFile("testdata/encoding.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			ID, Text     string
			SMS, USSD    measured
			ProposedGSM7 string   `json:"proposed_gsm7"`
			ProposedSMS  measured `json:"proposed_sms"`
			Packed       string   `json:"ussd_packed_hex"`
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Vectors) < 30 {
		t.Fatalf("%d vectors", len(file.Vectors))
	}
	name := map[Alphabet]string{Default7: "gsm7", UCS2Alphabet: "ucs2"}
	spell := NewSpeller(GSM7, nil)
	for _, v := range file.Vectors {
		t.Run(v.ID, func(t *testing.T) {
			a, units, segments := Count(v.Text)
			if got := (measured{Alphabet: name[a], Units: units, Segments: segments}); got != v.SMS {
				t.Errorf("SMS %+v, want %+v", got, v.SMS)
			}
			a, units, octets, fits := USSD(v.Text)
			if got := (measured{Alphabet: name[a], Units: units, Octets: octets, Fits: fits}); got != v.USSD {
				t.Errorf("USSD %+v, want %+v", got, v.USSD)
			}
			if got := spell.Spell(v.Text); got != v.ProposedGSM7 {
				t.Errorf("spelled %q, want %q", got, v.ProposedGSM7)
			}
			a, units, segments = Count(spell.Spell(v.Text))
			if got := (measured{Alphabet: name[a], Units: units, Segments: segments}); got != v.ProposedSMS {
				t.Errorf("spelled, SMS %+v, want %+v", got, v.ProposedSMS)
			}
			if v.Packed == "" {
				return
			}
			packed, err := PackUSSD(v.Text)
			if err != nil {
				t.Fatal(err)
			}
			if got := hex.EncodeToString(packed); got != v.Packed {
				t.Errorf("packed %s, want %s", got, v.Packed)
			}
			if got := UnpackUSSD(packed); got != v.Text {
				t.Errorf("unpacked %q, want %q", got, v.Text)
			}
		})
	}
}

// TestIndependent compares segments with another library, over random texts
// around every boundary.
func TestIndependent(t *testing.T) {
	charset.DefaultEncoder()
	charset.DefaultDecoder()
	charset.DefaultExtEncoder()
	charset.DefaultExtDecoder()
	chance := rand.New(rand.NewPCG(1, 2))
	seven := []rune("abc \n@\u00e8\u00f2\u00e9\u00e0{}[]\u20ac|~^\\\u00c7\u00e6")
	wide := []rune("a\u025b\u0254\u0272\u014b\u00ea\u00e7\U0001f600\u0646`")
	for range 4000 {
		letters := seven
		if chance.IntN(2) == 0 {
			letters = append(append([]rune{}, seven...), wide...)
		}
		near := []int{0, 1, 35, 68, 70, 71, 134, 153, 160, 161, 306, 307, 460}[chance.IntN(13)]
		text := make([]rune, max(0, near+chance.IntN(5)-2))
		for i := range text {
			text[i] = letters[chance.IntN(len(letters))]
		}
		p := Segment(string(text))
		pdus, err := sms.Encode([]byte(string(text)))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := p.Segments, len(pdus); got != want {
			t.Fatalf("%q: %d segments, the other library says %d", string(text), got, want)
		}
		if got := strings.Join(p.Texts, ""); got != string(text) {
			t.Fatalf("segments joined are %q, want %q", got, string(text))
		}
	}
}

func TestSpell(t *testing.T) {
	for _, tc := range []struct {
		profile    Profile
		text, want string
	}{
		{GSM7, "Bɔ tɛ, ɲɛgɛn ŋana", "Bò tè, nyègèn ngana"},
		{GSM7, "TIƝƐ DON", "TINYE DON"},
		{GSM7, "Ɲɛgɛn", "Nyègèn"},
		{GSM7, "tɛ\u0301 bɔ\u0300", "tè bò"},
		{GSM7, "Forêt, île, cœur, À l’école", "Foret, ile, coeur, A l'école"},
		{ASCII, "Bɔ tɛ, École, ɲɛ", "Bo te, Ecole, nye"},
		{UCS2, "Bɔ te\u0301", "Bɔ té"},
		{GSM7, "ߌ ߣߌ߫", "ߌ ߣߌ߫"},
	} {
		if got := NewSpeller(tc.profile, nil).Spell(tc.text); got != tc.want {
			t.Errorf("%s %q: %q, want %q", tc.profile, tc.text, got, tc.want)
		}
	}
	if got, want := NewSpeller(GSM7, map[string]string{"ɓ": "b"}).Spell("ɓii"), "bii"; got != want {
		t.Errorf("a language's own letter: %q, want %q", got, want)
	}
}

func FuzzSpell(f *testing.F) {
	f.Add("Bɔ tɛ")
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range []Profile{GSM7, ASCII, UCS2} {
			s := NewSpeller(p, nil)
			once := s.Spell(text)
			if twice := s.Spell(once); twice != once {
				t.Fatalf("%s %q: %q, and again %q", p, text, once, twice)
			}
		}
	})
}

func FuzzPack(f *testing.F) {
	f.Add("1234567\r")
	f.Fuzz(func(t *testing.T, text string) {
		packed, err := PackUSSD(text)
		if err != nil {
			return
		}
		if got := UnpackUSSD(packed); got != text && got+"\r" != text && got != text+"\r" {
			t.Fatalf("%q came back %q", text, got)
		}
	})
}
