#!/usr/bin/env bash
# Checks `make demo`: that it ends with a table of the four systems with figures that can be, in under five minutes after
# the downloads and builds.
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"

output=$(mktemp)
scratch=$(mktemp -d)
trap 'rm -rf -- "$output" "$scratch"' EXIT

make -C "$root" build model corpus
began=$SECONDS
make -C "$root" demo WORKDIR="$scratch/demo" >"$output" || die "make demo failed" "$(cat -- "$output")"
took=$((SECONDS - began))
cat -- "$output"

for system in bm25 last-turn conversation rewrite; do
  # A row of the table: the system's name, then figures between 0 and 1, some of them above 0.
  grep -iE "^\W*$system\b.* (0?\.[0-9]*[1-9]|1\.0)" "$output" >/dev/null ||
    die "the demo's table has no figures for $system"
done
[ "$took" -le 300 ] || die "the demo took $took s, more than five minutes"
say "make demo: $took s after the downloads and builds."
