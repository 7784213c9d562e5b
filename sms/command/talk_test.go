package command

import (
	"testing"
	"time"
)

// FuzzParseTalk reads anything as what was kept of a conversation.
func FuzzParseTalk(f *testing.F) {
	f.Add([]byte(`{"q":"vote","t":"2026-11-24T09:00:00Z","c":"A","n":[1],"a":[{"t":1,"h":2}]}`))
	f.Add([]byte(`{"a":[{"t":9223372036854775807}]}`))
	f.Add([]byte("\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		talk := ParseTalk(b).now(time.Unix(1_800_000_000, 0))
		_ = talk.may("VOTE 2", Vote)
		if again := ParseTalk(talk.Marshal()); again.Asked != talk.Asked || len(again.Answers) != len(talk.Answers) {
			t.Errorf("%q is not kept as it is", b)
		}
	})
}
