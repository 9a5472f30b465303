#!/usr/bin/env bash
# Brings the search engines that Scripts/check-engines.sh compares with: .deps/judges-engines, the packages of
# judges-engines.txt in one folder for PYTHONPATH. They are large and no test needs them, so `make test` does without.
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
if ! TMPDIR=$staged/tmp pip install --quiet --no-cache-dir --no-compile --no-warn-conflicts --prefer-binary --no-deps \
  --target "$staged" --requirement "$list"; then
  rm -rf -- "$staged"
  die "pip could not install the packages of Scripts/setup/judges-engines.txt"
fi
rm -rf -- "$staged/tmp"
cp -- "$list" "$staged/judges-engines.txt"
publish "$staged" "$deps/judges-engines"
