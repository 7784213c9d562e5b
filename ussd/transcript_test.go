package ussd

import (
	"encoding/json"
	"hash/maphash"
	"os"
	"strings"
	"testing"
)

// TestChains runs the shared vectors: for each transcript, the one input the
// dialogue must act on; null is "act on nothing".
func TestChains(t *testing.T) {
	data, err := os.ReadFile("testdata/chains.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			Name   string
			Texts  []string
			Inputs []*string
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if got, want := len(file.Cases), 12; got < want {
		t.Fatalf("%d cases, want at least %d", got, want)
	}
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) {
			m := memory{seed: maphash.MakeSeed()}
			for i, text := range c.Texts {
				if i == 0 { // the first callback starts the call, whatever its chain
					m.keep(text, "answer 0", false)
					continue
				}
				what, input, _ := m.read(text)
				want := c.Inputs[i]
				switch {
				case want == nil && what == readInput:
					t.Errorf("%q: acted on %q, want nothing", text, input)
				case want != nil && what != readInput:
					t.Errorf("%q: acted on nothing, want %q", text, *want)
				case want != nil && input != *want:
					t.Errorf("%q: input %q, want %q", text, input, *want)
				}
				if what == readInput {
					m.keep(text, "answer", false)
				}
			}
		})
	}
}

func TestMemoryRepeatsOldAnswers(t *testing.T) {
	m := memory{seed: maphash.MakeSeed()}
	chain := ""
	for i := range 40 {
		m.keep(chain, strings.Repeat(string(rune('a'+i%26)), i+1), false)
		chain += "*1"
	}
	chain = ""
	for i := range 40 {
		what, _, turn := m.read(chain)
		if what != readRepeat {
			t.Fatalf("turn %d: %v, want a repeat", i, what)
		}
		if got, want := m.answer(turn).Text, strings.Repeat(string(rune('a'+i%26)), i+1); got != want {
			t.Fatalf("turn %d: %q, want %q", i, got, want)
		}
		chain += "*1"
	}
}

func TestMemoryIsBounded(t *testing.T) {
	m := memory{seed: maphash.MakeSeed()}
	chain := ""
	for range 10_000 {
		m.keep(chain, strings.Repeat("x", 160), false)
		chain += "*1"
	}
	if len(m.turns) > maxTurns || len(m.answers) > maxAnswers {
		t.Fatalf("%d turns, %d bytes kept", len(m.turns), len(m.answers))
	}
}

func FuzzRead(f *testing.F) {
	f.Add("1*2", "1*2*3")
	f.Add("", "*")
	f.Fuzz(func(t *testing.T, before, now string) {
		m := memory{seed: maphash.MakeSeed()}
		m.keep(before, "a", false)
		what, input, _ := m.read(now)
		switch what {
		case readInput:
			if before == "" && input != now || before != "" && before+"*"+input != now {
				t.Fatalf("%q then %q: input %q", before, now, input)
			}
		case readRepeat:
			if before != now {
				t.Fatalf("%q taken for a repeat of %q", now, before)
			}
		}
	})
}
