# shellcheck shell=bash
# Which wheel of torch, and how it comes into the cache. The engine's libraries and the judges' torch come out of the
# same file, so it is fetched once.

torch_version=2.13.0
torch_public_index=https://download.pytorch.org/whl/cpu
torch_digests=$root/Scripts/setup/torch-wheels.sha256

# The interpreter's tag: cp311.
python_tag() { "$python" -c 'import sys; print("cp%d%d" % sys.version_info[:2])'; }

# The wheel in the cache for the interpreter's tag and this processor, or nothing.
torch_wheel_cached() {
  local wheel
  for wheel in "$cache/wheels/torch-$torch_version"*"-$1-"*"_$(uname -m).whl"; do
    [ ! -f "$wheel" ] || printf '%s\n' "$wheel"
  done | tail -n 1
}

# Tries the indexes in turn: the one named, else the configured one, else PyTorch's own for CPUs. The plain version is
# asked for last and only where it is a CPU build (not on x86-64, where it brings gigabytes of CUDA).
fetch_torch_wheel() {
  local wanted="torch==$torch_version+cpu"
  if [ -n "${TORCH_INDEX:-}" ]; then
    local from=(--index-url "$TORCH_INDEX")
    [ ! -d "$TORCH_INDEX" ] || from=(--no-index --find-links "$TORCH_INDEX")
    wheel_into "$cache/wheels" "$wanted" "$@" "${from[@]}" && return
    die "TORCH_INDEX=$TORCH_INDEX does not give $wanted" \
      "PyTorch's public index of CPU wheels is $torch_public_index" \
      "or use a libtorch that is there: LIBTORCH=/path (a folder with lib/ and include/)"
  fi
  wheel_into "$cache/wheels" "$wanted" "$@" 2>/dev/null && return
  if [ "$(uname -s)-$(uname -m)" != Linux-x86_64 ]; then
    wheel_into "$cache/wheels" "torch==$torch_version" "$@" 2>/dev/null && return
  fi
  say "The configured package index has no $wanted; trying $torch_public_index"
  wheel_into "$cache/wheels" "$wanted" "$@" --retries 1 --index-url "$torch_public_index" && return
  die "no index gives $wanted" \
    "name one that does: TORCH_INDEX=URL (PyTorch's public index of CPU wheels is $torch_public_index)" \
    "or use a libtorch that is there: LIBTORCH=/path (a folder with lib/ and include/)"
}

# Prints the path of the wheel for TAG, fetched if need be, its digest checked against the committed list. It is called in a
# subshell, which holds the cache's lock no longer than that.
torch_wheel() {
  local tag=$1 wheel
  shift
  lock_cache
  mkdir -p -- "$cache/wheels"
  wheel=$(torch_wheel_cached "$tag")
  if [ -z "$wheel" ]; then
    say "Fetching torch $torch_version, CPU build (about 190 MB)."
    fetch_torch_wheel "$@"
    wheel=$(torch_wheel_cached "$tag")
    [ -n "$wheel" ] || die "pip fetched no wheel of torch for $tag on $(uname -m)"
  fi
  check_torch_wheel "$wheel"
  printf '%s\n' "$wheel"
}

# A wheel that the list knows must have the listed digest. For others pip compared the index's digest at the download,
# and unpacking compares each file with the wheel's RECORD.
check_torch_wheel() {
  local name=${1##*/} known
  known=$(awk -v name="$name" '$2 == name { print $1 }' "$torch_digests")
  if [ -n "$known" ] && [ "$known" != "$(sha256_of "$1")" ]; then
    rm -f -- "$1"
    die "$name is damaged: its sha256 is not $known" "it was deleted; run the same command again to fetch it anew"
  fi
}
