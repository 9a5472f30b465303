#!/usr/bin/env bash
# Runs the experiments of Documentation/FINDINGS.md and draws each as a page:
#   findings.sh DATA WORK [--quick] [--dry-run]
# DATA has the sets mtrag, qrecc and cast_ikat (conversations, rewrites, passages, qrels.txt). WORK gets vectors and teachers, a
# folder for each sweep and a page beside it. --quick is a part of it, under an hour on 2 idle cores; --dry-run tells the arms and
# how long they will take. Stopped or killed, the same command goes on.
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"

[ "$#" -ge 2 ] || die "findings.sh DATA WORK [--quick] [--dry-run]"
data=$(cd -- "$1" && pwd -P)
mkdir -p -- "$2/data"
work=$(cd -- "$2" && pwd -P)
shift 2
kind=full
options=()
is_dry=
for option in "$@"; do
  case $option in
    --quick)
      kind=quick
      options+=(--quick)
      ;;
    --dry-run) is_dry=1 ;;
    *) die "findings.sh knows --quick and --dry-run, not $option" ;;
  esac
done
parlance=${PARLANCE:-$root/.build/release/parlance}
[ -x "$parlance" ] || die "there is no program at $parlance" "make release"

cd -- "$work"
for set in mtrag qrecc cast_ikat; do
  [ -d "$data/$set" ] || die "there is no set $set in $data"
  ln -sfn -- "$data/$set" "data/$set"
done
mkdir -p -- .deps
ln -sfn -- "$deps/models" .deps/models
ln -sfn -- "$root/Recipes" Recipes

sweeps=(a-objective d-sparsity c-samples b-sampling e-reference)
for sweep in "${sweeps[@]}"; do
  if [ -n "$is_dry" ]; then
    say "$sweep"
    "$parlance" sweep "Recipes/findings/$sweep.yaml" "${options[@]+"${options[@]}"}" --out "$kind/$sweep" --dry-run
  else
    "$parlance" sweep "Recipes/findings/$sweep.yaml" "${options[@]+"${options[@]}"}" --out "$kind/$sweep"
    "$parlance" report "$kind/$sweep" --passages "$data"/{mtrag,qrecc,cast_ikat}/passages.jsonl --out "$kind/$sweep.html"
  fi
done
