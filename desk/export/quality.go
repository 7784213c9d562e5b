package export

import (
	"cmp"
	"slices"
	"strings"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export/table"
)

// measure is one row of how the service went: the traffic of a commune by one
// operator, the calls that stopped at one screen, the delay of answers, or the
// messages of one purpose.
type measure struct {
	nature   string
	commune  civic.Code
	channel  civic.Channel
	operator string
	screen   string
	purpose  string
	cells    map[string]table.Cell
	why      string
}

// The natures, and the columns that each fills.
const (
	ofTraffic  = "trafic"
	ofDrops    = "abandon"
	ofDelay    = "delai"
	ofMessages = "envoi"
)

func (b *book) quality() table.Table {
	rows := b.measures()
	col := func(name string, t table.Type, means string, value func(measure) table.Cell) table.Field[measure] {
		return table.Field[measure]{Column: table.Column{Name: name, Type: t, Means: means}, Value: value}
	}
	traffic, messages := b.src.Counted.Traffic, b.src.Counted.Messages
	nature := col("nature", table.Words, "trafic (appels et SMS reçus), abandon (appels arrêtés à un écran), delai (temps de réponse d'un écran) ou envoi (SMS envoyés).", func(m measure) table.Cell { return table.Text(m.nature) })
	nature.Among = []string{ofTraffic, ofDrops, ofDelay, ofMessages}
	fields := slices.Concat(weekly(b, func(measure) bool { return true }), []table.Field[measure]{
		nature,
		col("code_commune", table.Code, "Code officiel de la commune ; vide : pas encore choisie, ou toutes.", func(m measure) table.Cell { return table.Text(string(m.commune)) }),
		lacking(col("canal", table.Words, "ussd ou sms.", func(m measure) table.Cell { return table.Text(channel(m.channel)) }), !traffic),
		col("operateur", table.Words, "Opérateur d'après les premiers chiffres du numéro (une étiquette, pas une certitude) ; pour un envoi, qui le porte.", func(m measure) table.Cell { return table.Text(m.operator) }),
		lacking(col("ecran_abandon", table.Words, "Écran où l'appel s'est arrêté.", func(m measure) table.Cell { return table.Text(m.screen) }), !traffic),
		lacking(col("usage", table.Words, "Pourquoi les SMS ont été envoyés.", func(m measure) table.Cell { return table.Text(m.purpose) }), !messages),
	})
	for _, c := range []struct {
		name, means, unit string
		t                 table.Type
		has               bool
	}{
		{"n", "Combien : appels arrêtés à l'écran, ou écrans dont le temps est mesuré.", "", table.Integer, traffic},
		{"sessions_ouvertes", "Appels commencés.", "appels", table.Integer, traffic},
		{"sessions_abouties", "Appels allés jusqu'à leur fin, ou dont le vote ou l'avis était noté.", "appels", table.Integer, traffic},
		{"p50_ms", "La moitié des écrans ont été servis en moins de ce temps (borne de la classe).", "ms", table.Integer, traffic},
		{"p95_ms", "95 écrans sur 100 ont été servis en moins de ce temps (borne de la classe).", "ms", table.Integer, traffic},
		{"doublons_ignores", "Demandes répétées par l'opérateur, auxquelles la même réponse a été donnée sans rien compter.", "demandes", table.Integer, traffic},
		{"rafales_suspectes", "Appels refusés : trop d'appels d'un même numéro.", "appels", table.Integer, traffic},
		{"sms_recus", "SMS reçus.", "SMS", table.Integer, traffic},
		{"messages_non_compris", "SMS reçus et pas compris.", "SMS", table.Integer, traffic},
		{"sms_envoyes", "SMS remis à qui les porte.", "SMS", table.Integer, messages},
		{"sms_livres", "SMS dont l'arrivée a été confirmée.", "SMS", table.Integer, messages},
		{"segments", "Parts de 160 ou 70 lettres, que l'on paie.", "parts", table.Integer, messages},
		{"cout_fcfa", "Ce que les SMS ont coûté, d'après qui les porte.", "FCFA", table.Number, messages},
	} {
		f := col(c.name, c.t, c.means, func(m measure) table.Cell { return m.cells[c.name] })
		f.Unit, f.Lacks = c.unit, !c.has
		fields = append(fields, f)
	}
	fields = append(fields,
		col("supprime", table.Bool, "1 : des chiffres de la ligne sont cachés (s).", func(m measure) table.Cell { return table.Flag(m.why != "") }),
		col("motif", table.Words, "Pourquoi des chiffres sont cachés.", func(m measure) table.Cell { return table.Text(m.why) }))
	return table.New(table.Table{
		Name: "hebdo_qualite", Title: "Qualité", Key: []string{"semaine", "nature", "code_commune", "canal", "operateur", "ecran_abandon", "usage"},
		Means: "Une ligne par mesure du service : ce qui a marché, et où les appels s'arrêtent.",
	}, fields, table.Of(rows))
}

