"""sentence-transformers' SparseEncoder on all cores: encode.py TEXTS MODEL, a line is a batch size"""

import sys

import peer
from sentence_transformers import SparseEncoder
from sentence_transformers.sparse_encoder import models

transformer = models.MLMTransformer(sys.argv[2])
transformer.max_seq_length = 256
encoder = SparseEncoder(modules=[transformer, models.SpladePooling()], device=peer.DEVICE)
texts = peer.texts()
# It sorts by length itself.
peer.serve(
    lambda batch: encoder.encode(texts, batch_size=int(batch or 32), show_progress_bar=False), peer.finished
)
