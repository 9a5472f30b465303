#!/usr/bin/env bash
# Brings libtorch: the libraries and headers out of torch's CPU wheel, into .deps/libtorch. LIBTORCH=/path uses one that
# is there instead, CPU or CUDA.
. "$(dirname -- "${BASH_SOURCE[0]}")/places.sh"
. "$root/Scripts/setup/staging.sh"
. "$root/Scripts/setup/pip.sh"
. "$root/Scripts/setup/torch-wheel.sh"

complete() { [ -e "$1/lib/libtorch_cpu.so" ] || [ -e "$1/lib/libtorch_cpu.dylib" ]; }

if [ -n "${LIBTORCH:-}" ]; then
  { complete "$LIBTORCH" && [ -d "$LIBTORCH/include/torch" ]; } || die "LIBTORCH=$LIBTORCH is not a libtorch folder" \
    "expected lib/libtorch_cpu.so and include/torch/ in it"
  exit 0
fi

# A folder or link without our note was put there by hand and is left alone.
current() {
  complete "$libtorch" || return 1
  [ ! -f "$libtorch/FROM" ] || [ "$(head -n 1 "$libtorch/FROM")" = "torch $torch_version" ]
}

if current; then exit 0; fi
lock "$deps"
if current; then exit 0; fi

tag=$(python_tag)
case $tag in
  cp310 | cp311 | cp312 | cp313 | cp314) wheel=$(torch_wheel "$tag") ;;
  # The libraries do not depend on the interpreter; take those of a Python that torch is built for.
  *) wheel=$(torch_wheel cp312 --python-version 3.12 --platform "manylinux_2_28_$(uname -m)") ;;
esac

say "Unpacking libtorch $torch_version."
staged=$(stage "$deps")
version=${wheel##*/torch-}
"$python" "$root/Scripts/setup/unpack-wheel.py" "$wheel" "$staged" \
  torch/lib/=lib/ torch/include/=include/ torch/version.py=version.py \
  "torch-${version%%-*}.dist-info/licenses/=licenses/"
# What only Python and torch's own tests load.
rm -f -- "$staged"/lib/libtorch_python.* "$staged"/lib/*_test.* "$staged"/lib/libbackend_with_compiler.* \
  "$staged"/lib/libaoti_custom_ops.* "$staged"/lib/libshm.*
printf 'torch %s\n%s\nsha256 %s\n' "$torch_version" "${wheel##*/}" "$(sha256_of "$wheel")" >"$staged/FROM"
publish "$staged" "$deps/libtorch"
