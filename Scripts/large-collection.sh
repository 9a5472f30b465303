#!/usr/bin/env bash
# A large collection of real passages for benchmarks: the documentation in 26 Debian packages, cut and encoded:
#   large-collection.sh WORK
# WORK gets passages.jsonl (at most 10,000 passages of each package, 232,000 in all) and passages.vectors, which take about
# 4 GB of disk on the way. Stopped or killed, the same command goes on.
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"
. "$root/Scripts/setup/debian.sh"

[ $# -eq 1 ] || die "large-collection.sh WORK"
mkdir -p -- "$1/cut"
work=$(cd -- "$1" && pwd -P)
parlance=${PARLANCE:-$root/.build/release/parlance}
[ -x "$parlance" ] || die "there is no program at $parlance" "make release"
packages=(
  apache2-doc cmake-doc debian-policy erlang-doc ghc-doc gimp-help-en lazarus-doc-2.2 libboost1.81-doc libglib2.0-doc libgtk-3-doc
  libreoffice-help-en-us lilypond-doc-html linux-doc-6.1 ns3-doc octave-doc openjdk-17-doc postgresql-doc-15
  python-django-doc python-pandas-doc python-scipy-doc python-sympy-doc python3.11-doc qtbase5-doc-html qtdeclarative5-doc-html
  rust-doc sqlite3-doc
)

cd -- "$work"
missing=()
for package in "${packages[@]}"; do
  [ -e "cut/$package.jsonl" ] || compgen -G "debs/${package}_*.deb" >/dev/null || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] || fetch_packages "$work" "${missing[@]}"
for package in "${packages[@]}"; do
  [ ! -e "cut/$package.jsonl" ] || continue
  rm -rf -- documents
  mkdir documents
  dpkg-deb --fsys-tarfile debs/"${package}"_*.deb |
    tar -x -C documents --wildcards --no-anchored '*.html' '*.htm' '*.txt' '*.txt.gz' 2>/dev/null || true
  "$parlance" passages documents --words 100 --max-words 200 --out cut/whole.jsonl
  # awk reads to the end, so that nobody writes into a closed pipe.
  awk 'NR <= 10000' cut/whole.jsonl >"cut/$package.part"
  rm -rf -- documents cut/whole.jsonl
  mv -- "cut/$package.part" "cut/$package.jsonl"
done
if [ ! -e passages.jsonl ]; then
  cuts=("${packages[@]/#/cut/}")
  # Ids begin with the path in the package, which tells packages apart.
  cat -- "${cuts[@]/%/.jsonl}" >passages.part
  mv -- passages.part passages.jsonl
fi
[ -e passages.vectors ] || "$parlance" encode --model "$deps/models/splade-tiny" --passages passages.jsonl --out passages.vectors
say "$(wc -l <passages.jsonl) passages in $work"
