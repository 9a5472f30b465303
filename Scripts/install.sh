#!/usr/bin/env bash
# Puts the program, its engine, completions and licences below PREFIX: install.sh PREFIX. DESTDIR is put before it, as
# packagers expect. Every file appears whole or not at all.
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"

[ -n "${1:-}" ] || die "install.sh PREFIX"
prefix=${DESTDIR:-}$1
program=$("$root/Scripts/build.sh")
engine=$root/Engine/build/libparlance-torch.so
umask 022

# put MODE FILE PLACE
put() {
  mkdir -p -- "${3%/*}" || die "cannot make the folder ${3%/*}" "install as root, or elsewhere: make install PREFIX=\"\$HOME/.local\""
  cp -- "$2" "$3.new"
  chmod "$1" "$3.new"
  mv -f -- "$3.new" "$3"
}

put_program() {
  put 755 "$program" "$prefix/bin/parlance"
  # The debugger's part is most of the file.
  ! command -v strip >/dev/null 2>&1 || strip --strip-debug -- "$prefix/bin/parlance"
}

put_engine() {
  local library
  put 755 "$engine" "$prefix/lib/parlance/libparlance-torch.so"
  # A libtorch that the person named stays where it is.
  rm -rf -- "$prefix/lib/parlance/libtorch"
  if [ -n "${LIBTORCH:-}" ]; then
    ln -s -- "$(cd -- "$LIBTORCH" && pwd -P)" "$prefix/lib/parlance/libtorch"
    return
  fi
  for library in "$libtorch"/lib/*.so*; do
    put 755 "$library" "$prefix/lib/parlance/${library##*/}"
  done
  mkdir -p -- "$prefix/share/doc/parlance/libtorch"
  cp -R -- "$libtorch/licenses/." "$prefix/share/doc/parlance/libtorch/"
}

put_completions() {
  local shell place scratch
  scratch=$(mktemp)
  for shell in bash zsh fish; do
    case $shell in
      bash) place=share/bash-completion/completions/parlance ;;
      zsh) place=share/zsh/site-functions/_parlance ;;
      fish) place=share/fish/vendor_completions.d/parlance.fish ;;
    esac
    "$program" --generate-completion-script "$shell" >"$scratch"
    put 644 "$scratch" "$prefix/$place"
  done
  rm -f -- "$scratch"
}

put_documents() {
  local document
  for document in LICENSE README.md CHANGELOG.md; do
    put 644 "$root/$document" "$prefix/share/doc/parlance/$document"
  done
  # The packages that are linked into the program.
  for document in "$root"/.build/checkouts/*/{LICENSE,NOTICE}*; do
    [ ! -f "$document" ] ||
      put 644 "$document" "$prefix/share/doc/parlance/packages/$(basename -- "${document%/*}")/${document##*/}"
  done
}

put_program
[ "${WITHOUT_ENGINE:-0}" = 1 ] || put_engine
put_completions
put_documents
say "Installed parlance below $prefix."
