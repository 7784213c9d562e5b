package africastalking

import "strings"

// chain returns the inputs of a text joined with `*`, without the code that
// dial-string gateways (FastMessage, Speedocom) put before them and the `#`
// they put after: of *384*55*1*2# dialled on *384*55#, it is 1*2.
//
// A citizen of a gateway that doesn't do so may type the code once more as her
// first input. Her text then goes on after a `#` that is not its last letter,
// and is cut so that the call remains one chain.
func chain(text, code string) string {
	code = strings.TrimSuffix(code, "#")
	rest, ok := strings.CutPrefix(text, code)
	if !ok || len(code) < 2 || code[0] != '*' {
		return text
	}
	switch {
	case rest == "#":
		return ""
	case strings.HasPrefix(rest, "#*"):
		return rest[2:]
	case strings.HasPrefix(rest, "*") && strings.HasSuffix(rest, "#"):
		return rest[1 : len(rest)-1]
	case strings.HasPrefix(rest, "*"):
		if head, tail, typed := strings.Cut(rest[1:], "#*"); typed {
			return head + "*" + tail
		}
	}
	return text
}
