#!/usr/bin/env bash
# Builds the program in release, with the Swift runtime in it. Prints the program's path.
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"

cd -- "$root"
options=(${building[@]+"${building[@]}"} --configuration release --product parlance)
# Darwin has the Swift runtime in the system.
[ "$(uname -s)" = Darwin ] || options+=(--static-swift-stdlib)
# SQLite is linked in as well, where its archive is. The flags of pkg-config come first on the linker's command line, so zlib's
# name a folder that has the archive alone before the system's folders.
archive=$("${CXX:-c++}" -print-file-name=libsqlite3.a 2>/dev/null || :)
if [ "$(uname -s)" != Darwin ] && [ -f "$archive" ]; then
  mkdir -p -- .build/static
  ln -sf -- "$archive" .build/static/libsqlite3.a
  printf '%s\n' 'Name: zlib' 'Description: zlib, and archives first' 'Version: 1' "Libs: -L${root// /\\ }/.build/static -lz" 'Cflags:' \
    >.build/static/zlib.pc
  options+=(--pkg-config-path .build/static)
fi

swift_build "${options[@]}" >&2
printf '%s/parlance\n' "$(swift_build "${options[@]}" --show-bin-path)"
