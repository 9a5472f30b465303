#!/usr/bin/env bash
# Builds the package in release: bin/parlance without a Swift runtime to look for, and the engine beside it.
# Prints the path of the program.
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"

cd -- "$root"
options=(--configuration release --product parlance)
# Darwin has the Swift runtime in the system.
[ "$(uname -s)" = Darwin ] || options+=(--static-swift-stdlib)
[ -z "${JOBS:-}" ] || options+=(--jobs "$JOBS")

swift build "${options[@]}" >&2
program=$(swift build "${options[@]}" --show-bin-path)/parlance
for engine in "$root"/Engine/build/libparlance-torch.*; do
  [ ! -f "$engine" ] || ln -sf -- "$engine" "${program%/*}/"
done
printf '%s\n' "$program"
