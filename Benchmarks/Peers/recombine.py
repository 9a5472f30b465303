"""A larger collection out of a smaller one: recombine.py VECTORS.npz PASSAGES.jsonl COUNT OUT

VECTORS.npz is what `parlance vectors export --to npz` writes. OUT gets passages.npz and passages.jsonl: the passages
themselves, then mixtures of two of them each, by a fixed seed. A mixture takes each term of either with probability one
half, so that terms are as frequent and passages as long as they were; its text is the beginning of the first one's.
"""

import json
import os
import sys

import numpy

vectors, passages, count, out = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
os.makedirs(out, exist_ok=True)
source = numpy.load(vectors)
pointers, terms, weights = source["indptr"], source["indices"], source["data"]
width = int(source["shape"][1])
there = len(pointers) - 1
chance = numpy.random.default_rng(1)
parts_terms, parts_weights, lengths, parents = [terms], [weights], [numpy.diff(pointers)], []


def of(rows):
    """The places of the rows' postings, and which row each is of."""
    sizes = numpy.diff(pointers)[rows]
    ends = numpy.cumsum(sizes)
    owners = numpy.repeat(numpy.arange(len(rows)), sizes)
    return numpy.arange(ends[-1]) - numpy.repeat(ends - sizes, sizes) + numpy.repeat(pointers[rows], sizes), owners


made = there
while made < count:
    size = min(50_000, count - made)
    pairs = chance.integers(0, there, (2, size))
    parents.append(pairs[0])
    places, owners = (numpy.concatenate(both) for both in zip(of(pairs[0]), of(pairs[1])))
    taken = chance.random(len(places)) < 0.5
    places, owners = places[taken], owners[taken]
    # In the order of the terms; of a term that both have, one.
    keys, first = numpy.unique(owners.astype(numpy.int64) * width + terms[places], return_index=True)
    parts_terms.append((keys % width).astype(terms.dtype))
    parts_weights.append(weights[places[first]])
    lengths.append(numpy.bincount(keys // width, minlength=size))
    made += size
    print(f"{made} of {count}", file=sys.stderr, flush=True)

ids = list(source["ids"][:count]) + [f"mixture-{number}" for number in range(there, count)]
numpy.savez(
    os.path.join(out, "passages.npz"), indices=numpy.concatenate(parts_terms), data=numpy.concatenate(parts_weights),
    indptr=numpy.concatenate([[0], numpy.cumsum(numpy.concatenate(lengths))]).astype(numpy.int64),
    shape=numpy.array([made, width]), ids=numpy.array(ids), **{name: source[name] for name in ("format", "pieces", "parlance")})
with open(passages, encoding="utf-8") as file:
    texts = [json.loads(line) for line in file]
with open(os.path.join(out, "passages.jsonl"), "w", encoding="utf-8") as file:
    for passage in texts:
        print(json.dumps(passage, ensure_ascii=False), file=file)
    for number, parent in zip(range(there, count), numpy.concatenate(parents) if parents else []):
        print(json.dumps({"_id": f"mixture-{number}", "text": texts[parent]["text"][:300]}, ensure_ascii=False), file=file)
