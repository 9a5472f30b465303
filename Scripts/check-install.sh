#!/usr/bin/env bash
# Checks `make install`: into a folder with a space in its name, once more over what an older version and an interrupted
# run may have left, then the program by its own path, without the package, from another folder.
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"

scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
prefix="$scratch/a prefix"
make -C "$root" install PREFIX="$prefix"
libraries=$prefix/lib/parlance
installed=$(cd -- "$libraries" && ls)
touch -- "$libraries/libtorch_older.so"
cp -R -- "$libraries" "$libraries.old"
mkdir -- "$libraries.new"
touch -- "$libraries.new/libtorch_half.so"
make -C "$root" install PREFIX="$prefix"
[ "$(cd -- "$libraries" && ls)" = "$installed" ] || die "make install left libraries of an older version"

for file in bin/parlance lib/parlance/libparlance-torch.so share/bash-completion/completions/parlance \
  share/zsh/site-functions/_parlance share/fish/vendor_completions.d/parlance.fish share/doc/parlance/LICENSE \
  share/doc/parlance/NOTICE share/doc/parlance/parlance.service share/doc/parlance/libtorch/LICENSE; do
  [ -s "$prefix/$file" ] || die "make install brought no $file"
done
[ -z "$(find "$prefix" -name '*.new' -o -name '*.old')" ] || die "make install left a file half-way"
bash -n "$prefix/share/bash-completion/completions/parlance"

# Found beside the program, not in the package's own build folder.
cd /
env -i HOME="$scratch" "$prefix/bin/parlance" doctor --json >"$scratch/doctor.json" || die "the installed doctor fails" "$(cat -- "$scratch/doctor.json")"
grep -q 'a prefix' "$scratch/doctor.json" || die "the installed program does not use the installed engine" "$(cat -- "$scratch/doctor.json")"
say "make install works."
