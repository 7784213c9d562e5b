#!/bin/sh
# Runs every fuzz target, the time given split evenly among them (default 30m),
# or each for the inputs given (3000x). Go keeps the corpus in its cache; what
# is finished is noted, so that a timed round that was stopped goes on where it
# was.
# A target that fails keeps its input under testdata/fuzz: mend it, and commit
# the input with the mend.
set -eu
total="${1:-30m}"
each="$total"
case "$total" in
*x) progress=$(mktemp) ;; # a count is for checks, which always do all
*[0-9]m | *[0-9]s)
	mkdir -p bin/fuzz
	progress="bin/fuzz/done-$total"
	touch "$progress"
	;;
*) echo "usage: tools/fuzz.sh 30m | 600s | 3000x" >&2; exit 2 ;;
esac

targets=$(go list -f '{{.ImportPath}} {{.Dir}}' ./... | while read -r pkg dir; do
	for target in $(grep -hoE '^func Fuzz[A-Za-z0-9_]+' "$dir"/*_test.go 2>/dev/null | sed 's/^func //' | sort -u); do
		echo "$pkg $target"
	done
done)
n=$(echo "$targets" | wc -l)
case "$total" in
*x) ;;
*m) each="$((${total%m} * 60 / n))s" ;;
*s) each="$((${total%s} / n))s" ;;
esac
echo "$n targets, $each each, $(wc -l <"$progress") of them done before"

failed=0
echo "$targets" | { while read -r pkg target; do
	if grep -qx "$pkg $target" "$progress"; then
		continue
	fi
	echo "fuzz $pkg $target $each"
	said=$(mktemp)
	if go test "$pkg" -run '^$' -fuzz "^$target\$" -fuzztime "$each" -fuzzminimizetime 1x >"$said" 2>&1 </dev/null; then
		tail -n 3 "$said" | head -n 1
		echo "$pkg $target" >>"$progress"
	# A target whose time runs out while an input is under way may be called
	# failed for that alone: nothing was found, and no input was kept.
	elif grep -q 'context deadline exceeded' "$said" && ! grep -q 'Failing input written' "$said"; then
		echo "its time ran out"
		echo "$pkg $target" >>"$progress"
	else
		cat "$said"
		failed=1
	fi
	rm -f "$said"
done
if [ "$failed" = 0 ]; then
	rm -f "$progress" # the next round begins anew
fi
exit "$failed"; }
