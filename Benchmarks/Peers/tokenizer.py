"""Hugging Face's Rust tokenizer on one thread: tokenizer.py TEXTS MODEL"""

import sys

import peer
from tokenizers import Tokenizer

tokenizer = Tokenizer.from_file(sys.argv[2] + "/tokenizer.json")
tokenizer.no_truncation()
tokenizer.no_padding()
texts = peer.texts()
peer.serve(lambda _: tokenizer.encode_batch_fast(texts))
