#!/usr/bin/env bash
# Puts the program, its engine, completions and licences below PREFIX: install.sh PREFIX. DESTDIR is put before it, as
# packagers expect. Every file appears whole or not at all.
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"

[ -n "${1:-}" ] || die "install.sh PREFIX"
prefix=${DESTDIR:-}$1
program=$("$root/Scripts/build.sh")
engine=$root/Engine/build/libparlance-torch.so
libraries=$prefix/lib/parlance
documents=$prefix/share/doc/parlance
umask 022

# Nothing of libtorch is passed on without its licences. A libtorch that the person named stays where it is.
if [ "${WITHOUT_ENGINE:-0}" != 1 ] && [ -z "${LIBTORCH:-}" ] && [ ! -s "$libtorch/licenses/LICENSE" ]; then
  die "$libtorch has no licenses/LICENSE, without which its libraries are not installed" \
    "remove it and run \`make libtorch\`, or link to it instead of copying it: LIBTORCH=$libtorch"
fi

scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT

# put MODE FILE PLACE
put() {
  mkdir -p -- "${3%/*}" || die "cannot make the folder ${3%/*}" "install as root, or elsewhere: make install PREFIX=\"\$HOME/.local\""
  cp -- "$2" "$3.new"
  chmod "$1" "$3.new"
  mv -f -- "$3.new" "$3"
}

# exchange PLACE: the folder PLACE.new takes the place of an older one. A run that was stopped in between is repaired by
# the next, which makes PLACE.new afresh.
exchange() {
  rm -rf -- "$1.old"
  if [ -e "$1" ] || [ -L "$1" ]; then mv -- "$1" "$1.old"; fi
  mv -- "$1.new" "$1"
  rm -rf -- "$1.old"
}

put_program() {
  cp -- "$program" "$scratch/parlance"
  # The debugger's part is most of the file.
  ! command -v strip >/dev/null 2>&1 || strip --strip-all -- "$scratch/parlance"
  put 755 "$scratch/parlance" "$prefix/bin/parlance"
}

# All libraries are of one version: they come and go as one folder.
put_engine() {
  local library
  rm -rf -- "$libraries.new" "$documents/libtorch.new"
  put 755 "$engine" "$libraries.new/libparlance-torch.so"
  if [ -n "${LIBTORCH:-}" ]; then
    ln -s -- "$(cd -- "$LIBTORCH" && pwd -P)" "$libraries.new/libtorch"
    exchange "$libraries"
    rm -rf -- "$documents/libtorch"
    return
  fi
  for library in "$libtorch"/lib/*.so*; do
    put 755 "$library" "$libraries.new/${library##*/}"
  done
  mkdir -p -- "$documents/libtorch.new"
  cp -R -- "$libtorch/licenses/." "$documents/libtorch.new/"
  exchange "$documents/libtorch"
  exchange "$libraries"
}

put_completions() {
  local shell place
  for shell in bash zsh fish; do
    case $shell in
      bash) place=share/bash-completion/completions/parlance ;;
      zsh) place=share/zsh/site-functions/_parlance ;;
      fish) place=share/fish/vendor_completions.d/parlance.fish ;;
    esac
    "$program" --generate-completion-script "$shell" >"$scratch/completions"
    put 644 "$scratch/completions" "$prefix/$place"
  done
}

put_documents() {
  local document
  for document in LICENSE NOTICE README.md CHANGELOG.md; do
    put 644 "$root/$document" "$documents/$document"
  done
  # An example: its paths are a matter of the machine.
  put 644 "$root/Deployment/parlance.service" "$documents/parlance.service"
  # The packages that are linked into the program.
  for document in "$root"/.build/checkouts/*/{LICENSE,NOTICE}*; do
    [ ! -f "$document" ] ||
      put 644 "$document" "$documents/packages/$(basename -- "${document%/*}")/${document##*/}"
  done
}

put_program
[ "${WITHOUT_ENGINE:-0}" = 1 ] || put_engine
put_completions
put_documents
say "Installed parlance below $prefix."
