#!/usr/bin/env bash
# The main job end to end on the demo data: passages, vectors, index, search, a table of figures.
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"

program=$("$root/Scripts/build.sh")
exec "$program" quickstart --workdir "${WORKDIR:-$root/demo}" \
  --model "${MODEL:-$deps/models/splade-tiny}" --documents "${DEMO_CORPUS:-$deps/corpus}"
