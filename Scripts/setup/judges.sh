#!/usr/bin/env bash
# Brings the judges that tests compare with: .deps/judges, an interpreter at bin/python with the packages of judges.txt,
# .deps/judges-5, what PYTHONPATH adds to it for sentence-transformers 5, and .deps/judges-model, a small language model.
# What cannot be had is said, and the tests that need it are then skipped. JUDGES=0 does without them;
# PARLANCE_REQUIRE_JUDGES=1 makes a missing judge an error. .deps/judges-promtool, which reads metrics as Prometheus does,
# comes from Debian's package where there is one.
. "$(dirname -- "${BASH_SOURCE[0]}")/places.sh"
. "$root/Scripts/setup/staging.sh"
. "$root/Scripts/setup/pip.sh"
. "$root/Scripts/setup/torch-wheel.sh"

without() {
  [ "${PARLANCE_REQUIRE_JUDGES:-0}" != 1 ] || die "$1"
  say "Going on without the judges: $1" "The tests that compare with them will be skipped."
  exit 0
}

[ "${JUDGES:-1}" != 0 ] || without "JUDGES=0"

# Each list is copied into its folder; a folder without the copy was put there by hand and is left alone.
current() {
  local place=$deps/$1 list=$root/Scripts/setup/$1.txt
  [ -d "$place" ] && { [ ! -f "$place/$1.txt" ] || cmp -s "$list" "$place/$1.txt"; }
}
has_promtool() { [ -x "$deps/judges-promtool/promtool" ] || ! { command -v apt-get && command -v dpkg-deb; } >/dev/null; }
current_all() {
  [ -x "$deps/judges/bin/python" ] && current judges && current judges-5 && current judges-model && has_promtool
}

if current_all; then exit 0; fi
lock "$deps"
if current_all; then exit 0; fi

# Of torch's wheel: its own tests and their programs, 130 MB, go, and what the engine's libtorch has too becomes one file with it.
slim_torch() {
  local torch=$1 library copy
  rm -rf -- "$torch/test"
  [ ! -d "$torch/bin" ] || find "$torch/bin" -type f ! -name torch_shm_manager -exec rm -f -- {} +
  for library in "$deps"/libtorch/lib/*; do
    copy=$torch/lib/${library##*/}
    # Another disk cannot have the same file.
    if [ -f "$copy" ] && cmp -s -- "$library" "$copy"; then ln -f -- "$library" "$copy" 2>/dev/null || :; fi
  done
}

# Installs the packages of a list: install_list NAME STAGED PACKAGES [pip option...]
install_list() {
  local name=$1 staged=$2 packages=$3
  shift 3
  mkdir -- "$staged/tmp"
  if ! TMPDIR=$staged/tmp pip install --quiet --no-cache-dir --no-compile --no-warn-conflicts --prefer-binary \
    --target "$packages" --requirement "$root/Scripts/setup/$name.txt" "$@"; then
    rm -rf -- "$staged"
    without "pip could not install the packages of Scripts/setup/$name.txt"
  fi
  rm -rf -- "$staged/tmp"
  [ ! -d "$packages/torch" ] || slim_torch "$packages/torch"
  cp -- "$root/Scripts/setup/$name.txt" "$staged/$name.txt"
  publish "$staged" "$deps/$name"
}

if ! { [ -x "$deps/judges/bin/python" ] && current judges; }; then
  tag=$(python_tag)
  wheel=$(torch_wheel "$tag") || without "torch $torch_version has no wheel for this Python ($tag)"
  say "Installing the judges (Python packages that the tests compare with; about 1.5 GB)."
  staged=$(stage "$deps")
  # Without pip in it, so that Debian's python3-venv is not needed; the packages are put straight into its folder.
  "$python" -m venv --without-pip -- "$staged" || { rm -rf -- "$staged"; without "$python has no venv module"; }
  packages=$("$staged/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  install_list judges "$staged" "$packages" "$wheel"
fi
for name in judges-5 judges-model; do
  current "$name" && continue
  staged=$(stage "$deps")
  install_list "$name" "$staged" "$staged" --no-deps
done
if ! has_promtool; then
  staged=$(stage "$deps")
  mkdir -- "$staged/package" "$staged/kept"
  if (cd -- "$staged/package" && apt-get -qq download prometheus && dpkg-deb -x prometheus_*.deb . \
    && mv -- usr/bin/promtool "$staged/kept/") >/dev/null 2>&1; then
    publish "$staged/kept" "$deps/judges-promtool"
  else
    say "No promtool: apt-get cannot fetch Debian's package prometheus. The tests that ask it will be skipped."
  fi
  rm -rf -- "$staged"
fi
