"""Loads written checkpoints and their originals with sentence-transformers and compares their vectors: FOLDER ORIGINAL, repeated.

Both run here, so that no other processor's rounding is between them; which terms there are the original's expected.json says.
"""

import json
import os
import sys

import torch
from sentence_transformers import SparseEncoder

for folder, path in zip(sys.argv[1::2], sys.argv[2::2]):
    with open(os.path.join(path, "expected.json"), encoding="utf-8") as file:
        expected = json.load(file)
    models = [
        SparseEncoder(name, device="cpu", local_files_only=True, model_kwargs={"dtype": torch.float32})
        for name in (folder, path)
    ]
    for side in ("documents", "queries"):
        rows, originals = (
            (model.encode_document if side == "documents" else model.encode_query)(
                expected["texts"], batch_size=1, convert_to_tensor=True
            ).to_dense()
            for model in models
        )
        for row, original, wanted in zip(rows, originals, expected[side]):
            terms = row.nonzero().flatten().tolist()
            assert terms == wanted["terms"], (folder, side, terms, wanted["terms"])
            distance = float((row - original).abs().max())
            assert distance < 1e-6, (folder, side, distance)
