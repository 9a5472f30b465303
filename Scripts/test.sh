#!/usr/bin/env bash
# Runs the package's tests: test.sh [option of swift test that builds nothing, such as --filter...]
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"

cd -- "$root"
unset PARLANCE_TESTED_ROOMS
export PARLANCE_DEPS=$deps PARLANCE_ENGINE=${PARLANCE_ENGINE:-$root/Engine/build/libparlance-torch.so}
swift_build ${building_debug[@]+"${building_debug[@]}"} --build-tests
exec swift test ${building_debug[@]+"${building_debug[@]}"} --skip-build "$@"
