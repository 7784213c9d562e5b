package msisdn

import (
	"fmt"
	"testing"
)

func TestOperatorByPrefix(t *testing.T) {
	ranges := map[string][][2]int{Orange: {{70, 79}, {82, 85}, {90, 94}}, Moov: {{60, 69}, {89, 89}, {95, 99}}, Telecel: {{50, 53}}}
	want := map[int]string{}
	for name, all := range ranges {
		for _, r := range all {
			for p := r[0]; p <= r[1]; p++ {
				want[p] = name
			}
		}
	}
	for p := range 100 {
		if got := Operator(fmt.Sprintf("+223%02d000000", p)); got != want[p] {
			t.Errorf("prefix %02d: %q, want %q", p, got, want[p])
		}
	}
	for _, odd := range []string{"", "+22376", "22376000001", "+33600000000", "+223 76000001"} {
		if got := Operator(odd); got != "" {
			t.Errorf("%q: %q, want none", odd, got)
		}
	}
}

func BenchmarkOperator(b *testing.B) {
	for b.Loop() {
		Operator("+22376000001")
	}
}
