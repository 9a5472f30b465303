#!/usr/bin/env bash
# Checks that the machine has what the build needs, says all that is missing at once, and the command that brings it.
# And that there is room on the disk for what is not there yet: tools.sh [build | test].
. "$(dirname -- "${BASH_SOURCE[0]}")/places.sh"

purpose=${1:-build}
swift_wanted='6.3'
missing=()
debian=()

lacks() {
  missing+=("$1")
  [ -z "${2:-}" ] || debian+=("$2")
}

on_path() { command -v "$1" >/dev/null 2>&1; }

# The first of the commands that the machine has, or nothing.
first_of() {
  local name
  for name in "$@"; do
    if on_path "$name"; then
      printf '%s' "$name"
      return
    fi
  done
}

check_swift() {
  if ! on_path swift; then
    lacks "Swift $swift_wanted or newer (https://www.swift.org/install/linux); 'swift' is not on the PATH"
    return
  fi
  local version
  version=$(cd / && swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p' | head -n 1)
  if [ "$(printf '%s\n%s\n' "$swift_wanted" "${version:-0}" | sort -V | head -n 1)" != "$swift_wanted" ]; then
    lacks "Swift $swift_wanted or newer (https://www.swift.org/install/linux); this is Swift ${version:-of unknown version}"
  fi
}

check_compilers() {
  local cxx=${CXX:-$(first_of g++ clang++ c++)} cc
  if [ -z "$cxx" ] || ! printf '#include <string>\n#include <span>\n' | $cxx -std=c++20 -fsyntax-only -x c++ - 2>/dev/null; then
    lacks "a C++20 compiler with its standard library" g++
  fi
  cc=$(first_of clang gcc cc)
  if [ -z "$cc" ] || ! printf '#include <zlib.h>\n' | "$cc" -fsyntax-only -x c - 2>/dev/null; then
    lacks "the headers of zlib" zlib1g-dev
  fi
  if [ -z "$cc" ] || ! printf '#include <sqlite3.h>\n' | "$cc" -fsyntax-only -x c - 2>/dev/null; then
    lacks "the headers of SQLite" libsqlite3-dev
  fi
}

check_python() {
  if ! on_path "$python"; then
    lacks "Python 3 with pip (for the set-up only; PYTHON=/path names one)" "python3 python3-pip"
  elif ! "$python" -m pip --version >/dev/null 2>&1; then
    lacks "pip for $python (for the set-up only; PYTHON=/path names another)" python3-pip
  elif ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 8))'; then
    lacks "Python 3.8 or newer (for the set-up only; PYTHON=/path names one)" python3
  fi
}

check_programs() {
  local name
  for name in git make tar; do
    on_path "$name" || lacks "the program $name" "$name"
  done
}

# The nearest folder above a place that need not be there yet.
standing() {
  local place=$1
  while [ ! -d "$place" ]; do place=$(dirname -- "$place"); done
  printf '%s' "$place"
}

# In MiB, each with what making it takes for a while, and 256 for everything else.
room_wanted() {
  local wanted=256
  [ -n "${LIBTORCH:-}" ] || [ -d "$deps/libtorch" ] || wanted=$((wanted + 800))
  [ -f "$root/Engine/build/libparlance-torch.so" ] || wanted=$((wanted + 500))
  if [ "$purpose" = test ]; then
    cmp -s -- "$root/Scripts/setup/judges.txt" "$deps/judges/judges.txt" || [ "${JUDGES:-1}" = 0 ] || wanted=$((wanted + 1900))
    [ -e "$root/.build/debug" ] || wanted=$((wanted + 1300))
  else
    [ -e "$root/.build/release" ] || wanted=$((wanted + 1000))
  fi
  printf '%s' "$wanted"
}

check_disk() {
  local place free wanted
  wanted=$(($(room_wanted) * 1024))
  for place in "$root" "$cache"; do
    place=$(standing "$place")
    free=$(df -Pk -- "$place" | awk 'END { print $4 }')
    if [ "$free" -lt "$wanted" ]; then
      lacks "disk: $((wanted / 1024)) MiB free on the disk of $place; $((free / 1024)) MiB are (PARLANCE_CACHE=DIR moves the downloads)"
      return
    fi
    wanted=$((512 * 1024))
  done
}

check_swift
check_compilers
check_python
check_programs
check_disk

[ "${#missing[@]}" -gt 0 ] || exit 0
say "This machine lacks:"
for line in "${missing[@]}"; do say "  - $line"; done
if [ "${#debian[@]}" -gt 0 ]; then
  say "On Debian or Ubuntu this command brings it:" "  $(sudo_word)apt-get install -y ${debian[*]}"
fi
exit 69
