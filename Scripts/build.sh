#!/usr/bin/env bash
# Builds the program in release, with the Swift runtime in it. Prints the program's path.
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"

cd -- "$root"
options=(--configuration release --product parlance)
# Darwin has the Swift runtime in the system.
[ "$(uname -s)" = Darwin ] || options+=(--static-swift-stdlib)
[ -z "${JOBS:-}" ] || options+=(--jobs "$JOBS")

swift build "${options[@]}" >&2
printf '%s/parlance\n' "$(swift build "${options[@]}" --show-bin-path)"
