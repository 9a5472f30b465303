"""Searches in other engines and compares with our runs: check-engines.py, in the folder that check-engines.sh fills.

Two lists of 100 are the same when their scores are, place by place, and the passages are that score above the last one: of
those that score as the last, each engine may take others.
"""

import importlib.util
import json
import os
import sys
from glob import glob

import numpy

K = 100
# How many passages a block of BMP has.
BLOCK = 32


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def run(path):
    """Query to [(passage, score)], best first."""
    found = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            query, _, passage, _, score, _ = line.split()
            found.setdefault(query, []).append((passage, float(score)))
    return found


def bmp_queries():
    """Queries whose greatest weight is 32: BMP scales and rounds every query to that, and so leaves these as they are."""
    for line in sys.stdin:
        query = json.loads(line)
        greatest = max(query["vector"].values(), default=1)
        query["vector"] = {term: max(1, round(weight * 32 / greatest)) for term, weight in query["vector"].items()}
        print(json.dumps(query, ensure_ascii=False))


# Runs in TREC's form lower tied scores by the smallest float steps, ours and Anserini's, and all of a list may be tied.
# Whole scores differ by more up to 83,000; none here is near that.
TIES = K * 2**-23


def report(name, ours, theirs, queries, tolerance=TIES):
    """Says how many lists are the same, and what share of our passages the other engine has."""
    same = shared = total = 0
    worst = 0.0
    for query in queries:
        one, other = ours.get(query, [])[:K], theirs.get(query, [])[:K]
        shared += len({passage for passage, _ in one} & {passage for passage, _ in other})
        total += len(one)
        scores, others = ([score for _, score in found] for found in (one, other))
        if len(scores) == len(others):
            off = max((abs(a - b) / a for a, b in zip(scores, others)), default=0.0)
            worst = max(worst, off)
            least = scores[-1] * (1 + tolerance) if scores else 0
            above = ({passage for passage, score in found if score > least} for found in (one, other))
            same += off <= tolerance and next(above) <= {p for p, _ in other} and next(above) <= {p for p, _ in one}
        else:
            worst = float("inf")
    print(f"{name:10} {same} of {len(queries)} lists the same; {shared} of {total} passages; scores off by up to {worst:.1e}")
    return same == len(queries)


