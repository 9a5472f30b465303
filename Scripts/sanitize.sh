#!/usr/bin/env bash
# The tests of what runs without the engine, under a sanitizer: sanitize.sh address|thread [option of swift test...]
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
export TSAN_OPTIONS="halt_on_error=1:suppressions='$root/Scripts/thread-sanitizer.txt'"

cd -- "$root"
# The tests of the command line start a program for each case, and one under a sanitizer starts slowly; what it calls is
# tested here without it.
options=(--disable-default-traits --scratch-path "$scratch" --sanitize "$sanitizer" --skip CommandLineTests)
[ -z "${JOBS:-}" ] || options+=(--jobs "$JOBS")
exec swift test "${options[@]}" "$@"
