"""Other search engines on the same vectors, one thread: engines.py TEXTS NAME FOLDER, NAME being pisa, bmp or seismic.

Lines as those of search.py. FOLDER has what SearchBenchmark exports: passages.ciff and queries.jsonl (impacts up to 255) for
PISA, small.ciff and small-queries.jsonl (up to 31, since BMP adds in 16 bits) for BMP, passages.jsonl and floats.jsonl for
Seismic. SEISMIC_CUT (1000: all) and SEISMIC_HEAP (1.0) are how many terms of a query Seismic takes and how early it skips.
Needs `make judges judges-engines`.
"""

import os

os.environ["OMP_NUM_THREADS"] = os.environ["RAYON_NUM_THREADS"] = "1"

import importlib.util
import json
import sys
import time
from glob import glob

import numpy
import peer

# What the engines say for themselves while they index goes to standard error: standard output is the answers'.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
sys.stdout = answers

name, folder = sys.argv[2:4]
os.chdir(folder)


def queries(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line)["vector"] for line in file]


class PISA:
    """MaxScore over blocks of SIMD-BP128; CIFF is read by ciff-toolkit and written in PISA's own form."""

    def __init__(self):
        from ciff_toolkit.read import CiffReader

        place = next(
            path
            for folder in sys.path
            for path in glob(os.path.join(folder, "pyterrier_pisa", "_pisathon*.so"))
        )
        spec = importlib.util.spec_from_file_location("_pisathon", place)
        self.native = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.native)
        os.makedirs("pisa")
        with CiffReader("passages.ciff") as reader, open("pisa/inv.docs", "wb") as docs, \
                open("pisa/inv.freqs", "wb") as freqs, open("pisa/fwd.terms", "w", encoding="utf-8") as terms:
            numpy.array([1, reader.read_header().num_docs], numpy.uint32).tofile(docs)
            for postings in reader.read_postings_lists():
                gaps = numpy.array([posting.docid for posting in postings.postings], numpy.uint32)
                numpy.concatenate([[len(gaps)], numpy.cumsum(gaps)]).astype(numpy.uint32).tofile(docs)
                numpy.array([len(gaps)] + [posting.tf for posting in postings.postings], numpy.uint32).tofile(freqs)
                terms.write(postings.term + "\n")
            lengths = [record.doclength for record in reader.read_documents()]
        with open("pisa/fwd.documents", "w", encoding="utf-8") as documents:
            documents.writelines(f"{number}\n" for number in range(len(lengths)))
        numpy.array([len(lengths)] + lengths, numpy.uint32).tofile("pisa/inv.sizes")
        self.native.build_binlex("pisa/fwd.documents", "pisa/fwd.doclex")
        self.native.build_binlex("pisa/fwd.terms", "pisa/fwd.termlex")
        self.context = self.native.RetrievalContext()
        self.native.prepare_index(
            self.context, "pisa", "block_simdbp", "quantized", "", quantize=0, stop_fname="")
        self.queries = [
            {term: float(weight) for term, weight in query.items()} for query in queries("queries.jsonl")
        ]

    def search(self, asked, depth):
        size = len(asked) * depth
        numbers, ranks = numpy.zeros(size, numpy.int32), numpy.zeros(size, numpy.int32)
        passages, scores = numpy.empty(size, object), numpy.zeros(size, numpy.float32)
        count = self.native.retrieve(
            self.context, "maxscore", list(enumerate(asked)), k=depth, threads=1, query_weighted=1,
            pretokenised=True, result_qidxs=numbers, result_docnos=passages, result_ranks=ranks, result_scores=scores)
        found = [[] for _ in asked]
        for place in range(count):
            found[numbers[place]].append(passages[place])
        return found


class BMP:
    def __init__(self):
        import bmp

        bmp.ciff2bmp(ciff_file="small.ciff", output="small.bmp", bsize=8, compress_range=False)
        self.searcher = bmp.Searcher("small.bmp")
        self.queries = [
            {term: float(weight) for term, weight in query.items()} for query in queries("small-queries.jsonl")
        ]
        self.names = numbering("small.ciff")

    def search(self, asked, depth):
        return [
            [self.names[passage] for passage in self.searcher.search(query, k=depth, alpha=1.0, beta=1.0)[0]]
            for query in asked
        ]


class Seismic:
    def __init__(self):
        import seismic

        self.index = seismic.SeismicIndex.build(
            "passages.jsonl", n_postings=6000, centroid_fraction=0.1, min_cluster_size=2, summary_energy=0.4,
            load_content=False, num_threads=1)
        text = seismic.get_seismic_string()
        self.queries = [
            (numpy.array(list(query), dtype=text), numpy.array(list(query.values()), dtype=numpy.float32))
            for query in queries("floats.jsonl")
        ]
        with open("passages.jsonl", encoding="utf-8") as file:
            self.names = {json.loads(line)["id"]: number for number, line in enumerate(file)}
        self.cut = int(os.environ.get("SEISMIC_CUT", "1000"))
        self.heap = float(os.environ.get("SEISMIC_HEAP", "1.0"))

    def search(self, asked, depth):
        return [
            [
                self.names[passage]
                for _, _, passage in self.index.search(
                    query_id="", query_components=terms, query_values=weights, k=depth, query_cut=self.cut,
                    heap_factor=self.heap)
            ]
            for terms, weights in asked
        ]


def numbering(ciff):
    from ciff_toolkit.read import CiffReader

    with CiffReader(ciff) as reader:
        reader.read_header()
        for _ in reader.read_postings_lists():
            pass
        return {record.collection_docid: number for number, record in enumerate(reader.read_documents())}


engine = {"pisa": PISA, "bmp": BMP, "seismic": Seismic}[name]()


def run(line):
    if line.startswith("each "):
        _, depth, path = line.split(" ", 2)
        with open(path, "w", encoding="ascii") as file:
            for query in engine.queries:
                start = time.process_time()
                engine.search([query], int(depth))
                print(time.process_time() - start, file=file)
        return
    depth, *path = line.split(" ", 1)
    found = engine.search(engine.queries, int(depth))
    if path:
        with open(path[0], "w", encoding="ascii") as file:
            for passages in found:
                print(*passages, file=file)


peer.serve(run)
