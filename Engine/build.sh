#!/bin/sh
# Builds Engine/build/libparlance-torch.so against a libtorch that is there.
#
#   LIBTORCH=/path/to/torch  Engine/build.sh     CPU or CUDA, torch 2.11 to 2.13 (default: .deps/libtorch)
#   CXX=clang++              Engine/build.sh     any C++20 compiler that knows GCC's vector extensions
#
# Only what changed is compiled again. The library finds libtorch beside itself, or where it lay at build time.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
libtorch=${LIBTORCH:-$here/../.deps/libtorch}
if ! [ -f "$libtorch/include/ATen/ATen.h" ]; then
  echo "Engine/build.sh: no libtorch at $libtorch (expected include/ATen/ATen.h there): set LIBTORCH" >&2
  exit 66
fi
libtorch=$(cd "$libtorch" && pwd -P)
if [ -z "${CXX:-}" ]; then
  for CXX in g++ clang++ c++ none; do
    command -v "$CXX" >/dev/null && break
  done
fi
if [ "$CXX" = none ]; then
  echo "Engine/build.sh: no C++ compiler found: install g++ (Debian: apt-get install g++) or set CXX" >&2
  exit 69
fi
# make and RUNPATH see a link of our own, so that paths may have spaces and the folder may move.
mkdir -p "$here/build"
ln -sfn "$libtorch" "$here/build/libtorch"
exec "${MAKE:-make}" -C "$here" -j "${JOBS:-2}" --no-print-directory CXX="$CXX" "$@"
