#!/usr/bin/env bash
# The library's documentation for a browser: docs.sh OUT. It is made by the toolchain's own tools, so that no package depends on a
# plugin; the modules are those that the example was built with.
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"

out=${1:-}
[ -n "$out" ] || die "docs.sh OUT"
modules=$library_scratch/debug/Modules
[ -d "$modules" ] || swift_build ${building_debug[@]+"${building_debug[@]}"} --package-path "$root/Examples/Embedding" --scratch-path "$library_scratch"
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
target=$(swift -print-target-info | sed -n 's/.*"unversionedTriple": "\(.*\)".*/\1/p' | head -n 1)

headers=()
for module in CZlib CKernels CTensorEngine; do
  for map in "$root/Sources/$module"/{,include/}module.modulemap "$modules/../$module.build/module.modulemap"; do
    [ ! -f "$map" ] || headers+=(-Xcc "-fmodule-map-file=$map")
  done
done
swift symbolgraph-extract -module-name Retrieval -target "$target" -I "$modules" "${headers[@]}" \
  -minimum-access-level public -skip-synthesized-members -output-dir "$scratch"
docc convert "$root/Documentation/Parlance.docc" --fallback-display-name Parlance --fallback-bundle-identifier parlance \
  --additional-symbol-graph-dir "$scratch" --output-path "$out" >"$scratch/says" 2>&1 || die "docc fails" "$(cat -- "$scratch/says")"
# What a sentence says of one parameter it need not say of the others; but a link that leads nowhere is a fault.
dead=$(grep -E "doesn't exist at|is ambiguous|No symbol matched|can't be|unresolved" "$scratch/says" || true)
[ -z "$dead" ] || die "the documentation has links that lead nowhere" "$dead"
say "The documentation is in $out; docc preview, or any web server, shows it."
