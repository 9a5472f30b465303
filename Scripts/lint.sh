#!/usr/bin/env bash
# Format, layers, and the scripts themselves (where shellcheck is installed).
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"

cd -- "$root"
folders=(Package.swift Sources Tests)
for folder in Benchmarks Fuzz Examples/Embedding; do
  for part in "$folder/Package.swift" "$folder/Sources" "$folder/Tests"; do
    [ ! -e "$part" ] || folders+=("$part")
  done
done
swift format lint --strict --recursive --parallel "${folders[@]}"
swift package dump-package | "$python" Scripts/check-layers.py
"$python" Scripts/count-tests-test.py --quiet
"$python" Scripts/make-page.py --check
if command -v shellcheck >/dev/null 2>&1; then
  shellcheck Scripts/*.sh Scripts/setup/*.sh .ci/run
else
  say "shellcheck is not installed; the scripts were not checked."
fi
