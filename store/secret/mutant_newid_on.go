//go:build mutantnewid

package secret

import (
	"strconv"
	"strings"
	"sync"
)

// asHeard: this build gives a message that is repeated another ID, on purpose,
// so that it is recorded again.
func asHeard(parts []string) []string {
	count, _ := heard.LoadOrStore(strings.Join(parts, "\x00"), new(int))
	times := count.(*int)
	*times++
	if *times == 1 {
		return parts
	}
	return append(parts, strconv.Itoa(*times))
}

var heard sync.Map