func lacking[R any](f table.Field[R], lacks bool) table.Field[R] {
	f.Lacks = lacks
	return f
}

func (b *book) measures() []measure {
	r := b.src.Report
	if r == nil {
		return nil
	}
	var rows []measure
	if b.src.Counted.Traffic {
		rows = append(rows, b.traffic(r.Traffic)...)
		rows = append(rows, b.drops(r.Traffic)...)
		rows = append(rows, b.delays(r.Traffic)...)
	}
	if b.src.Counted.Messages && b.everywhere() {
		rows = append(rows, b.messages(r.Messages)...)
	}
	return rows
}

// everywhere says whether the file is of all communes: what is counted for the
// whole gateway is in no other.
func (b *book) everywhere() bool { return b.o.Commune == "" && len(b.o.Territory) == 0 }

func (b *book) listens(c civic.Code) bool {
	if c == "" {
		return b.everywhere()
	}
	return b.o.covers(c)
}

func trafficNames() map[civic.Measure]string {
	return map[civic.Measure]string{
		civic.Dials: "sessions_ouvertes", civic.Completed: "sessions_abouties", civic.Repeats: "doublons_ignores",
		civic.Limited: "rafales_suspectes", civic.TextsIn: "sms_recus", civic.Unclear: "messages_non_compris",
	}
}

type trafficKey struct {
	commune  civic.Code
	channel  civic.Channel
	operator string
	screen   string
}

func (a trafficKey) compare(b trafficKey) int {
	return cmp.Or(cmp.Compare(a.commune, b.commune), cmp.Compare(a.channel, b.channel), strings.Compare(a.operator, b.operator), strings.Compare(a.screen, b.screen))
}

// traffic are the acts by commune, channel and operator. Of one kind of act in
// one commune all rows are hidden when one is small.
func (b *book) traffic(rows []civic.TrafficCount) []measure {
	sums := map[trafficKey]map[string]int64{}
	hidden := map[civic.Code]map[string]bool{}
	for _, r := range rows {
		name, ok := trafficNames()[r.Measure]
		if !ok || !b.listens(r.Commune) {
			continue
		}
		k := trafficKey{r.Commune, r.Channel, r.Operator, ""}
		if sums[k] == nil {
			sums[k] = map[string]int64{}
		}
		sums[k][name] += r.N
	}
	for k, all := range sums {
		for name, n := range all {
			if hidden[k.commune] == nil {
				hidden[k.commune] = map[string]bool{}
			}
			hidden[k.commune][name] = hidden[k.commune][name] || small(n, b.leastAt(k.commune))
		}
	}
	return b.lines(ofTraffic, sums, hidden)
}

// drops are the calls that stopped, by screen.
func (b *book) drops(rows []civic.TrafficCount) []measure {
	sums := map[trafficKey]map[string]int64{}
	hidden := map[civic.Code]map[string]bool{}
	for _, r := range rows {
		if r.Measure != civic.Dropped || !b.listens(r.Commune) {
			continue
		}
		k := trafficKey{r.Commune, r.Channel, "", r.Detail}
		if sums[k] == nil {
			sums[k] = map[string]int64{}
		}
		sums[k]["n"] += r.N
	}
	for k, all := range sums {
		if small(all["n"], b.leastAt(k.commune)) {
			hidden[k.commune] = map[string]bool{"n": true}
		}
	}
	return b.lines(ofDrops, sums, hidden)
}

func (b *book) lines(nature string, sums map[trafficKey]map[string]int64, hidden map[civic.Code]map[string]bool) []measure {
	keys := make([]trafficKey, 0, len(sums))
	for k := range sums {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, trafficKey.compare)
	var rows []measure
	for _, k := range keys {
		m := measure{nature: nature, commune: k.commune, channel: k.channel, operator: k.operator, screen: k.screen, cells: map[string]table.Cell{}}
		for name, n := range sums[k] {
			m.cells[name] = table.Int(n)
			if hidden[k.commune][name] {
				m.cells[name], m.why = table.Secret(), whyFewActs+" dans cette répartition"
			}
		}
		rows = append(rows, m)
	}
	return rows
}
