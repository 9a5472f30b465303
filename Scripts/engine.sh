#!/usr/bin/env bash
# Builds libparlance-torch, the engine, against .deps/libtorch or LIBTORCH.
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"
. "$root/Scripts/setup/staging.sh"

lock "$deps"
LIBTORCH=$libtorch "$root/Engine/build.sh" >&2
