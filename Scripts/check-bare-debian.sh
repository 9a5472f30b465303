#!/usr/bin/env bash
# Checks on a bare Debian 12 that the program's tarball encodes, indexes and searches: in a root folder that debootstrap makes,
# with the packages that every Debian has, without Swift and without libtorch.
#   check-bare-debian.sh TARBALL [BASE]    BASE: a folder that keeps the base system for the next time
# As root, with debootstrap (apt-get install debootstrap); it downloads some 70 MB from Debian, which is why continuous integration
# runs check-tarball.sh instead, whose root folder has the same libraries.
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"

[ $# -ge 1 ] || die "which tarball?" "usage: check-bare-debian.sh TARBALL [BASE]; make tarball makes one in dist/"
[ "$(id -u)" = 0 ] || die "debootstrap and chroot need root"
tarball=$1
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
base=${2:-$scratch/base}
[ -x "$base/usr/bin/dpkg" ] || debootstrap --variant=minbase bookworm "$base" >&2

world=$scratch/world
cp -a -- "$base" "$world"
tar -xzf "$tarball" -C "$world/opt"
cp -rL -- "${MODEL:-$deps/models/splade-tiny}" "$world/srv/model"
cat >"$world/srv/passages.jsonl" <<'PASSAGES'
{"_id": "git", "title": "Undoing", "text": "git reset moves the branch back to the commit before the last one."}
{"_id": "ssh", "title": "Keys", "text": "A key without a passphrase is read by whoever reads the file."}
{"_id": "tar", "title": "Archives", "text": "tar keeps owners and modes of the files that it packs."}
PASSAGES

# In namespaces of its own: Swift reads a process's arguments from /proc, and the mount is gone with the process.
chroot=$(PATH=$PATH:/usr/sbin:/sbin command -v chroot)
run() {
  # shellcheck disable=SC2016 # expanded inside
  unshare --mount --pid --fork sh -c \
    'mount -t proc proc "$0/proc" && exec env -i HOME=/srv LC_ALL=C.UTF-8 "$1" "$0" sh -c "cd /srv && $2"' \
    "$world" "$chroot" "$1"
}
program=$(cd -- "$world" && echo opt/parlance-*/bin/parlance)
[ -x "$world/$program" ] || die "the tarball holds no program"
! run "ls /usr/lib/*/libtorch* /usr/lib/*/libswift*" >/dev/null 2>&1 || die "the base system is not bare"
run "/$program encode --model model --passages passages.jsonl --out passages.vectors"
run "/$program index build --vectors passages.vectors --passages passages.jsonl --out index"
for round in first second; do
  answer=$(run "/$program search --index index --model model --timings --json 'how do I undo the last commit'")
  echo "$answer" | grep -q '"id" : "git"' || die "the $round search does not find the passage" "$answer"
done
version=$(run "/$program --version")
say "parlance $version encodes and searches on Debian $(cat -- "$base/etc/debian_version"), $(du -h --apparent-size -- "$tarball" | cut -f 1) of tarball."
