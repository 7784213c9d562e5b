package wall

import "strings"

// breakLines cuts a text at its spaces into lines no wider than a width; a
// word that is wider itself is cut where it must.
func breakLines(s string, wide float64, measure func(string) float64) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		longer := word
		if line != "" {
			longer = line + " " + word
		}
		if measure(longer) <= wide {
			line = longer
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for measure(word) > wide && len([]rune(word)) > 1 {
			n := fitting(word, wide, measure)
			lines, word = append(lines, string([]rune(word)[:n])), string([]rune(word)[n:])
		}
		line = word
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// fitting is how many letters of a word are no wider than a width, one at
// least.
func fitting(word string, wide float64, measure func(string) float64) int {
	n := 1
	for letters := []rune(word); n < len(letters) && measure(string(letters[:n+1])) <= wide; n++ {
	}
	return n
}

func trimEllipsis(s string) string { return strings.TrimRight(strings.TrimSuffix(s, "…"), " .,;:") }
