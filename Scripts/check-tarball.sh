#!/usr/bin/env bash
# Checks that the tarball runs where there is no Swift: in an empty root folder that holds only the system libraries that
# every Debian has, with an empty environment.
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"

scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
rm -rf -- "$root/dist"
"$root/Scripts/tarball.sh"
for archive in "$root"/dist/*.tar.gz; do
  (cd -- "$root/dist" && sha256sum --check --quiet "${archive##*/}.sha256")
  for file in LICENSE NOTICE; do
    tar -tzf "$archive" | grep "/share/doc/parlance/$file\$" >/dev/null || die "${archive##*/} holds no $file"
  done
  tar -xzf "$archive" -C "$scratch"
done
for archive in "$root"/dist/*.tar.gz; do
  case $archive in *-engine-*) continue ;; esac
  [ "$(stat -c %s -- "$archive")" -lt 40000000 ] || die "${archive##*/} is over 40 MB"
done
unpacked=$(echo "$scratch"/parlance-*)
program=$unpacked/bin/parlance
[ -s "$unpacked/share/doc/parlance/libtorch/LICENSE" ] || die "the tarball holds libtorch without its licences"

# What the program and the engine load, by path; nothing of Swift's may be among it.
loaded() { ldd "$1" | awk '$3 ~ /^\// { print $3 } $1 ~ /^\// { print $1 }'; }
! ldd "$program" | grep -E 'libswift|libFoundation|not found' || die "the program loads a library that a machine without Swift lacks"

world=$scratch/world
mkdir -p -- "$world/opt" "$world/tmp" "$world/srv"
mv -- "$unpacked" "$world/opt/parlance"
allowed='^(ld-linux.*|lib(c|m|dl|rt|pthread|resolv|gcc_s|stdc\+\+|z))\.so(\.[0-9]+)*$'
for file in "$world/opt/parlance/bin/parlance" "$world"/opt/parlance/lib/parlance/*.so*; do
  loaded "$file"
done | sort -u | grep -v "^$world" | while read -r library; do
  [[ ${library##*/} =~ $allowed ]] || die "the tarball needs ${library##*/}, which a plain Debian need not have"
  mkdir -p -- "$world${library%/*}"
  cp -L -- "$library" "$world$library"
done

# In namespaces of its own: the program finds itself through /proc, and the mount is gone with the process.
mkdir -- "$world/proc"
chroot=$(PATH=$PATH:/usr/sbin:/sbin command -v chroot)
contained() {
  # shellcheck disable=SC2016 # expanded inside
  unshare --map-root-user --mount --pid --fork sh -c \
    'mount -t proc proc "$0/proc" && world=$0 chroot=$1 && shift && exec env -i "$chroot" "$world" "$@"' \
    "$world" "$chroot" "$@"
}
run() { contained /opt/parlance/bin/parlance "$@"; }
if ! contained /opt/parlance/bin/parlance --version >/dev/null 2>&1; then
  say "No namespaces here; running the program in the ordinary root folder, with an empty environment."
  run() { env -i "$world/opt/parlance/bin/parlance" "$@"; }
  ordinary=1
fi
version=$(run --version)
[ -n "$version" ] || die "the program in the tarball does not say its version"
run --help >/dev/null
# doctor names the engine that it loaded.
run doctor --json >"$scratch/doctor.json" || die "doctor fails on a machine without Swift" "$(cat -- "$scratch/doctor.json")"
grep -q 'libparlance-torch.so' "$scratch/doctor.json" || die "the engine of the tarball was not found" "$(cat -- "$scratch/doctor.json")"

# Encoding and searching need the program alone.
mv -- "$world/opt/parlance/lib" "$scratch/engine"
cp -r -- "$root/Tests/CheckpointsTests/Goldens/bert-old-names" "$world/srv/model"
printf '{"_id": "%s", "text": "%s"}\n' one "undo a commit" two "delete a branch" >"$world/srv/passages.jsonl"
place=/srv
[ -z "${ordinary:-}" ] || place=$world/srv
run index build --model "$place/model" --passages "$place/passages.jsonl" --out "$place/index" >/dev/null 2>&1 ||
  die "the program does not encode without the engine"
run search --index "$place/index" --model "$place/model" --json "undo" 2>/dev/null | grep -q '"hits"' ||
  die "the program does not search without the engine"
say "parlance $version runs from its tarball without Swift, the engine with it."
