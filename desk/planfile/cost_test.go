package planfile

import (
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
)

func TestParseCost(t *testing.T) {
	for _, row := range []struct {
		typed  string
		number bool
		scale  int64
		want   civic.FCFA
		says   string // of a refusal
	}{
		{typed: "1 250 000", want: 1_250_000},
		{typed: "1250000", want: 1_250_000},
		{typed: "1.250.000 FCFA", want: 1_250_000},
		{typed: "1,250,000", want: 1_250_000},
		{typed: "1 250 000 F CFA", want: 1_250_000},
		{typed: "1 250 000 francs CFA", want: 1_250_000},
		{typed: "1\u00a0250\u00a0000", want: 1_250_000},
		{typed: "1\u202f250\u202f000 F", want: 1_250_000},
		{typed: "1'250'000", want: 1_250_000},
		{typed: "12,5 millions", want: 12_500_000},
		{typed: "12.5 millions de FCFA", want: 12_500_000},
		{typed: "12,5 M", want: 12_500_000},
		{typed: "12M", want: 12_000_000},
		{typed: "0,345 million", want: 345_000},
		{typed: "1,5 milliard", want: 1_500_000_000},
		{typed: "850 mille", want: 850_000},
		{typed: "1250000,00", want: 1_250_000},
		{typed: "1.250.000,00", want: 1_250_000},
		{typed: "1,250,000.00", want: 1_250_000},
		{typed: "1 250", want: 1250},
		{typed: "1250000", number: true, want: 1_250_000},
		{typed: "1.25E6", number: true, want: 1_250_000},
		{typed: "1250000.0000000002", number: true, want: 1_250_000},
		{typed: "1250000.4", number: true, want: 1_250_000},
		{typed: "12 500", scale: 1_000, want: 12_500_000},
		{typed: "12.345", number: true, scale: 1_000_000, want: 12_345_000},
		{typed: "12,5", scale: 1_000_000, want: 12_500_000},
		{typed: "12 500 000 FCFA", scale: 1_000, want: 12_500_000},
		{typed: "12,5 millions", scale: 1_000, want: 12_500_000},
		{typed: "1.250", says: "écrivez 1 250 FCFA ou 1 250 000"},
		{typed: "1,250", says: "écrivez 1 250 FCFA ou 1 250 000"},
		{typed: "1,250 millions", says: "n'est pas un coût sûr"},
		{typed: "12,5", says: "12,5 millions"},
		{typed: "12.5", number: true, says: "12,5 millions"},
		{typed: "1250000,50", says: "pas de centimes"},
		{typed: "1 25 000", says: "séparez les milliers"},
		{typed: "1 250.000", says: "n'est pas un coût sûr"},
		{typed: "10-15 millions", says: "en chiffres"},
		{typed: "-5", says: "en chiffres"},
		{typed: "-5", number: true, says: "négatif"},
		{typed: "0", says: "au moins une estimation"},
		{typed: "0", number: true, says: "au moins une estimation"},
		{typed: "à définir", says: "en chiffres"},
		{typed: "F", says: "en chiffres"},
		{typed: "...", says: "n'est pas un coût"},
		{typed: "9999999999999999", says: "vérifiez les zéros"},
		{typed: "1E300", number: true, says: "vérifiez les zéros"},
		{typed: strings.Repeat("9", 5000), says: "vérifiez les zéros"},
		{typed: "١٢٣", says: "en chiffres"},
	} {
		got, why := parseCost(cell{raw: row.typed, shown: row.typed, number: row.number}, max(row.scale, 1))
		if got != row.want || (row.says == "") != (why == "") || !strings.Contains(why, row.says) {
			t.Errorf("%q (number %t, scale %d): got %d, %q; want %d, %q", cut(row.typed), row.number, row.scale, got, why, row.want, row.says)
		}
	}
}

