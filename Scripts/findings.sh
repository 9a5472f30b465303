#!/usr/bin/env bash
# Runs the experiments of Documentation/FINDINGS.md and draws each as a page:
#   findings.sh DATA WORK [--quick] [--primary] [--dry-run]
# DATA has the sets mtrag, qrecc and cast_ikat (conversations, rewrites, passages, qrels.txt). WORK gets vectors and teachers, a
# folder for each sweep and a page beside it. The arms of the primary hypotheses come first, then the others, then MTRAG's test
# half; runs that several sweeps have are done once. --primary stops after the first part. --quick is a part of it, under an hour
# on 2 idle cores, without the test half; --dry-run tells the arms and how long they will take. Stopped or killed, the same
# command goes on.
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"

usage="findings.sh DATA WORK [--quick] [--primary] [--dry-run]"
[ "$#" -ge 2 ] || die "$usage"
data=$(cd -- "$1" && pwd -P)
mkdir -p -- "$2/data"
work=$(cd -- "$2" && pwd -P)
shift 2
kind=full
options=()
is_primary=
is_dry=
for option in "$@"; do
  case $option in
    --quick)
      kind=quick
      options+=(--quick)
      ;;
    --primary) is_primary=1 ;;
    --dry-run)
      is_dry=1
      options+=(--dry-run)
      ;;
    *) die "there is no option $option" "$usage" ;;
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

sweeps=(a-objective b-sampling c-samples d-sparsity e-reference)

# The arms that the primary hypothesis of a sweep compares, a line each.
primary_arms() {
  case $1 in
    a-objective) printf '%s\n' "KLD alone" "w .1, tau .08" ;;
    b-sampling) printf '%s\n' uniform hardest ;;
    c-samples) printf '%s\n' 1 16 256 ;;
    d-sparsity) printf '%s\n' none high ;;
    e-reference) printf '%s\n' "none of them" "all of them" ;;
  esac
}

# sweep NAME [OPTION...]: what other sweeps have done already is taken over.
sweep() {
  local name=$1 others=() folder
  shift
  for folder in "${sweeps[@]}"; do
    [ ! -e "$kind/$folder/sweep.yaml" ] || others+=("$kind/$folder")
  done
  [ "${#others[@]}" -eq 0 ] || others=(--reuse "${others[@]}")
  say "$name"
  "$parlance" sweep "Recipes/findings/$name.yaml" --out "$kind/$name" "${options[@]+"${options[@]}"}" \
    "${others[@]+"${others[@]}"}" "$@"
}

# report NAME [OPTION...]: of the arms that are finished.
report() {
  [ -z "$is_dry" ] || return 0
  local name=$1
  shift
  "$parlance" report "$kind/$name" --passages "$data"/{mtrag,qrecc,cast_ikat}/passages.jsonl --out "$kind/$name.html" "$@"
}

if [ -n "$is_primary" ] || [ -z "$is_dry" ]; then
  for name in "${sweeps[@]}"; do
    arms=()
    while read -r arm; do arms+=("$arm"); done < <(primary_arms "$name")
    sweep "$name" --arms "${arms[@]}"
    report "$name"
  done
fi
[ -z "$is_primary" ] || exit 0

for name in "${sweeps[@]}"; do sweep "$name"; done
[ "$kind" = quick ] || sweep test
for name in "${sweeps[@]}"; do report "$name"; done
if [ "$kind" = full ] && [ -z "$is_dry" ]; then
  # Faults, which turns that training shares are, do not stop it.
  "$parlance" data check "$data/mtrag" --json >leaks.json || [ "$?" -eq 65 ]
  report test --leave-out leaks.json
fi
