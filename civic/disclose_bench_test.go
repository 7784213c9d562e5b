package civic

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// region makes the weeks of a region's consultation: ballots drawn with a
// fixed seed, in uneven communes and for uneven options.
func region(communes, options, weeks int, perWeek func(r *rand.Rand) int) []*Sheet {
	r := rand.New(rand.NewPCG(1, 2))
	c := Consultation{Code: "JAM-1", Rule: Choose, Visibility: Live}
	for i := range communes {
		c.Scope = append(c.Scope, Code(fmt.Sprintf("01%02d%02d%02d", 1+i/20, 1+i%20/5, 1+i%5)))
	}
	for i, number := range OptionNumbers(options) {
		c.Options = append(c.Options, Option{Number: number, Project: fmt.Sprint(i)})
	}
	type key struct {
		place  Code
		option uint16
		group  Group
	}
	totals := map[key]int64{}
	var sheets []*Sheet
	week := Week{2026, 1}
	for i := range weeks {
		for _, place := range c.Scope {
			for range perWeek(r) {
				g := Group{Channel: ChannelUSSD, Lang: "bm", Sex: Sex(r.IntN(3)), Age: Age(r.IntN(5))}
				if r.IntN(20) == 0 {
					g.Channel = ChannelSMS
				}
				if r.IntN(4) == 0 {
					g.Lang = "fr"
				}
				o := c.Options[min(r.IntN(options), r.IntN(options))]
				totals[key{place, 0, g}]++
				totals[key{place, uint16(o.Number), g}]++
			}
		}
		s := &Sheet{Week: week, Consultation: c, State: Open}
		if i == weeks-1 {
			s.State = Closed
		}
		for _, place := range c.Scope {
			for k, n := range totals {
				if k.place == place {
					s.Rows = append(s.Rows, SheetRow{Place: place, Option: k.option, Group: k.group, Total: n})
				}
			}
		}
		sheets, week = append(sheets, s), week.Next()
	}
	return sheets
}

// BenchmarkPublish is a year of a large region: 65 communes, 24 options, 52
// weeks, in which each commune's numbers move each week.
func BenchmarkPublish(b *testing.B) {
	sheets := region(65, 24, 52, func(r *rand.Rand) int { return 10 + r.IntN(40) })
	b.ResetTimer()
	for b.Loop() {
		if p := Publish(sheets, 10); p.Pooled.Numbers.Hidden {
			b.Fatal("nothing was pooled")
		}
	}
}

// BenchmarkPublishWeek is one week of it, the first: all is decided anew.
func BenchmarkPublishWeek(b *testing.B) {
	sheets := region(65, 37, 1, func(r *rand.Rand) int { return 10 + r.IntN(90) })
	b.ResetTimer()
	for b.Loop() {
		Publish(sheets, 10)
	}
}
