#!/usr/bin/env bash
# Runs the command lines of the README's "Step by step", and of the conversation after it, as they stand, in a folder like this
# one after `make demo`, with a small part of the demo's documents.
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"

for made in "$root/.build/release/parlance" "$deps/corpus/debian-faq"; do
  [ -e "$made" ] || die "run make demo first"
done
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
mkdir -- "$scratch/.deps" "$scratch/.deps/corpus"
ln -s -- "$root/.build" "$root/Examples" "$root/Recipes" "$scratch"
ln -s -- "$deps/models" "$scratch/.deps"
cp -R -- "$deps/corpus/debian-faq" "$scratch/.deps/corpus"

# The blocks between the heading and the next, one after the other in one shell.
awk '/^## / { inside = $0 == "## Step by step" || $0 == "## A conversation, by you or by a model" } /^```/ { code = !code; next } inside && code' "$root/README.md" >"$scratch/steps"
[ "$(grep -c '^parlance ' "$scratch/steps")" -ge 8 ] || die "the README has no steps"
cd -- "$scratch"
bash -euo pipefail -x steps >output 2>messages || die "a command line of the README fails" "$(tail -n 20 -- messages)"
[ -s student.trec ] || die "the README's last search made no run"
[ "$(grep -c '^{"encode_milliseconds"' output)" -eq 2 ] || die "the README's conversation was not answered twice"
say "$(grep -cE '^\+ parlance ' messages) command lines of the README work."
