#!/bin/sh
# Installs the Debian packages named as arguments that are not there yet.
# The pages are tested in a real Chromium: without it the tests fail, they are
# never skipped.
set -eu
missing=""
for p in "$@"; do
	dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q "install ok installed" || missing="$missing $p"
done
[ -n "$missing" ] || exit 0
echo "The tests need these Debian packages:$missing"
if [ "$(id -u)" = 0 ]; then as=""; else as="sudo"; echo "(root is asked for once, to install them)"; fi
$as apt-get update -q
# shellcheck disable=SC2086 # one word a package
DEBIAN_FRONTEND=noninteractive $as apt-get install -y -q --no-install-recommends $missing