def but_for_a_block(ours, theirs, queries):
    """Says how many of BMP's lists are ours without the passages of one of its blocks."""
    block = {passage["id"]: number // BLOCK for number, passage in enumerate(lines("passages.jsonl"))}
    same = 0
    for query in queries:
        # Ours are BLOCK longer.
        one, other = ours.get(query, []), [score for _, score in theirs.get(query, [])]
        for left_out in {None} | {block[passage] for passage, _ in one[:K]}:
            scores = [score for passage, score in one if block[passage] != left_out][:K]
            if len(scores) == len(other) and all(abs(a - b) <= TIES * a for a, b in zip(scores, other)):
                same += 1
                break
    print(f"{'':10} {same} of {len(queries)} lists the same but for at most one block of {BLOCK} passages")
    return same == len(queries)


def pisa(ciff):
    """PISA's own files out of CIFF, read by ciff-toolkit, then PISA's MaxScore."""
    from ciff_toolkit.read import CiffReader

    place = next(path for folder in sys.path for path in glob(os.path.join(folder, "pyterrier_pisa", "_pisathon*.so")))
    spec = importlib.util.spec_from_file_location("_pisathon", place)
    native = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(native)
    os.makedirs("pisa")
    with CiffReader(ciff) as reader, open("pisa/inv.docs", "wb") as docs, open("pisa/inv.freqs", "wb") as freqs, \
            open("pisa/fwd.terms", "w", encoding="utf-8") as terms:
        header = reader.read_header()
        numpy.array([1, header.num_docs], numpy.uint32).tofile(docs)
        for postings in reader.read_postings_lists():
            gaps = numpy.array([posting.docid for posting in postings.postings], numpy.uint32)
            numpy.concatenate([[len(gaps)], numpy.cumsum(gaps)]).astype(numpy.uint32).tofile(docs)
            numpy.array([len(gaps)] + [posting.tf for posting in postings.postings], numpy.uint32).tofile(freqs)
            terms.write(postings.term + "\n")
        records = list(reader.read_documents())
    with open("pisa/fwd.documents", "w", encoding="utf-8") as documents:
        documents.writelines(record.collection_docid + "\n" for record in records)
    numpy.array([len(records)] + [record.doclength for record in records], numpy.uint32).tofile("pisa/inv.sizes")
    native.build_binlex("pisa/fwd.documents", "pisa/fwd.doclex")
    native.build_binlex("pisa/fwd.terms", "pisa/fwd.termlex")
    context = native.RetrievalContext()
    native.prepare_index(context, "pisa", "block_simdbp", "quantized", "", quantize=0, stop_fname="")
    queries = lines("queries.jsonl")
    size = len(queries) * K
    numbers, ranks = numpy.zeros(size, numpy.int32), numpy.zeros(size, numpy.int32)
    passages, scores = numpy.empty(size, object), numpy.zeros(size, numpy.float32)
    asked = [(number, {term: float(weight) for term, weight in query["vector"].items()})
             for number, query in enumerate(queries)]
    count = native.retrieve(
        context, "maxscore", asked, k=K, threads=1, query_weighted=1, pretokenised=True, result_qidxs=numbers,
        result_docnos=passages, result_ranks=ranks, result_scores=scores)
    found = {}
    for place in range(count):
        found.setdefault(queries[numbers[place]]["id"], []).append((passages[place], float(scores[place])))
    return found


def bmp(ciff):
    import bmp

    bmp.ciff2bmp(ciff_file=ciff, output="small.bmp", bsize=BLOCK, compress_range=False)
    searcher = bmp.Searcher("small.bmp")
    found = {}
    for query in lines("bmp-queries.jsonl"):
        passages, scores = searcher.search({term: float(weight) for term, weight in query["vector"].items()}, k=K, alpha=1.0, beta=1.0)
        found[query["id"]] = list(zip(passages, scores))
    return found


def seismic(path):
    import seismic

    index = seismic.SeismicIndex.build(
        path, n_postings=1_000_000, centroid_fraction=0.01, min_cluster_size=2, summary_energy=1.0, load_content=False,
        num_threads=1)
    text = seismic.get_seismic_string()
    found = {}
    for query in lines("queries.seismic.jsonl"):
        answer = index.search(
            query_id=query["id"], query_components=numpy.array(list(query["vector"]), dtype=text),
            query_values=numpy.array(list(query["vector"].values()), dtype=numpy.float32), k=K, query_cut=1000,
            heap_factor=1.0)
        found[query["id"]] = [(passage, score) for _, score, passage in answer]
    return found


def main():
    if sys.argv[1:] == ["bmp-queries"]:
        return bmp_queries()
    good = True
    queries = [query["id"] for query in lines("queries.jsonl")]
    good &= report("PISA", run("pisa.trec"), pisa("passages.ciff"), queries)
    # BMP 0.2.8 goes through its blocks from the greatest bound on and never scores the last one whose bound is above what it
    # begins with. A dense query, which nothing ends before, loses what that block has of its best.
    ours, theirs = run("bmp.trec"), bmp("small.ciff")
    report("BMP", ours, theirs, queries)
    good &= but_for_a_block(ours, theirs, queries)
    if os.path.exists("anserini-found.trec"):
        good &= report("Anserini", run("anserini.trec"), run("anserini-found.trec"), queries)
    # Seismic keeps half-precision weights and skips by summaries of clusters, so it is not asked to be exact.
    report("Seismic", run("seismic.trec"), seismic("passages.jsonl"), queries, tolerance=2e-3)
    sys.exit(0 if good else 1)


main()
