#!/usr/bin/env bash
# Builds the benchmarks in release and runs them: bench.sh [argument of the benchmarks...]
# bench.sh --check only sees that they compile, in debug and with what check-embedding.sh built of the library.
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"

cd -- "$root/Benchmarks"
if [ "${1:-}" = --check ]; then
  swift_build ${building_debug[@]+"${building_debug[@]}"} --scratch-path "$library_scratch"
  exit
fi
options=(${building[@]+"${building[@]}"} --configuration release)
swift_build "${options[@]}" >&2
export PARLANCE_DEPS=$deps
exec "$(swift_build "${options[@]}" --show-bin-path)/Benchmarks" "$@"
