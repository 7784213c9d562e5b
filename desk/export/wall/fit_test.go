package wall

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/locales"
)

// fullest is the page with the longest of everything.
func fullest() *Poster {
	w := civic.Week{Year: 2026, Number: 48}
	long := func(s string, letters int) string {
		return strings.TrimSpace(strings.Repeat(s+" ", letters/len(s)+1)[:letters])
	}
	p := &Poster{
		Commune: "Guidimakan Kéri Kafo", Around: "Guidimakan Kéri Kafo Central, Kayes", Week: w, Provisional: true, Fictional: true, Printed: w.End(),
		Question: civic.Text{"fr": "Quel projet voulez-vous que la commune fasse en premier avec l'argent de 2027 ?", "bm": "Baara jumɛn ka kan ka kɛ fɔlɔ komini kɔnɔ ni san 2027 wari ye?"},
		Vote: Vote{
			Asked: true, State: civic.Open, Opens: w.Start(), Closes: w.End().AddDate(0, 1, 0), Numbers: Count{N: 61_234, Shown: true}, AsOf: w.Prev(),
			Women: Share{N: 22_345, Base: 44_567, Shown: true}, Youth: Share{N: 17_345, Base: 43_567, Shown: true}, Votes: Votes{Base: 61_234, Shown: true},
		},
		Adults: 67_505, Source: "INSTAT, RGPH provisoire de 2009", Year: 2009, Women: Share{N: 63_100, Base: 127_368, Shown: true}, Young: Share{N: 34_800, Base: 67_505, Shown: true},
		Waiting: Waiting{Counted: true, Count: Count{N: 1234, Shown: true}}, Authority: civic.Delegation,
		Ussd: "*384*55*1234#", ShortCode: "36055", Contact: "Bureau d'accueil de la mairie, lundi et jeudi de 8 h à 12 h, derrière le CSCOM.",
		LogSize: 1_234_567, LogRoot: strings.Repeat("b97b80695d02280d", 4),
		Corrections: []Correction{{At: w.End().Add(24 * time.Hour), Text: long("Le forage est à Dinguira Sud et non Nord.", 300)}},
	}
	for i := range 8 {
		label := civic.Text{"fr": "Maternité rurale de Gopéla Kafo Est", "bm": "Gopela Kɔrɔn jiginniso kura ni ɲɛgɛn ŋ"}
		p.Vote.Choices = append(p.Vote.Choices, Choice{Number: i + 1, Label: label, Votes: Count{N: 15_400, Shown: true}})
	}
	for range 3 {
		p.Works = append(p.Works, Work{Title: civic.Text{"fr": "Maternité rurale de Gopéla Kafo Est", "bm": "Gopela Kɔrɔn jiginniso kura ni ɲɛgɛn ŋ"}, Sentence: "follow.delayed", Due: w.End()})
		p.Asked = append(p.Asked, long("Quand le forage de Dinguira sera-t-il réparé, et qui paiera la pompe ?", 120))
	}
	return p
}

func spoken(t *testing.T) []*locales.Locale {
	t.Helper()
	c, err := locales.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	var all []*locales.Locale
	for _, l := range c.Offered(nil) {
		if Speaks(l) {
			all = append(all, l)
		}
	}
	if len(all) < 2 {
		t.Fatalf("%d languages have the words of the page", len(all))
	}
	return all
}

// TestRoom: on the fullest page nothing lies over another thing.
func TestRoom(t *testing.T) {
	p := fullest()
	for _, l := range spoken(t) {
		d := newDrawing(p, l)
		if row := d.choiceHigh(lay(p, l)); row < 5.4 {
			t.Errorf("%s: a choice has %.1f mm", l.Tag, row)
		}
	}
}

// TestPDF: one page, the same bytes, and no letter without a shape.
func TestPDF(t *testing.T) {
	for _, l := range spoken(t) {
		var one, two bytes.Buffer
		for _, w := range []*bytes.Buffer{&one, &two} {
			if err := PDF(w, fullest(), l); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(one.Bytes(), two.Bytes()) {
			t.Errorf("%s: the same poster gives other bytes", l.Tag)
		}
		if n := len(regexp.MustCompile(`/Type /Page\b`).FindAll(one.Bytes(), -1)); n != 1 {
			t.Errorf("%s: %d pages", l.Tag, n)
		}
	}
}

// TestEveryWord: no placeholder is left, whatever the vote's state.
func TestEveryWord(t *testing.T) {
	for _, l := range spoken(t) {
		for _, state := range []civic.State{civic.NotOpen, civic.Open, civic.Closed, civic.Annulled} {
			for _, spoil := range []func(*Poster){
				func(*Poster) {},
				func(p *Poster) { p.ShortCode, p.LogRoot, p.Adults, p.Works, p.Asked = "", "", 0, nil, nil },
				func(p *Poster) {
					p.Vote.Votes, p.Vote.Numbers = Votes{Why: civic.UntilClosing}, Count{Why: civic.UntilClosing}
				},
				func(p *Poster) { p.Vote.Votes, p.Vote.Numbers = Votes{Why: civic.TooFew}, Count{Why: civic.TooFew} },
				func(p *Poster) { p.Vote.Asked, p.Waiting = false, Waiting{} },
				func(p *Poster) { p.Vote.Women, p.Vote.Youth, p.Vote.More = Share{}, Share{Shown: true}, 4 },
				func(p *Poster) { p.Vote.Choices[2].Votes, p.Waiting.Count = Count{Why: civic.Secret}, Count{} },
			} {
				p := fullest()
				p.Vote.State = state
				spoil(p)
				var page, pdf bytes.Buffer
				if err := HTML(&page, p, l); err != nil {
					t.Fatal(err)
				}
				if found := regexp.MustCompile(`\[(wall|follow)\.[a-z_]+\]|>[^<]*\{\{|\? %`).FindString(page.String()); found != "" {
					t.Errorf("%s, state %d: %s", l.Tag, state, found)
				}
				if testing.Short() {
					continue
				}
				if err := PDF(&pdf, p, l); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
