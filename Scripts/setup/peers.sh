#!/usr/bin/env bash
# Brings what the service is measured beside: .deps/peers, packages that PYTHONPATH adds to the judges'.
# Scripts/bench-serve.sh and Benchmarks/Peers/search.py need it.
. "$(dirname -- "${BASH_SOURCE[0]}")/places.sh"
. "$root/Scripts/setup/staging.sh"
. "$root/Scripts/setup/pip.sh"

list=$root/Scripts/setup/peers.txt
current() { cmp -s "$list" "$deps/peers/peers.txt"; }

[ -x "$deps/judges/bin/python" ] || die "the judges are not there" "make judges brings them"
! current || exit 0
lock "$deps"
! current || exit 0
say "Installing the peers of the service."
staged=$(stage "$deps")
tag=$("$deps/judges/bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
if ! pip install --quiet --no-cache-dir --no-compile --no-warn-conflicts --only-binary :all: --no-deps \
  --python-version "$tag" --target "$staged" --requirement "$list"; then
  rm -rf -- "$staged"
  die "pip could not install the packages of Scripts/setup/peers.txt"
fi
cp -- "$list" "$staged/peers.txt"
publish "$staged" "$deps/peers"
