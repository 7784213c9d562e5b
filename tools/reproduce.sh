#!/bin/sh
# Builds the program from two clones of the present commit, in folders of
# different names and lengths, the second with an empty build cache, and fails
# when the bytes differ. What is not committed is not built.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git -C "$here" diff --quiet HEAD || echo "note: what is not committed is left out"
mkdir -p "$work/a" "$work/another/folder/much/deeper"
for place in a another/folder/much/deeper; do
	git clone -q --no-hardlinks "$here" "$work/$place/jamakan"
	cache=$(go env GOCACHE)
	[ "$place" = a ] || cache=$work/cache
	GOCACHE=$cache GOFLAGS= make -s -C "$work/$place/jamakan" build BIN="$work/$place/bin"
done
cd "$work"
sha256sum a/bin/jamakan another/folder/much/deeper/bin/jamakan
cmp a/bin/jamakan another/folder/much/deeper/bin/jamakan
a/bin/jamakan version
go version
echo "the same bytes from both"
