#!/usr/bin/env bash
# Runs each fuzz target for SECONDS_EACH seconds (20): fuzz.sh [target...]. The seeds are Fuzz/Corpus/TARGET; what a run
# finds worth keeping goes to Fuzz/.build/corpus/TARGET, an input that breaks the parser to Fuzz/.build/broken/.
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"

cd -- "$root/Fuzz"
[ "$(uname -s)" = Linux ] || die "libFuzzer comes with Swift for Linux only"
# In release, or the fuzzer would try a hundredth of the inputs; with AddressSanitizer.
coverage='edge,inline-8bit-counters,pc-table'
options=(${building[@]+"${building[@]}"} --configuration release --sanitize fuzzer --sanitize address -Xswiftc "-sanitize-coverage=$coverage")
swift_build "${options[@]}" >&2
program=$(swift_build "${options[@]}" --show-bin-path)/Fuzz

# A crash ends the process at once; the runtime's own backtrace would wait for a terminal.
export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0
targets=("$@")
if [ "${#targets[@]}" -eq 0 ]; then
  while read -r target; do targets+=("$target"); done < <(FUZZ_TARGET=list "$program" 2>/dev/null </dev/null)
fi
[ "${#targets[@]}" -gt 0 ] || die "the fuzz program names no targets"

failed=()
for target in "${targets[@]}"; do
  found=.build/corpus/$target
  log=.build/$target.log
  mkdir -p -- "$found" .build/broken
  [ -d "Corpus/$target" ] || die "Fuzz/Corpus/$target is missing: every target has seeds"
  if FUZZ_TARGET=$target "$program" -max_total_time="${SECONDS_EACH:-20}" -timeout=20 -rss_limit_mb=4096 \
    -print_final_stats=1 -artifact_prefix=".build/broken/$target-" "$found" "Corpus/$target" >"$log" 2>&1 </dev/null; then
    say "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | awk -v name="$target" '{ printf "  %-18s %9d inputs, none broke it", name, $1 }')"
  else
    tail -n 40 -- "$log" >&2
    failed+=("$target")
  fi
done
rm -rf /dev/shm/parlance-fuzz-* /tmp/parlance-fuzz-*
[ "${#failed[@]}" -eq 0 ] || die "broken: ${failed[*]}" "the inputs lie in Fuzz/.build/broken/, the logs in Fuzz/.build/TARGET.log"
