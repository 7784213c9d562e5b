package generic

import "strings"

// inService finds the code in service that an input begins with, and what was
// dialled behind it. Gateways leave out some of its signs: 384*55*2,
// *384*55*2#. The longest code wins.
func (c Codec) inService(input string) (code, rest string, ok bool) {
	bare := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(input), "*"), "#")
	for _, known := range c.codes {
		base := strings.Trim(known, "*#")
		if base == "" || ok && len(base) < len(code)-len("*#") {
			continue
		}
		if bare == base {
			code, rest, ok = "*"+base+"#", "", true
		} else if behind, found := strings.CutPrefix(bare, base+"*"); found {
			code, rest, ok = "*"+base+"#", behind, true
		}
	}
	return code, rest, ok
}

// looksDialled says whether an input is a code as dialled: *384*55#.
func looksDialled(input string) bool {
	input = strings.TrimSpace(input)
	return len(input) > 2 && input[0] == '*' && input[len(input)-1] == '#' && strings.Trim(input, "*#0123456789") == "" && strings.ContainsAny(input, "0123456789")
}

// asDialled writes a code as dialled, from how gateways name it: 384*55.
func asDialled(raw string) string {
	bare := strings.Trim(strings.TrimSpace(raw), "*#")
	if bare == "" {
		return ""
	}
	return "*" + bare + "#"
}
