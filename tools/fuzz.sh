#!/bin/sh
# Runs every fuzz target for the time given (default 5s each).
set -eu
each="${1:-5s}"
go list ./... | while read -r pkg; do
	dir=$(go list -f '{{.Dir}}' "$pkg")
	for target in $(grep -hoE '^func Fuzz[A-Za-z0-9_]+' "$dir"/*_test.go 2>/dev/null | sed 's/^func //' | sort -u); do
		echo "fuzz $pkg $target $each"
		go test "$pkg" -run '^$' -fuzz "^$target\$" -fuzztime "$each"
	done
done
