# shellcheck shell=bash
# shellcheck disable=SC2034
# Where things lie. Every script sources this file first; it sets variables and defines functions, and runs nothing.
#
#   PARLANCE_DEPS   what the set-up brings       (default: .deps beside Package.swift)
#   PARLANCE_CACHE  downloads, kept for next time (default: parlance in the user's cache folder)
#   PYTHON          the interpreter whose pip fetches wheels (default: python3)
#   JOBS            compilers at once (default: as many as cores)
#   BUILD_ONCE=1    what is built will not be changed and built again: CI

set -euo pipefail
unset CDPATH POSIXLY_CORRECT
unset -f cd 2>/dev/null || true

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
deps=${PARLANCE_DEPS:-$root/.deps}
cache=${PARLANCE_CACHE:-${XDG_CACHE_HOME:-${HOME:-$root/.deps}/.cache}/parlance}
python=${PYTHON:-python3}
case $deps in /*) ;; *) deps=$PWD/$deps ;; esac
case $cache in /*) ;; *) cache=$PWD/$cache ;; esac

# The folder of libtorch (lib/ and include/) that the engine is built against.
libtorch=${LIBTORCH:-$deps/libtorch}

# What every `swift build` and `swift test` is told.
building=()
[ -z "${JOBS:-}" ] || building+=(--jobs "$JOBS")
[ -z "${BUILD_ONCE:-}" ] || building+=(-debug-info-format none)
# And those in debug: a module at once takes a sixth less than file by file, if nothing is built again.
building_debug=(${building[@]+"${building[@]}"})
if [ -n "${BUILD_ONCE:-}" ]; then
  for option in -disable-batch-mode -whole-module-optimization -num-threads "${JOBS:-2}"; do
    building_debug+=(-Xswiftc "$option")
  done
fi

# SwiftPM gives the compiler a package's traits in an order of chance, and what is compiled with another order is compiled anew: every
# second build, without a change.
swift_build() { SWIFT_DETERMINISTIC_HASHING=1 swift build "$@"; }

# Where the example is built, and the benchmarks in debug: what both have of the library, without its traits, once.
library_scratch=$root/.build-library

# Each argument is a line, on standard error.
say() { printf '%s\n' "$@" >&2; }

# Says what is wrong and stops. Further arguments are further lines: what to do about it.
die() {
  say "error: $1"
  shift
  local line
  for line in "$@"; do say "  $line"; done
  exit 69
}

# The digest of a file, in lower-case hex.
sha256_of() {
  if command -v sha256sum >/dev/null 2>&1; then
    sha256sum <"$1" | cut -d ' ' -f 1
  else
    shasum -a 256 <"$1" | cut -d ' ' -f 1
  fi
}

# `sudo ` where the person is not root: the commands that we name are to be pasted as they stand.
sudo_word() { if [ "$(id -u)" -eq 0 ]; then printf ''; else printf 'sudo '; fi; }
