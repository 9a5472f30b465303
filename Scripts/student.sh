#!/usr/bin/env bash
# Trains the student of Recipes/best.yaml and measures it on MTRAG's test conversations:
#   student.sh DATA WORK [SEED...]
# DATA has the sets mtrag, qrecc and cast_ikat (conversations, rewrites, passages, qrels.txt); WORK gets the vectors, the
# teachers and a run for each seed (123 124 125). MARCO_WEAK=0.1 adds a tenth of DATA's marco_weak in each epoch: runs of their
# own, and a teacher of 45,000 queries to make first. What is there already is not made again, and a training that was
# stopped goes on: about 3 minutes for the vectors and 1 to 2 for each seed on 2 cores.
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"

[ "$#" -ge 2 ] || die "student.sh DATA WORK [SEED...]"
data=$(cd -- "$1" && pwd -P)
mkdir -p -- "$2"
work=$(cd -- "$2" && pwd -P)
shift 2
[ "$#" -gt 0 ] || set -- 123 124 125
model=$deps/models/splade-tiny
parlance=${PARLANCE:-$root/.build/release/parlance}
[ -x "$parlance" ] || die "there is no program at $parlance" "make release"
threads=(${THREADS:+--threads "$THREADS"})

cd -- "$work"
cat -- "$data"/{mtrag,qrecc,cast_ikat}/passages.jsonl >all.jsonl
[ -f all.vectors ] || "$parlance" encode --model "$model" --passages all.jsonl --out all.vectors "${threads[@]}"
[ -d all.index ] || "$parlance" index build --vectors all.vectors --out all.index

# teach SET CONVERSATIONS NAME... [OPTION...]: a teacher of a set's rewrites.
teach() {
  local set=$1 conversations=$2 rewrites=()
  shift 2
  while [ "$#" -gt 0 ] && [ "${1#--}" = "$1" ]; do
    rewrites+=("$data/$set/rewrites/$1.jsonl")
    shift
  done
  [ -f "$set.teacher" ] || "$parlance" teach --index all.index --vectors all.vectors --model "$model" \
    --conversations "$data/$set/$conversations" --rewrites "${rewrites[@]}" "$@" --out "$set.teacher"
}
teach mtrag conversations.train.jsonl claude_sonnet45_targeted official mixtral_targeted dh_rag_lite qwen35_4b \
  mmr_cluster --weights 2,2,2,2,1,1
teach qrecc conversations.jsonl human chatgpt_icl chatgpt_editor
teach cast_ikat conversations.jsonl human

recipe=$root/Recipes/best.yaml
kind=student
weak=()
if [ -n "${MARCO_WEAK:-}" ]; then
  teach marco_weak conversations.jsonl original
  kind=student-weak
  sed 's/^  #\([- ] \)/  \1/' "$recipe" >weak.yaml
  recipe=$work/weak.yaml
  weak=(--set "data.3.conversations=$data/marco_weak/conversations.jsonl" --set data.3.teacher=marco_weak.teacher
    --set "data.3.share=$MARCO_WEAK")
fi

# The test's collection is MTRAG's own passages, which come first in all.jsonl.
if [ ! -d mtrag.index ]; then
  "$parlance" vectors export all.vectors --to jsonl --out all-vectors.jsonl
  head -n "$(wc -l <"$data/mtrag/passages.jsonl")" all-vectors.jsonl |
    "$parlance" vectors import - --like all.vectors --out mtrag.vectors
  rm -- all-vectors.jsonl
  "$parlance" index build --vectors mtrag.vectors --out mtrag.index --weights f32
fi
grep -o '"id": *"[^"]*"' "$data/mtrag/conversations.test.jsonl" | sed 's/.*"\([^"]*\)"$/\1/' >test.ids
awk 'NR == FNR { wanted[$1]; next } $1 in wanted' test.ids "$data/mtrag/qrels.txt" >test.qrels

search() {
  local name=$1 model=$2
  shift 2
  "$parlance" search --index mtrag.index --model "$model" --conversations "$data/mtrag/conversations.test.jsonl" \
    --k 1000 --run "$name.trec" "${threads[@]}" "$@"
}
search last-turn "$model" --form last-turn
search conversation "$model" --form conversation
runs=(last-turn.trec conversation.trec)
for seed in "$@"; do
  run=$kind-$seed
  again=()
  [ ! -d "$run" ] || again=(--resume)
  "$parlance" train "$recipe" --out "$run" --set "optimisation.seed=$seed" \
    --set "student.model=$model" --set vectors=all.vectors "${threads[@]}" "${again[@]}" \
    --set "data.0.conversations=$data/mtrag/conversations.train.jsonl" --set data.0.teacher=mtrag.teacher \
    --set "data.0.qrels=$data/mtrag/qrels.txt" \
    --set "data.1.conversations=$data/qrecc/conversations.jsonl" --set data.1.teacher=qrecc.teacher \
    --set "data.2.conversations=$data/cast_ikat/conversations.jsonl" --set data.2.teacher=cast_ikat.teacher \
    --set "data.2.qrels=$data/cast_ikat/qrels.txt" ${weak[@]+"${weak[@]}"}
  search "$run" "$run/student" --form conversation --tag "$run"
  "$parlance" encode --model "$run/student" --conversations "$data/mtrag/conversations.test.jsonl" \
    --form conversation --out "$run.vectors" "${threads[@]}"
  "$parlance" flops --queries "$run.vectors" --vectors mtrag.vectors
  runs+=("$run.trec")
done
"$parlance" evaluate --qrels test.qrels "${runs[@]}" --baseline last-turn.trec \
  --conversations "$data/mtrag/conversations.test.jsonl" --measures "nDCG@3 R@10 R@100 RR"
