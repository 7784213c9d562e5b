#!/bin/sh
# Installs the Debian packages named as arguments that are not there yet, and
# what tools/package.json names. The pages are tested in a real Chromium, and by
# axe-core: without them the tests fail, they are never skipped.
set -eu
tools=$(dirname "$0")
missing=""
for p in "$@"; do
	dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q "install ok installed" || missing="$missing $p"
done
# npm may have come with Node, not from Debian.
command -v npm >/dev/null || missing="$missing npm"
if [ -n "$missing" ]; then
	echo "The tests need these Debian packages:$missing"
	if [ "$(id -u)" = 0 ]; then as=""; else as="sudo"; echo "(root is asked for once, to install them)"; fi
	$as apt-get update -q
	# shellcheck disable=SC2086 # one word a package
	DEBIAN_FRONTEND=noninteractive $as apt-get install -y -q --no-install-recommends $missing
fi

# Nothing of npm's is kept in the repository, not even a lock file: it would
# name a host. The version is pinned instead, and the test asks for it again.
want=$(sed -n 's/.*"axe-core": "\(.*\)".*/\1/p' "$tools/package.json")
grep -qs "\"version\": \"$want\"" "$tools/node_modules/axe-core/package.json" && exit 0
echo "Installing axe-core $want into tools/node_modules"
npm install --prefix "$tools" --no-package-lock --no-audit --no-fund --ignore-scripts
