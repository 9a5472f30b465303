#!/usr/bin/env bash
# Builds the benchmarks in release and runs them: bench.sh [--build-only | argument of the benchmarks...]
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"

cd -- "$root/Benchmarks"
options=(--configuration release)
[ -z "${JOBS:-}" ] || options+=(--jobs "$JOBS")
swift build "${options[@]}" >&2
[ "${1:-}" != --build-only ] || exit 0
export PARLANCE_DEPS=$deps
exec "$(swift build "${options[@]}" --show-bin-path)/Benchmarks" "$@"