func TestAmount(t *testing.T) {
	for n, want := range map[civic.FCFA]string{0: "0 FCFA", 999: "999 FCFA", 1250: "1 250 FCFA", 1_250_000: "1 250 000 FCFA"} {
		if got := amount(n); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestParseDue(t *testing.T) {
	for _, row := range []struct {
		typed  string
		number bool
		y1904  bool
		want   string // "" for a refusal
	}{
		{typed: "31/12/2026", want: "2026-12-31"},
		{typed: "1/6/2027", want: "2027-06-01"},
		{typed: "31-12-2026", want: "2026-12-31"},
		{typed: "2026-12-31", want: "2026-12-31"},
		{typed: "2026-12-31T00:00:00", want: "2026-12-31"},
		{typed: "12/2026", want: "2026-12-31"},
		{typed: "2027-02", want: "2027-02-28"},
		{typed: "déc. 2026", want: "2026-12-31"},
		{typed: "Décembre 2026", want: "2026-12-31"},
		{typed: "mars 2028", want: "2028-03-31"},
		{typed: "juin 2027", want: "2027-06-30"},
		{typed: "juil. 2027", want: "2027-07-31"},
		{typed: "1er janvier 2027", want: "2027-01-01"},
		{typed: "31 décembre 2026", want: "2026-12-31"},
		{typed: "T4 2026", want: "2026-12-31"},
		{typed: "2026 T1", want: "2026-03-31"},
		{typed: "4e trimestre 2026", want: "2026-12-31"},
		{typed: "1er semestre 2027", want: "2027-06-30"},
		{typed: "2026", want: "2026-12-31"},
		{typed: "2026", number: true, want: "2026-12-31"},
		{typed: "2026-2028", want: "2028-12-31"},
		{typed: "46387", number: true, want: "2026-12-31"},
		{typed: "46387.5", number: true, want: "2026-12-31"},
		{typed: "44925", number: true, y1904: true, want: "2026-12-31"},
		{typed: "46387"},
		{typed: "12/31/2026"},
		{typed: "31/02/2026"},
		{typed: "31/12/26"},
		{typed: "31/12/1926"},
		{typed: "1926"},
		{typed: "9", number: true},
		{typed: "99999999", number: true},
		{typed: "jui 2026"},
		{typed: "T5 2026"},
		{typed: "bientôt"},
		{typed: "NaN", number: true},
		{typed: "Inf"},
	} {
		got, why := parseDue(cell{raw: row.typed, shown: row.typed, number: row.number}, row.y1904)
		said := ""
		if why == "" {
			said = got.In(civic.Bamako).Format(time.DateOnly)
		}
		if said != row.want {
			t.Errorf("%q: got %q (%s), want %q", row.typed, said, why, row.want)
		}
	}
}

func TestRecognise(t *testing.T) {
	known := headings()
	for text, want := range map[string]heading{
		"Code": {field: fieldCode}, "Réf.": {field: fieldCode}, "N°": {field: fieldOrder}, "Nº": {field: fieldOrder}, "Numéro": {field: fieldOrder},
		"INTITULÉ DU PROJET": {field: fieldTitle}, "Activités": {field: fieldTitle}, "Projets": {field: fieldTitle}, "  titre  ": {field: fieldTitle},
		"Intitulé (français)": {field: fieldTitle}, "Intitulé en bamanankan": {field: fieldBambara}, "BM": {field: fieldBambara},
		"Secteur / Sous-secteur": {field: fieldSector}, "Sous-secteurs": {field: fieldSector}, "Axe stratégique": {field: fieldSector},
		"Village/Fraction/Quartier": {field: fieldVillage}, "Localités": {field: fieldVillage}, "VFQ": {field: fieldVillage},
		"Commune (code)": {field: fieldCommune}, "Code commune": {field: fieldCommune},
		"Coût": {field: fieldCost, scale: 1}, "Coûts estimatifs (FCFA)": {field: fieldCost, scale: 1}, "Montant en F CFA": {field: fieldCost, scale: 1},
		"Coût (en milliers de FCFA)": {field: fieldCost, scale: 1_000}, "Budget en millions": {field: fieldCost, scale: 1_000_000}, "Coût x 1 000 FCFA": {field: fieldCost, scale: 1_000},
		"Source(s) de financement": {field: fieldFunders}, "Bailleurs": {field: fieldFunders}, "Partenaire(s)": {field: fieldFunders},
		"État d'avancement": {field: fieldStatus}, "Statut": {field: fieldStatus}, "Échéance": {field: fieldDue}, "Année de réalisation": {field: fieldDue}, "Délai": {field: fieldDue},
		"Observations": {field: fieldNote},
	} {
		got, ok := recognise(text, known)
		if !ok || got.field != want.field || want.scale != 0 && got.scale != want.scale {
			t.Errorf("%q: got %s (scale %d, %t), want %s (scale %d)", text, got.field.name(), got.scale, ok, want.field.name(), want.scale)
		}
	}
	for _, text := range []string{"", "2026", "Bénéficiaires", "Indicateurs", "PROGRAMME DE DÉVELOPPEMENT ÉCONOMIQUE, SOCIAL ET CULTUREL", "Total"} {
		if got, ok := recognise(text, known); ok {
			t.Errorf("%q: got %s, want nothing", text, got.field.name())
		}
	}
}

func TestStatusOf(t *testing.T) {
	for text, want := range map[string]civic.Status{
		"proposé": civic.Proposed, "Achevée": civic.Done, "ACHEVES": civic.Done, "en cours d’exécution": civic.Underway, "en_cours": civic.Underway,
		"Non démarré": civic.NotStarted, "en panne": civic.Broken, "financé": civic.Funded, "Programmée": civic.Programmed, "réalisé": civic.Done, "abandonnés": civic.Abandoned,
	} {
		if got, ok := statusOf(text); !ok || got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	for _, s := range civic.Statuses() {
		for _, text := range []string{string(s), label(s)} {
			if got, ok := statusOf(text); !ok || got != s {
				t.Errorf("%q: got %q, want %q", text, got, s)
			}
		}
	}
	for _, text := range []string{"", "50 %", "oui"} {
		if got, ok := statusOf(text); ok {
			t.Errorf("%q: got %q, want nothing", text, got)
		}
	}
}
