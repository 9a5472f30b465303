#!/usr/bin/env bash
# Checks what a Swift program that embeds Parlance meets: Examples/Embedding builds without SwiftNIO and searches a conversation
# in under 30 lines, and the library's documentation has no dead link.
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"

program=$root/.build/release/parlance
[ -x "$program" ] || program=$root/.build/debug/parlance
[ -x "$program" ] || die "build parlance first"
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
example=$root/Examples/Embedding

lines=$(grep -cvE '^[[:space:]]*(///.*)?$' "$example/Sources/Embedding/Embedding.swift")
[ "$lines" -lt 30 ] || die "the example has $lines lines of code, expected under 30"
options=(${building_debug[@]+"${building_debug[@]}"} --package-path "$example" --scratch-path "$library_scratch")
swift_build "${options[@]}"
# The traits are off: nothing of what they bring is even fetched.
for package in swift-nio async-http-client GRDB.swift; do
  [ ! -e "$library_scratch/checkouts/$package" ] || die "the example fetched $package, which it does not need"
done

cat >"$scratch/passages.jsonl" <<'PASSAGES'
{"_id": "reset", "title": "git reset", "text": "git reset HEAD^ takes back the last commit and leaves your files alone"}
{"_id": "merge", "title": "git merge", "text": "Joins two branches"}
PASSAGES
"$program" index build --bm25 --passages "$scratch/passages.jsonl" --out "$scratch/bm25" >/dev/null
found=$("$(swift_build "${options[@]}" --show-bin-path)/Embedding" "$scratch/bm25")
case $found in
  "1 reset "*) ;;
  *) die "the example found something else" "$found" ;;
esac

if command -v docc >/dev/null 2>&1; then
  "$root/Scripts/docs.sh" "$scratch/documentation"
else
  say "docc is not in this toolchain; the documentation was not built."
fi
say "The example searches, in $lines lines."
