package planfile

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/jamakan/jamakan/civic"
)

// maxCost is beyond any commune's plan, in FCFA.
const maxCost = 1_000_000_000_000

// amount writes a cost as a coordinator reads it.
func amount(c civic.FCFA) string { return grouped(int64(c)) + " FCFA" }

func grouped(n int64) string {
	digits := strconv.FormatInt(n, 10)
	var parts []string
	for len(digits) > 3 {
		parts = append([]string{digits[len(digits)-3:]}, parts...)
		digits = digits[:len(digits)-3]
	}
	return strings.Join(append([]string{digits}, parts...), " ")
}

// money is a cost as typed: its figures, and what follows them.
type money struct {
	body  string // digits and separators
	unit  int64  // a multiplier written after them, 0 for none
	franc bool   // the currency is written: the figures are francs
}

// parseCost reads a cost. scale is the column's, as its heading says ("en
// millions"). why is "" or what is wrong and what to write.
func parseCost(c cell, scale int64) (cost civic.FCFA, why string) {
	text := tidy(c.raw)
	if c.number {
		if v, err := strconv.ParseFloat(text, 64); err == nil {
			return numberCost(v, scale)
		}
	}
	m, ok := moneyOf(text)
	if !ok {
		return 0, "« " + cut(text) + " » n'est pas un coût ; écrivez-le en chiffres, comme 1 250 000"
	}
	if m.unit == 0 && !m.franc {
		m.unit = scale
	}
	return m.value(text)
}

// numberCost reads a cell that the sheet holds as a number: it has no
// separators to doubt, but a formula leaves it a fraction.
func numberCost(v float64, scale int64) (civic.FCFA, string) {
	francs := v * float64(scale)
	whole := math.Round(francs)
	shown := strconv.FormatFloat(v, 'f', -1, 64)
	switch {
	case math.IsNaN(v) || math.Abs(francs) > maxCost:
		return 0, "« " + cut(shown) + " » dépasse tout plan communal ; vérifiez les zéros"
	case v < 0:
		return 0, "« " + shown + " » est négatif ; écrivez un coût"
	case whole == 0:
		return 0, "0 n'est pas un coût ; écrivez au moins une estimation"
	case math.Abs(francs-whole) > 1e-6 && francs < 1000:
		return 0, "« " + strings.ReplaceAll(shown, ".", ",") + " » n'est pas un coût sûr ; écrivez " + strings.ReplaceAll(shown, ".", ",") + " millions, ou le nombre entier de francs"
	}
	return civic.FCFA(whole), ""
}

// moneyOf takes the currency and the multiplier away from the figures.
func moneyOf(text string) (money, bool) {
	s := strings.ToLower(strings.Map(func(r rune) rune {
		if r == '\'' || r == '’' {
			return ' ' // Swiss grouping, and what some keyboards give for a space
		}
		return r
	}, text))
	m := money{}
	for _, currency := range []string{"francs cfa", "franc cfa", "f cfa", "fcfa", "f.cfa", "xof", "francs", "cfa", "f"} {
		if rest, ok := strings.CutSuffix(s, currency); ok && endsWord(rest) {
			s, m.franc = strings.TrimRight(rest, " .()"), true
			break
		}
	}
	s = strings.TrimSuffix(s, " de") // 12 millions de francs
	for _, u := range []struct {
		word string
		unit int64
	}{{"milliards", 1e9}, {"milliard", 1e9}, {"millions", 1e6}, {"million", 1e6}, {"milliers", 1e3}, {"millier", 1e3}, {"mille", 1e3}, {"m", 1e6}} {
		if rest, ok := strings.CutSuffix(s, u.word); ok && endsWord(rest) {
			s, m.unit = rest, u.unit
			break
		}
	}
	m.body = strings.TrimSpace(s)
	return m, m.body != "" && strings.Trim(m.body, "0123456789., ") == ""
}

// endsWord: what stands before a unit is a figure or a space, never a letter.
func endsWord(before string) bool {
	return before != "" && strings.ContainsAny(before[len(before)-1:], "0123456789 .")
}

var (
	plainDigits  = regexp.MustCompile(`^\d+$`)
	spaceGroups  = regexp.MustCompile(`^\d{1,3}(?: \d{3})+$`)
	dotGroups    = regexp.MustCompile(`^\d{1,3}(?:\.\d{3}){2,}$`)
	commaGroups  = regexp.MustCompile(`^\d{1,3}(?:,\d{3}){2,}$`)
	oneSeparator = regexp.MustCompile(`^[1-9]\d{0,2}[.,]\d{3}$`)
)

// split reads the whole figures and the decimals; why says what is not sure.
func (m money) split(text string) (whole, decimals, why string) {
	if oneSeparator.MatchString(m.body) {
		digits := strings.NewReplacer(".", "", ",", "").Replace(m.body)
		n, _ := strconv.ParseInt(digits, 10, 64)
		return "", "", "« " + cut(text) + " » n'est pas un coût sûr ; écrivez " + grouped(n) + " FCFA ou " + grouped(n*1000)
	}
	whole = m.body
	if i := strings.LastIndexAny(m.body, ".,"); i >= 0 && !dotGroups.MatchString(m.body) && !commaGroups.MatchString(m.body) {
		whole, decimals = m.body[:i], m.body[i+1:]
		// The decimal mark is another one than the one between thousands.
		if strings.Contains(whole, m.body[i:i+1]) || len(decimals) == 3 && whole != "0" || !plainDigits.MatchString(decimals) {
			return "", "", "« " + cut(text) + " » n'est pas un coût sûr ; écrivez-le en francs, comme 1 250 000"
		}
	}
	if !plainDigits.MatchString(whole) && !spaceGroups.MatchString(whole) && !dotGroups.MatchString(whole) && !commaGroups.MatchString(whole) {
		return "", "", "« " + cut(text) + " » n'est pas un coût sûr ; séparez les milliers par des espaces, comme 1 250 000"
	}
	return strings.NewReplacer(" ", "", ".", "", ",", "").Replace(whole), decimals, ""
}

// value computes exactly: a float would lose francs.
func (m money) value(text string) (civic.FCFA, string) {
	whole, decimals, why := m.split(text)
	if why != "" {
		return 0, why
	}
	if len(whole)+len(decimals) > 24 {
		return 0, "« " + cut(text) + " » dépasse tout plan communal ; vérifiez les zéros"
	}
	n, _ := new(big.Int).SetString(whole+decimals, 10)
	n.Mul(n, big.NewInt(max(m.unit, 1)))
	part := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(len(decimals))), nil)
	n, rest := n.QuoRem(n, part, new(big.Int))
	switch {
	case rest.Sign() != 0 && m.unit <= 1 && len(whole) <= 3:
		return 0, "« " + cut(text) + " » n'est pas un coût sûr ; écrivez " + whole + "," + decimals + " millions, ou le nombre entier de francs"
	case rest.Sign() != 0:
		return 0, "« " + cut(text) + " » : le franc CFA n'a pas de centimes ; écrivez un nombre entier de francs"
	case n.Sign() == 0:
		return 0, "0 n'est pas un coût ; écrivez au moins une estimation"
	case n.Cmp(big.NewInt(maxCost)) > 0:
		return 0, "« " + cut(text) + " » dépasse tout plan communal ; vérifiez les zéros"
	}
	return civic.FCFA(n.Int64()), ""
}

// cut keeps the beginning of a text that an error quotes, without what can't
// be shown.
func cut(s string) string {
	s = strings.Map(func(r rune) rune {
		if unprintable(r) {
			return '?'
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return s
}
