#!/usr/bin/env bash
# Brings the search engines that Scripts/check-engines.sh compares with: .deps/judges-engines, the packages of
# judges-engines.txt, each in a folder of its own. They are large and no test needs them, so `make test` does without.
. "$(dirname -- "${BASH_SOURCE[0]}")/places.sh"
. "$root/Scripts/setup/staging.sh"
. "$root/Scripts/setup/pip.sh"

list=$root/Scripts/setup/judges-engines.txt
current() { [ -f "$deps/judges-engines/judges-engines.txt" ] && cmp -s "$list" "$deps/judges-engines/judges-engines.txt"; }

if current; then exit 0; fi
lock "$deps"
if current; then exit 0; fi
staged=$(stage "$deps")
mkdir -- "$staged/tmp"
# Each wheel is unpacked into a folder of its own: pip would leave out the libraries of PISA and of tbb.
while read -r package; do
  case $package in '' | '#'*) continue ;; esac
  if ! wheel_into "$staged/tmp" "$package"; then
    rm -rf -- "$staged"
    die "pip could not fetch $package of Scripts/setup/judges-engines.txt"
  fi
  "$python" -m zipfile -e "$staged/tmp"/*.whl "$staged/${package%%==*}"
  rm -- "$staged/tmp"/*.whl
done <"$list"
rm -rf -- "$staged/tmp"
cp -- "$list" "$staged/judges-engines.txt"
publish "$staged" "$deps/judges-engines"
