#!/usr/bin/env bash
# Checks `make install`: twice into a folder with a space in its name, then the program by its own path, without the
# package, from another folder.
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"

scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
prefix="$scratch/a prefix"
make -C "$root" install PREFIX="$prefix"
make -C "$root" install PREFIX="$prefix"

for file in bin/parlance lib/parlance/libparlance-torch.so share/bash-completion/completions/parlance \
  share/zsh/site-functions/_parlance share/fish/vendor_completions.d/parlance.fish share/doc/parlance/LICENSE; do
  [ -s "$prefix/$file" ] || die "make install brought no $file"
done
[ -z "$(find "$prefix" -name '*.new')" ] || die "make install left a file half-way"
bash -n "$prefix/share/bash-completion/completions/parlance"

# Found beside the program, not in the package's own build folder.
cd /
env -i HOME="$scratch" "$prefix/bin/parlance" doctor --json >"$scratch/doctor.json" || die "the installed doctor fails" "$(cat -- "$scratch/doctor.json")"
grep -q 'a prefix' "$scratch/doctor.json" || die "the installed program does not use the installed engine" "$(cat -- "$scratch/doctor.json")"
say "make install works."
