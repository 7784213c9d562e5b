package planfile

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/jamakan/jamakan/civic"
)

// The years that a plan's dates may have. Excel's day 1 is in 1900, so a year
// or a small number read as a day lands far outside.
const firstYear, lastYear = 2000, 2100

const dateHint = "écrivez 31/12/2026, décembre 2026, T4 2026 ou 2026"

// parseDue reads the date a project is due, in Bamako: the last day of a month,
// a quarter or a year that is given without a day. why is "" or what is wrong.
func parseDue(c cell, date1904 bool) (due time.Time, why string) {
	text := tidy(c.raw)
	due, ok := dueOf(text, c.number, date1904)
	switch {
	case !ok:
		return time.Time{}, "« " + cut(tidy(c.shown)) + " » n'est pas une date ; " + dateHint
	case due.Year() < firstYear || due.Year() > lastYear:
		return time.Time{}, "« " + cut(tidy(c.shown)) + " » est une date de l'an " + strconv.Itoa(due.Year()) + " ; " + dateHint
	}
	return due.UTC(), ""
}

func dueOf(text string, number, date1904 bool) (time.Time, bool) {
	if v, err := strconv.ParseFloat(text, 64); err == nil {
		switch {
		case v == math.Trunc(v) && v >= 1900 && v <= 2200: // a year, not a day of 1905
			return lastDay(int(v), 12), true
		case !number || v < 1 || v > 200_000:
			return time.Time{}, false
		}
		day, err := excelize.ExcelDateToTime(math.Trunc(v), date1904)
		return inBamako(day.Year(), int(day.Month()), day.Day()), err == nil
	}
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02T15:04:05Z", "2006-01-02T15:04:05", "02/01/2006 15:04"} {
		if t, err := time.ParseInLocation(layout, text, civic.Bamako); err == nil {
			return t, true
		}
	}
	if t, ok := numericDate(text); ok {
		return t, true
	}
	return wordDate(plain(text))
}

var (
	dayFirst  = regexp.MustCompile(`^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$`)
	yearFirst = regexp.MustCompile(`^(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})$`)
	monthYear = regexp.MustCompile(`^(\d{1,2})[/.-](\d{4})$`)
	yearMonth = regexp.MustCompile(`^(\d{4})-(\d{1,2})$`)
	years     = regexp.MustCompile(`^(\d{4}) ?[-/–] ?(\d{4})$`)
)

func numericDate(text string) (time.Time, bool) {
	if m := dayFirst.FindStringSubmatch(text); m != nil {
		return realDay(m[3], m[2], m[1])
	}
	if m := yearFirst.FindStringSubmatch(text); m != nil {
		return realDay(m[1], m[2], m[3])
	}
	if m := monthYear.FindStringSubmatch(text); m != nil {
		return realMonth(m[2], m[1])
	}
	if m := yearMonth.FindStringSubmatch(text); m != nil {
		return realMonth(m[1], m[2])
	}
	if m := years.FindStringSubmatch(text); m != nil && m[1] <= m[2] {
		return lastDay(figures(m[2]), 12), true
	}
	return time.Time{}, false
}

// wordDate reads folded words: 31 decembre 2026, dec 2026, t4 2026, 4e
// trimestre 2026, 2e semestre 2026.
func wordDate(text string) (time.Time, bool) {
	words := strings.Fields(text)
	if len(words) < 2 || len(words) > 3 {
		return time.Time{}, false
	}
	year := figures(words[len(words)-1])
	if year < 1000 && len(words) == 2 { // 2026 T4
		words = []string{words[1], words[0]}
		year = figures(words[1])
	}
	if year < 1000 || year > 9999 {
		return time.Time{}, false
	}
	if month := monthOf(words[len(words)-2]); month > 0 {
		if len(words) == 2 {
			return lastDay(year, month), true
		}
		return realDay(strconv.Itoa(year), strconv.Itoa(month), strings.TrimSuffix(words[0], "er"))
	}
	if n := ordinal(words, "t", "trimestre"); n >= 1 && n <= 4 {
		return lastDay(year, 3*n), true
	}
	if n := ordinal(words, "s", "semestre"); n == 1 || n == 2 {
		return lastDay(year, 6*n), true
	}
	return time.Time{}, false
}

// ordinal reads t4, 4e trimestre, trimestre 4.
func ordinal(words []string, letter, word string) int {
	switch {
	case len(words) == 2:
		if n, ok := strings.CutPrefix(words[0], letter); ok {
			return figures(n)
		}
	case words[1] == word:
		return figures(strings.TrimRight(words[0], "erm"))
	case words[0] == word:
		return figures(words[1])
	}
	return 0
}

func monthOf(word string) int {
	names := []string{"janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre", "decembre"}
	for i, name := range names {
		// plain took the s of mars; juin and juillet differ at the fourth letter
		if word == plain(name) || len(word) >= 3 && len(word) < 6 && strings.HasPrefix(name, word) && word != "jui" {
			return i + 1
		}
	}
	return 0
}

func figures(s string) int {
	if !plainDigits.MatchString(s) || len(s) > 6 {
		return 0
	}
	n, _ := strconv.Atoi(s)
	return n
}

func inBamako(y, m, d int) time.Time {
	return time.Date(y, time.Month(m), d, 0, 0, 0, 0, civic.Bamako)
}

func lastDay(y, m int) time.Time { return inBamako(y, m+1, 0) }

// realDay refuses the 31st of a short month, and a month first.
func realDay(y, m, d string) (time.Time, bool) {
	t := inBamako(figures(y), figures(m), figures(d))
	return t, int(t.Month()) == figures(m) && t.Day() == figures(d)
}

func realMonth(y, m string) (time.Time, bool) {
	n := figures(m)
	return lastDay(figures(y), n), n >= 1 && n <= 12
}
