"""The usual stack as a service: FastAPI, sentence-transformers' SparseEncoder, splade-index on numba.

Run by uvicorn, whose workers are its processes. The environment names what is served: STACK_MODEL, STACK_PASSAGES (JSONL),
STACK_VECTORS (their vectors, an .npz of scipy, so that nothing is encoded anew), STACK_THREADS of torch a process, and
STACK_BATCH: 0 encodes each request by itself in FastAPI's threads, N gathers up to N requests that wait while the model works.
"""

import asyncio
import json
import os
import warnings

threads = os.environ["STACK_THREADS"]
os.environ["OMP_NUM_THREADS"] = os.environ["NUMBA_NUM_THREADS"] = threads
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["HF_HUB_OFFLINE"] = "1"

import concurrent.futures
import contextlib

import fastapi
import numpy
import pydantic
import scipy.sparse
import sentence_transformers
import splade_index
import torch

warnings.filterwarnings("ignore", category=UserWarning)
torch.set_num_threads(int(threads))
limit = int(os.environ["STACK_BATCH"])
encoder = sentence_transformers.SparseEncoder(os.environ["STACK_MODEL"], device="cpu")
encoder.max_seq_length = 256
with open(os.environ["STACK_PASSAGES"], encoding="utf-8") as file:
    passages = [json.loads(line) for line in file]
columns = scipy.sparse.load_npz(os.environ["STACK_VECTORS"]).tocsc()


class Encoded:
    """The encoder, which has encoded the passages already."""

    tokenizer = type("Tokenizer", (), {"get_vocab": staticmethod(dict)})()

    def encode_document(self, documents, **_):
        compressed = torch.sparse_csc_tensor(
            torch.from_numpy(columns.indptr.astype(numpy.int64)), torch.from_numpy(columns.indices.astype(numpy.int64)),
            torch.from_numpy(columns.data), columns.shape)
        return type("Columns", (), {"to_sparse_csc": lambda _: compressed})()

    def encode_query(self, texts, **arguments):
        return encoder.encode_query(texts, **arguments)


index = splade_index.SPLADE(backend="numba")
index.index(Encoded(), [""] * len(passages), show_progress=False)


class Question(pydantic.BaseModel):
    query: str
    k: int = 10


def search(texts, k):
    results = index.retrieve(texts, k=k, return_as="tuple", show_progress=False)
    return [
        {"passages": [{"id": passages[d]["_id"], "score": float(s), "title": passages[d].get("title", ""), "text": passages[d]["text"]}
                      for d, s in zip(row, values)]}
        for row, values in zip(results.doc_ids, results.scores)
    ]


search(["warm up"] * 2, 10)
waiting = asyncio.Queue()
worker = concurrent.futures.ThreadPoolExecutor(1)


async def gather():
    loop = asyncio.get_running_loop()
    while True:
        batch = [await waiting.get()]
        while len(batch) < limit and not waiting.empty():
            batch.append(waiting.get_nowait())
        answers = await loop.run_in_executor(worker, search, [text for text, _, _ in batch], max(k for _, k, _ in batch))
        for (_, k, future), answer in zip(batch, answers):
            if not future.done():
                future.set_result({"passages": answer["passages"][:k]})


@contextlib.asynccontextmanager
async def lifespan(_):
    task = asyncio.create_task(gather()) if limit else None
    yield
    if task:
        task.cancel()


app = fastapi.FastAPI(lifespan=lifespan)


@app.get("/healthz")
def health():
    return {"status": "ok"}


if limit:

    @app.post("/search")
    async def answer(question: Question):
        future = asyncio.get_running_loop().create_future()
        await waiting.put((question.query, question.k, future))
        return await future

else:

    @app.post("/search")
    def answer(question: Question):
        return search([question.query], question.k)[0]
