#!/usr/bin/env bash
# Brings the judges that tests compare with, into .deps/judges: an interpreter at bin/python with the packages of
# judges.txt. What cannot be had is said, and the tests that need it are then skipped. JUDGES=0 does without them;
# PARLANCE_REQUIRE_JUDGES=1 makes a missing judge an error.
. "$(dirname -- "${BASH_SOURCE[0]}")/places.sh"
. "$root/Scripts/setup/staging.sh"
. "$root/Scripts/setup/pip.sh"
. "$root/Scripts/setup/torch-wheel.sh"

list=$root/Scripts/setup/judges.txt
place=$deps/judges

without() {
  [ "${PARLANCE_REQUIRE_JUDGES:-0}" != 1 ] || die "$1"
  say "Going on without the judges: $1" "The tests that compare with them will be skipped."
  exit 0
}

[ "${JUDGES:-1}" != 0 ] || without "JUDGES=0"

# The list is copied into the folder; a folder without the copy was put there by hand and is left alone.
current() { [ -x "$place/bin/python" ] && { [ ! -f "$place/judges.txt" ] || cmp -s "$list" "$place/judges.txt"; }; }

if current; then exit 0; fi
lock "$deps"
if current; then exit 0; fi

tag=$(python_tag)
wheel=$(torch_wheel "$tag") || without "torch $torch_version has no wheel for this Python ($tag)"

say "Installing the judges (Python packages that the tests compare with; about 1.5 GB)."
staged=$(stage "$deps")
# Without pip in it, so that Debian's python3-venv is not needed; the packages are put straight into its folder.
"$python" -m venv --without-pip -- "$staged" || { rm -rf -- "$staged"; without "$python has no venv module"; }
packages=$("$staged/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
mkdir -- "$staged/tmp"
if ! TMPDIR=$staged/tmp pip install --quiet --no-cache-dir --no-compile --no-warn-conflicts --prefer-binary --target "$packages" \
  --requirement "$list" "$wheel"; then
  rm -rf -- "$staged"
  without "pip could not install the packages of ${list#"$root"/}"
fi
rm -rf -- "$staged/tmp"
cp -- "$list" "$staged/judges.txt"
publish "$staged" "$place"
