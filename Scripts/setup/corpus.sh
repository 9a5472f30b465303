#!/usr/bin/env bash
# Brings the demo corpus: the documentation in three Debian packages, into .deps/corpus/PACKAGE. apt fetches them with
# package lists of its own, so neither root nor the machine's own lists are needed; it checks them against the signed
# lists. DEMO_CORPUS=DIR uses any folder of documents instead.
. "$(dirname -- "${BASH_SOURCE[0]}")/places.sh"
. "$root/Scripts/setup/staging.sh"
. "$root/Scripts/setup/debian.sh"

packages='debian-faq debian-reference-en git-doc'
place=$deps/corpus

if [ -n "${DEMO_CORPUS:-}" ]; then
  [ -d "$DEMO_CORPUS" ] || die "DEMO_CORPUS=$DEMO_CORPUS is not a folder"
  exit 0
fi

if [ -f "$place/VERSIONS" ]; then exit 0; fi
lock "$deps"
if [ -f "$place/VERSIONS" ]; then exit 0; fi

instead='or use any folder of HTML, Markdown or text documents: make demo DEMO_CORPUS=/path'
for tool in apt-get dpkg-deb; do
  command -v "$tool" >/dev/null 2>&1 ||
    die "the demo corpus comes out of Debian packages, and this machine has no $tool" "$instead"
done

# The packages of one release of one system, with their digests: fetched once.
release=$(. /etc/os-release && printf '%s-%s' "$ID" "${VERSION_ID:-${VERSION_CODENAME:-rolling}}")
store=$cache/corpus/$release

stored() { [ -f "$store/SHA256SUMS" ] && (cd -- "$store" && sha256sum --check --status --strict SHA256SUMS); }

lock_cache
if ! stored; then
  say "Fetching the demo corpus: the Debian packages $packages."
  mkdir -p -- "$cache/corpus"
  work=$(stage "$cache/corpus")
  # shellcheck disable=SC2086 # a list of words
  fetch_packages "$work" $packages || die "apt could not fetch $packages" \
    "check the machine's package sources: $(sudo_word)apt-get update" "$instead"
  (cd -- "$work/debs" && sha256sum -- *.deb >SHA256SUMS)
  publish "$work/debs" "$store"
  rm -rf -- "$work"
fi

# The documents of a package: its HTML pages, by their path below the folder that holds them. Left out are links (a second
# name for the same page) and the text files (git-doc's are the sources that its pages were made from).
documents_of() {
  case $1 in
    debian-faq) printf 'usr/share/doc/debian/FAQ' ;;
    debian-reference-en) printf 'usr/share/debian-reference' ;;
    git-doc) printf 'usr/share/doc/git-doc' ;;
  esac
}

staged=$(stage "$deps")
for deb in "$store"/*.deb; do
  package=$(dpkg-deb --field "$deb" Package)
  whole=$staged/.whole
  mkdir -- "$staged/$package" "$whole"
  dpkg-deb --extract "$deb" "$whole"
  (cd -- "$whole/$(documents_of "$package")" && find . -type f -name '*.html' -print0 | LC_ALL=C sort -z | tar -c --null -T - -f -) |
    tar -x -C "$staged/$package" -f -
  cp -- "$whole/usr/share/doc/$package/copyright" "$staged/$package/copyright"
  chmod -R u+rwX "$whole"
  rm -rf -- "$whole"
  printf '%s %s %s\n' "$package" "$(dpkg-deb --field "$deb" Version)" "$(sha256_of "$deb")" >>"$staged/VERSIONS.part"
done
mv -- "$staged/VERSIONS.part" "$staged/VERSIONS"
chmod -R u+rwX,go+rX "$staged"
publish "$staged" "$place"
