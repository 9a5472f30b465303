#!/usr/bin/env bash
# Makes dist/: the program, and apart from it the engine with libtorch, for machines without Swift. Both unpack into the
# same folder; what searches given vectors or evaluates needs the first alone.
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"
. "$root/Scripts/setup/staging.sh"

[ -z "${LIBTORCH:-}" ] || die "the tarball carries the set-up's own libtorch" "run it without LIBTORCH"
program=$("$root/Scripts/build.sh")
version=$("$program" --version)
system=$(uname -s | tr '[:upper:]' '[:lower:]')-$(uname -m)
folder=parlance-$version

lock "$root/dist"
staged=$(stage "$root/dist")
trap 'rm -rf -- "$staged"' EXIT
"$root/Scripts/install.sh" "$staged/$folder"

# pack NAME PATH...: the same bytes for the same files.
pack() {
  local archive=$root/dist/$1
  shift
  tar -C "$staged" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@${SOURCE_DATE_EPOCH:-0}" -cf - "$@" |
    gzip -n -6 >"$archive.new"
  mv -f -- "$archive.new" "$archive"
  (cd -- "$root/dist" && sha256sum -- "${archive##*/}" >"${archive##*/}.sha256")
  say "$(du -h -- "$archive" | cut -f 1)  dist/${archive##*/}"
}

pack "$folder-$system.tar.gz" --exclude=share/doc/parlance/libtorch "$folder/bin" "$folder/share"
documents=$folder/share/doc/parlance
pack "$folder-engine-cpu-$system.tar.gz" "$folder/lib" "$documents/libtorch" "$documents/LICENSE" "$documents/NOTICE"
