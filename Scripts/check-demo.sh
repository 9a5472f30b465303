#!/usr/bin/env bash
# Checks `make demo`: that it ends with a table of the systems with figures that can be, the student among them and better
# than the last question alone, in under ten minutes after the downloads and builds.
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"

output=$(mktemp)
scratch=$(mktemp -d)
trap 'rm -rf -- "$output" "$scratch"' EXIT

make -C "$root" build model corpus
began=$SECONDS
make -C "$root" demo WORKDIR="$scratch/demo" >"$output" || die "make demo failed" "$(cat -- "$output")"
took=$((SECONDS - began))
cat -- "$output"

for system in bm25 last-turn conversation rewrite student; do
  # A row of the table: the system's name, then figures between 0 and 1, some of them above 0.
  grep -iE "^\W*$system\b.* (0?\.[0-9]*[1-9]|1\.0)" "$output" >/dev/null ||
    die "the demo's table has no figures for $system"
done
grep -E '^run +nDCG@3 .* L0 +FLOPS' "$output" >/dev/null || die "the demo's table does not tell what queries cost"
# The first row of a name is that of the table: nDCG@3, RR, R@10, R@100, L0, FLOPS.
recall() { awk -v name="$1" '$1 ~ "^" name "[^a-z]*$" { gsub(/[^0-9.]/, "", $5); print $5; exit }' "$output"; }
awk -v student="$(recall student)" -v last="$(recall last-turn)" 'BEGIN { exit !(student > last && last > 0) }' ||
  die "the student finds no more than the last question alone (R@100 $(recall student), $(recall last-turn))"
grep -q 'against FLOPS' "$scratch/demo/report.html" || die "the demo leaves no report with drawings"
[ "$took" -le 600 ] || die "the demo took $took s, more than ten minutes"
say "make demo: $took s after the downloads and builds."
