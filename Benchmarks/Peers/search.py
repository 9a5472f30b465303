"""splade-index on numba, one thread: search.py TEXTS PASSAGES.npz QUERIES.npz

A line is k, or k and a file that gets the documents that were found, a line a query; or `each`, k and a file that gets the
processor seconds of each query, searched by itself. Needs
Scripts/setup/peers.sh.
"""

import os

os.environ["NUMBA_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

import sys
import time
import warnings

import numpy
import peer
import scipy.sparse
import torch
from splade_index import SPLADE

torch.set_num_threads(1)
warnings.filterwarnings("ignore", category=UserWarning)
passages = scipy.sparse.load_npz(sys.argv[2]).tocsc()
rows = scipy.sparse.load_npz(sys.argv[3]).tocsr()


class Encoded:
    """A model that has encoded everything already."""

    tokenizer = type("Tokenizer", (), {"get_vocab": staticmethod(dict)})()
    queries = [
        torch.sparse_coo_tensor(
            torch.from_numpy(row.indices.astype(numpy.int64))[None], torch.from_numpy(row.data), (rows.shape[1],)
        ).coalesce()
        for row in (rows[number] for number in range(rows.shape[0]))
    ]

    def encode_document(self, documents, **_):
        # What is asked for is a tensor that can be made compressed columns; it is that already.
        columns = torch.sparse_csc_tensor(
            torch.from_numpy(passages.indptr.astype(numpy.int64)),
            torch.from_numpy(passages.indices.astype(numpy.int64)),
            torch.from_numpy(passages.data),
            passages.shape,
        )
        return type("Columns", (), {"to_sparse_csc": lambda _: columns})()

    first = 0

    def encode_query(self, texts, **_):
        return self.queries[self.first : self.first + len(texts)]


encoded = Encoded()
index = SPLADE(backend="numba")
index.index(encoded, [""] * passages.shape[0], show_progress=False)


def each(depth, path):
    with open(path, "w", encoding="ascii") as file:
        encoded.first = 0
        index.retrieve([""], k=int(depth), return_as="doc_ids", show_progress=False)
        for encoded.first in range(rows.shape[0]):
            start = time.thread_time()
            index.retrieve([""], k=int(depth), return_as="doc_ids", show_progress=False)
            print(time.thread_time() - start, file=file)
    encoded.first = 0


def run(line):
    if line.startswith("each "):
        return each(*line.split(" ", 2)[1:])
    depth, *path = line.split(" ", 1)
    found = index.retrieve([""] * rows.shape[0], k=int(depth), return_as="doc_ids", show_progress=False)
    if path:
        numpy.savetxt(path[0], found, fmt="%d")


peer.serve(run)
