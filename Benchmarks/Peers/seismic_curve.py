"""What Seismic finds and what it takes, over its settings: seismic_curve.py PASSAGES.jsonl QUERIES.jsonl RUN.trec DEPTH

PASSAGES and QUERIES as `parlance vectors export --to seismic` writes them; RUN is an exact search of the same queries
(`parlance search --run`), against which recall is counted. One thread; processor time of a query, the best of three rounds
over all of them. Needs `make judges judges-engines`.
"""

import os

os.environ["OMP_NUM_THREADS"] = os.environ["RAYON_NUM_THREADS"] = "1"

import json
import sys
import time

import numpy
import seismic

passages, queries, run, depth = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
exact = {}
with open(run, encoding="utf-8") as file:
    for line in file:
        query, _, passage, rank, *_ = line.split()
        if int(rank) <= depth:
            exact.setdefault(query, set()).add(passage)
with open(queries, encoding="utf-8") as file:
    asked = [json.loads(line) for line in file]
asked = [query for query in asked if query["id"] in exact]
began = time.process_time()
index = seismic.SeismicIndex.build(
    passages, n_postings=6000, centroid_fraction=0.1, min_cluster_size=2, summary_energy=0.4, load_content=False, num_threads=1)
print(f"built in {time.process_time() - began:.0f} processor seconds; {len(asked)} queries", flush=True)
text = seismic.get_seismic_string()
prepared = [
    (query["id"], numpy.array(list(query["vector"]), dtype=text), numpy.array(list(query["vector"].values()), dtype=numpy.float32))
    for query in asked
]
print("| terms taken | heap factor | recall | processor ms a query |\n| --- | --- | --- | --- |")
for cut in (3, 5, 8, 12, 20, 40, 1000):
    for heap in (0.7, 0.8, 0.9, 1.0):
        best = float("inf")
        for _ in range(3):
            began = time.process_time()
            found = [
                index.search(query_id="", query_components=terms, query_values=weights, k=depth, query_cut=cut, heap_factor=heap)
                for _, terms, weights in prepared
            ]
            best = min(best, time.process_time() - began)
        hits = sum(len(exact[name] & {passage for _, _, passage in answer}) for (name, _, _), answer in zip(prepared, found))
        print(f"| {cut} | {heap} | {hits / sum(map(len, exact.values())):.4f} | {1000 * best / len(prepared):.3f} |", flush=True)
