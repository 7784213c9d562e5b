package export

import (
	"cmp"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export/table"
)

// delays are the times of answers by channel: of the machine, not of anybody.
func (b *book) delays(rows []civic.TrafficCount) []measure {
	type class struct{ within, n int64 }
	classes := map[civic.Channel][]class{}
	for _, r := range rows {
		if r.Measure != civic.Latency {
			continue
		}
		within, err := strconv.ParseInt(r.Detail, 10, 64)
		if err != nil {
			within = -1 // beyond the last class
		}
		classes[r.Channel] = append(classes[r.Channel], class{within, r.N})
	}
	var out []measure
	for _, ch := range []civic.Channel{civic.ChannelUSSD, civic.ChannelSMS} {
		all := classes[ch]
		total := int64(0)
		for _, c := range all {
			total += c.n
		}
		if total == 0 {
			continue
		}
		slices.SortFunc(all, func(a, b class) int { return cmp.Compare(uint64(a.within), uint64(b.within)) })
		at := func(percent int64) table.Cell {
			seen := int64(0)
			for _, c := range all {
				if seen += c.n; seen*100 >= total*percent && c.within >= 0 {
					return table.Int(c.within)
				}
			}
			return table.Cell{}
		}
		m := measure{nature: ofDelay, channel: ch, cells: map[string]table.Cell{"n": table.Int(total), "p50_ms": at(50), "p95_ms": at(95)}}
		if small(total, b.k) {
			m.cells, m.why = map[string]table.Cell{"n": table.Secret()}, whyFewActs
		}
		out = append(out, m)
	}
	return out
}

// messages are the SMS by who carried them and why. Of one carrier all are
// hidden when one is small.
func (b *book) messages(all []civic.MessageRow) []measure {
	k := b.leastAt("")
	hidden := map[string]bool{}
	for _, r := range all {
		if small(int64(r.Sent), k) || small(int64(r.Delivered), k) || small(int64(r.Sent-r.Delivered), k) {
			hidden[r.Provider] = true
		}
	}
	rows := make([]measure, 0, len(all))
	for _, r := range all {
		m := measure{nature: ofMessages, channel: civic.ChannelSMS, operator: r.Provider, purpose: r.Purpose, cells: map[string]table.Cell{
			"sms_envoyes": table.Int(int64(r.Sent)), "sms_livres": table.Int(int64(r.Delivered)), "segments": table.Int(int64(r.Segments)), "cout_fcfa": francs(r.Cost),
		}}
		if hidden[r.Provider] {
			for name := range m.cells {
				m.cells[name] = table.Secret()
			}
			m.why = whyFewActs + " dans cette répartition"
		}
		rows = append(rows, m)
	}
	slices.SortFunc(rows, func(a, b measure) int {
		return cmp.Or(strings.Compare(a.operator, b.operator), strings.Compare(a.purpose, b.purpose))
	})
	return rows
}

// francs reads "XOF 25.5000" to hundredths; another currency is not ours to
// convert.
func francs(cost string) table.Cell {
	amount, ok := strings.CutPrefix(cost, "XOF ")
	if !ok {
		return table.Cell{}
	}
	r, ok := new(big.Rat).SetString(amount)
	if !ok {
		return table.Cell{}
	}
	hundredths, err := strconv.ParseInt(strings.Replace(r.FloatString(2), ".", "", 1), 10, 64)
	if err != nil {
		return table.Cell{}
	}
	return table.Decimal(hundredths, 2)
}
