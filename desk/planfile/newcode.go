package planfile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// nextCode makes a code that neither the plan nor the sheet has, with the
// prefix of the plan's projects of the sector, else of the sector's word.
func (s *importing) nextCode(sector string) string {
	prefix := s.prefixInPlan(sector)
	if prefix == "" {
		prefix = sectorPrefix(sector)
	}
	last := 0
	see := func(code string) {
		if n, ok := strings.CutPrefix(code, prefix+"-"); ok {
			last = max(last, figures(n))
		}
	}
	for _, p := range s.plan.Projects {
		see(p.Code)
	}
	for code := range s.codes {
		see(code)
	}
	return fmt.Sprintf("%s-%02d", prefix, last+1)
}

// prefixInPlan is the prefix of a project of the same sector: EAU of EAU-01.
func (s *importing) prefixInPlan(sector string) string {
	for _, p := range s.plan.Projects {
		i := strings.LastIndex(p.Code, "-")
		if i <= 0 || plain(p.Sector) != plain(sector) {
			continue
		}
		if _, err := strconv.Atoi(p.Code[i+1:]); err == nil && len(p.Code) <= 24 {
			return p.Code[:i]
		}
	}
	return ""
}

// sectorPrefix is three letters for a sector of the PDESC guide.
func sectorPrefix(sector string) string {
	word := plain(sector)
	for _, known := range []struct{ prefix, words string }{
		{"ASS", "assainissement latrine hygiene"},
		{"EAU", "hydraulique eau forage aep puit"},
		{"EDU", "education ecole enseignement alphabetisation"},
		{"SAN", "sante cscom maternite"},
		{"PIS", "piste route transport desenclavement"},
		{"AGR", "agriculture elevage peche maraichage irrigation"},
		{"COM", "commerce marche artisanat"},
		{"ENE", "energie electrification electricite"},
		{"ENV", "environnement foret climat"},
		{"GOU", "gouvernance administration etat"},
		{"CUL", "culture sport jeunesse"},
	} {
		for w := range strings.FieldsSeq(word) {
			if slices.Contains(strings.Fields(known.words), w) {
				return known.prefix
			}
		}
	}
	letters := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'A'
		}
		return -1
	}, word)
	if len(letters) < 3 {
		return "PRO"
	}
	return letters[:3]
}
