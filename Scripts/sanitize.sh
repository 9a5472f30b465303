#!/usr/bin/env bash
# The tests of what runs without the engine, under a sanitizer: sanitize.sh address|thread [option of swift test...]
#   PARLANCE_TESTED_ROOMS   the rooms whose tests are built and run, with spaces between (default: all that may break)
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"

case ${1:-} in
  address) scratch=.build-asan ;;
  thread) scratch=.build-tsan ;;
  *) die "sanitize.sh address|thread" ;;
esac
sanitizer=$1
shift

# libtorch is not built for sanitizers, so no test may load it, and SwiftNIO is other people's. The judges are compared
# with elsewhere.
export PARLANCE_ENGINE=/none PARLANCE_DEPS=/none
unset PARLANCE_REQUIRE_ENGINE PARLANCE_REQUIRE_JUDGES
# The Swift runtime keeps its metadata to the end; a report of leaks would be about that.
export ASAN_OPTIONS=detect_leaks=0:abort_on_error=1
export TSAN_OPTIONS=halt_on_error=1

cd -- "$root"
options=(${building_debug[@]+"${building_debug[@]}"} --disable-default-traits --scratch-path "$scratch" --sanitize "$sanitizer")
# The tests of the command line start a program for each case, and one under a sanitizer starts slowly; what it calls is
# tested here without it.
rooms=$(cd Tests && for folder in *Tests; do [ "$folder" = CommandLineTests ] || printf '%s ' "${folder%Tests}"; done)
# The rooms that have threads, locks or atomics of their own. Those of Rewriting and SearchService are not looked at.
[ "$sanitizer" = address ] || [ "$#" -gt 0 ] || \
  rooms='WorkerThreads BinaryFiles ModelKernels InvertedIndex ModelHub TensorEngine SparseEncoder Retrieval Distillation ModelContext'
export PARLANCE_TESTED_ROOMS=${PARLANCE_TESTED_ROOMS:-$rooms}
swift_build --product parlancePackageTests "${options[@]}"

# Builds what shows the sanitizer the locks of Mutex, and makes sure that it then reports a race and nothing but a race.
show_mutexes() {
  local folder=$scratch/thread-sanitizer program=$scratch/thread-sanitizer/contention
  mutexes=$root/$folder/mutex.so
  mkdir -p -- "$folder"
  clang -O1 -Wall -Werror -shared -fPIC -o "$mutexes" Scripts/thread-sanitizer/mutex.c
  swiftc -parse-as-library -sanitize=thread -o "$program" Scripts/thread-sanitizer/Contention.swift
  LD_PRELOAD=$mutexes "$program" right || die "ThreadSanitizer takes a mutex for a race" \
    "Scripts/thread-sanitizer/mutex.c does not fit this version of Swift"
  if LD_PRELOAD=$mutexes "$program" wrong >/dev/null 2>&1; then die "ThreadSanitizer reports no race where there is one"; fi
}
mutexes=
if [ "$sanitizer" = thread ] && [ "$(uname -s)" = Linux ]; then show_mutexes; fi

LD_PRELOAD=$mutexes exec swift test --skip-build "${options[@]}" "$@"
