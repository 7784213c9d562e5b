package export

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/jamakan/jamakan/civic"
)

// plain is a file's text, whatever it is packed in.
func plain(t *testing.T, name string, raw []byte) string {
	t.Helper()
	switch {
	case strings.HasSuffix(name, ".xlsx"):
		z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		for _, part := range z.File {
			r, err := part.Open()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(&all, r); err != nil {
				t.Fatal(err)
			}
		}
		return all.String()
	case strings.HasSuffix(name, ".pdf"):
		return pdfText(raw)
	}
	return string(raw)
}

// pdfText is what a PDF says: its texts, which are UTF-16 in packed streams,
// and all that is not in a stream. Fonts say nothing.
func pdfText(raw []byte) string {
	streams := regexp.MustCompile(`(?s)stream\r?\n(.*?)endstream`)
	texts := regexp.MustCompile(`(?s)\((.*?[^\\])\) ?Tj`)
	var all strings.Builder
	for _, m := range streams.FindAllSubmatch(raw, -1) {
		r, err := zlib.NewReader(bytes.NewReader(m[1]))
		if err != nil {
			continue
		}
		b, _ := io.ReadAll(r)
		for _, text := range texts.FindAllSubmatch(b, -1) {
			all.WriteString("\n" + fromUTF16(text[1]) + "\n")
		}
	}
	all.Write(streams.ReplaceAll(raw, nil))
	return all.String()
}

func fromUTF16(b []byte) string {
	b = regexp.MustCompile(`(?s)\\(.)`).ReplaceAll(b, []byte("$1"))
	var units []uint16
	for i := 0; i+1 < len(b); i += 2 {
		units = append(units, uint16(b[i])<<8|uint16(b[i+1]))
	}
	return string(utf16.Decode(units))
}

// telling is a week whose votes by option are numbers that stand nowhere else.
func telling(t *testing.T, v civic.Visibility, closed bool) (*Source, []int64) {
	src := aSource(t, v, closed)
	secret := []int64{}
	for i := range src.Series {
		for j := range src.Series[i].Rows {
			r := &src.Series[i].Rows[j]
			if r.Option == 0 {
				continue
			}
			r.Total = 70_001 + int64(i*1000) + int64(j)*13
		}
		// Totals stay those of the numbers, so that participation is as before.
	}
	sums := map[string]int64{}
	for i := range src.Series {
		for _, r := range src.Series[i].Rows {
			if r.Option != 0 {
				sums[fmt.Sprint(i, r.Place, r.Option)] += r.Total
				sums[fmt.Sprint(i, r.Option)] += r.Total
				secret = append(secret, r.Total)
			}
		}
	}
	for _, n := range sums {
		secret = append(secret, n)
	}
	return src, secret
}

// TestHiddenResults: while results are hidden, no count of an option stands in
// any byte of any file, in any profile.
func TestHiddenResults(t *testing.T) {
	for _, tc := range []struct {
		v      civic.Visibility
		closed bool
		hidden bool
	}{
		{civic.ParticipationOnly, false, true},
		{civic.AfterClose, false, true},
		{civic.Live, false, false},
		{civic.ParticipationOnly, true, false},
		{civic.AfterClose, true, false},
	} {
		src, secret := telling(t, tc.v, tc.closed)
		for _, profile := range profiles() {
			found := map[string]bool{}
			for name, raw := range made(t, src, Options{Week: week(t, "2026-W48"), Profile: profile, DemoSmallCells: true}) {
				for n := range figures(plain(t, name, raw)) {
					if slices.Contains(secret, n) {
						found[name] = true
					}
				}
			}
			if tc.hidden && len(found) > 0 {
				t.Errorf("%s, closed %v, %s: counts of options in %v", tc.v, tc.closed, profile, found)
			}
			if !tc.hidden { // the search itself finds what is shown
				for _, must := range []string{"hebdo_projet", "donnees/hebdo_projet", "tableau", "affiche_01010103_fr.html", "affiche_01010103_bm.pdf"} {
					if !begins(found, must) {
						t.Errorf("%s, closed %v, %s: no result in %s: the search is blind there (%v)", tc.v, tc.closed, profile, must, found)
					}
				}
			}
		}
	}
}

// figures are all the numbers of a text, with spaces between thousands or not;
// digests are none.
func figures(text string) map[int64]bool {
	text = regexp.MustCompile(`[0-9a-f]{40,}`).ReplaceAllString(text, "")
	all := map[int64]bool{}
	for _, pattern := range []string{`[0-9]+`, `[0-9]{1,3}( [0-9]{3})+`} {
		for _, s := range regexp.MustCompile(pattern).FindAllString(text, -1) {
			if n, err := strconv.ParseInt(strings.ReplaceAll(s, " ", ""), 10, 64); err == nil {
				all[n] = true
			}
		}
	}
	return all
}

func begins(found map[string]bool, prefix string) bool {
	for name := range found {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
