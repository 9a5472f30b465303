"""Loads checkpoint folders with sentence-transformers and compares their vectors: FOLDER expected.json, repeated."""

import json
import sys

from sentence_transformers import SparseEncoder

for folder, path in zip(sys.argv[1::2], sys.argv[2::2]):
    with open(path, encoding="utf-8") as file:
        expected = json.load(file)
    model = SparseEncoder(folder, device="cpu", local_files_only=True)
    for side, encode in (("documents", model.encode_document), ("queries", model.encode_query)):
        rows = encode(expected["texts"], batch_size=1, convert_to_tensor=True).to_dense()
        for row, wanted in zip(rows, expected[side]):
            terms = row.nonzero().flatten().tolist()
            assert terms == wanted["terms"], (folder, side, terms, wanted["terms"])
            # What was expected was written on another processor, whose kernels round otherwise.
            distance = max(abs(float(row[t]) - w) / max(1, w) for t, w in zip(terms, wanted["weights"]))
            assert distance < 5e-6, (folder, side, distance)
