#!/bin/sh
# Runs every fuzz target for the time or the number of inputs given (default
# 3000x). A number is surer: a target whose time runs out may fail for that.
set -eu
each="${1:-3000x}"
go list ./... | while read -r pkg; do
	dir=$(go list -f '{{.Dir}}' "$pkg")
	for target in $(grep -hoE '^func Fuzz[A-Za-z0-9_]+' "$dir"/*_test.go 2>/dev/null | sed 's/^func //' | sort -u); do
		echo "fuzz $pkg $target $each"
		go test "$pkg" -run '^$' -fuzz "^$target\$" -fuzztime "$each" -fuzzminimizetime 1x
	done
done
