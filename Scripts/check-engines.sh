#!/usr/bin/env bash
# Loads our exports into other engines and compares what they find with what we find:
#
#   check-engines.sh PASSAGES.vectors QUERIES.vectors [PASSAGES] [QUERIES]
#
# takes the first PASSAGES (10000) and QUERIES (100), for PISA, BMP, Seismic and Anserini. Needs `make judges judges-engines`,
# a built program (PARLANCE names another) and, for Anserini, Java 17. Not part of the tests: it takes minutes.
. "$(dirname -- "${BASH_SOURCE[0]}")/setup/places.sh"

[ "$#" -ge 2 ] || die "expected two files of vectors" "check-engines.sh PASSAGES.vectors QUERIES.vectors [PASSAGES] [QUERIES]"
parlance=${PARLANCE:-$root/.build/release/parlance}
[ -x "$parlance" ] || die "no program at $parlance" "make release, or name one: PARLANCE=FILE"
judges=$deps/judges/bin/python engines=$deps/judges-engines
if ! { [ -x "$judges" ] && [ -d "$engines" ]; }; then die "the judges are not there" "make judges judges-engines"; fi

work=$(mktemp -d "${TMPDIR:-/tmp}/parlance-engines-XXXXXX")
trap 'rm -rf -- "$work"' EXIT
first() { "$parlance" vectors export "$1" --to jsonl --out - | sed -n "1,${2}p" | "$parlance" vectors import - --like "$1" --out "$3"; }
first "$1" "${3:-10000}" "$work/passages.vectors"
first "$2" "${4:-100}" "$work/queries.vectors"
cd -- "$work"

# Whole numbers for all of them: BMP adds up in 16 bits, and Anserini repeats a term as often as it weighs. A query's weights
# are whole as well, so that every engine's scores are whole and can be compared exactly.
"$parlance" vectors export passages.vectors --to ciff --out passages.ciff
"$parlance" vectors export queries.vectors --to anserini --greatest-impact 31 --out queries.jsonl
"$parlance" vectors export passages.vectors --to ciff --greatest-impact 31 --out small.ciff
mkdir json
"$parlance" vectors export passages.vectors --to anserini --greatest-impact 31 --out json/part.jsonl
"$parlance" vectors export queries.vectors --to anserini --greatest-impact 7 --out small-queries.jsonl
"$parlance" vectors export queries.vectors --to seismic --out queries.seismic.jsonl
"$judges" "$root/Scripts/check-engines.py" bmp-queries <queries.seismic.jsonl >bmp-queries.jsonl
"$parlance" vectors export queries.vectors --to anserini-topics --greatest-impact 7 --out topics.tsv
"$parlance" vectors export passages.vectors --to seismic --out passages.jsonl

# What we find in what was read back, a block of BMP's more than is compared: ours NAME PASSAGES FORMAT QUERIES FORMAT
ours() {
  "$parlance" index import "$2" --from "$3" --like passages.vectors --out "index-$1" >/dev/null
  "$parlance" vectors import "$4" --from "$5" --like queries.vectors --out "queries-$1.vectors"
  "$parlance" search --index "index-$1" --vectors "queries-$1.vectors" --k 132 --run "$1.trec" >/dev/null
}
ours pisa passages.ciff ciff queries.jsonl anserini
ours bmp small.ciff ciff bmp-queries.jsonl anserini
ours anserini json/part.jsonl anserini small-queries.jsonl anserini
ours seismic passages.jsonl seismic queries.seismic.jsonl seismic

if command -v java >/dev/null 2>&1; then
  jar=$(find "$engines/pyserini/pyserini/resources/jars" -name 'anserini-*-fatjar.jar')
  java -cp "$jar" io.anserini.index.IndexCollection -collection JsonVectorCollection -input json -index lucene \
    -generator DefaultLuceneDocumentGenerator -threads 1 -impact -pretokenized >lucene.log 2>&1 || { tail lucene.log >&2; die "Anserini does not index"; }
  java -cp "$jar" io.anserini.search.SearchCollection -index lucene -topics topics.tsv -topicreader TsvString -hits 100 \
    -impact -pretokenized -output anserini-found.trec >>lucene.log 2>&1 || { tail lucene.log >&2; die "Anserini does not search"; }
else
  say "No java: Anserini is left out."
fi
packages=$(find "$engines" -mindepth 1 -maxdepth 1 -type d | tr '\n' ':')
PYTHONPATH=${packages%:} LD_LIBRARY_PATH=$(find "$engines/tbb" -type d -name lib)${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} OMP_NUM_THREADS=1 "$judges" "$root/Scripts/check-engines.py"
