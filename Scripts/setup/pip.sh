# shellcheck shell=bash
# pip, whatever the person's configuration says about where it installs. Their index, proxy and certificates stay.

pip() {
  env -u PIP_TARGET -u PIP_PREFIX -u PIP_ROOT -u PIP_PLATFORM -u PIP_PYTHON -u PIP_DRY_RUN -u PIP_NO_BINARY \
    PIP_USER=0 PIP_ROOT_USER_ACTION=ignore PIP_REQUIRE_VIRTUALENV=0 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PYTHONNOUSERSITE= \
    "$python" -m pip "$@"
}

# Fetches one wheel into the folder TO: wheel_into TO REQUIREMENT [pip option...]. pip checks the digest that the index
# gives. The wheel lands beside and is renamed, so a wheel under its own name is a whole one.
wheel_into() {
  local to=$1 requirement=$2
  shift 2
  local beside
  beside=$(stage "$to")
  if ! pip download --quiet --no-cache-dir --no-deps --only-binary :all: --dest "$beside" "$@" "$requirement"; then
    rm -rf -- "$beside"
    return 1
  fi
  mv -- "$beside"/*.whl "$to/"
  rm -rf -- "$beside"
}
