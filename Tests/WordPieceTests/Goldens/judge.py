"""What Hugging Face's tokenizers make of texts, as digests and in full.

    judge.py digests TOKENIZER.json SETTINGS RECORDS.jsonl CHUNK     one SHA-256 a chunk of CHUNK records
    judge.py show    TOKENIZER.json SETTINGS RECORDS.jsonl FROM TO   records FROM ..< TO in full, one JSON a line
    judge.py scalars TOKENIZER.json SETTINGS                         one SHA-256 for each 4,096 Unicode scalars

A record is {"text", "pair"?, "length"?, "strategy"?, "side"?}. SETTINGS names one of the normalisers below, or is `as-is`, or is `transformers`, whose BertTokenizerFast
then reads the folder that stands in place of TOKENIZER.json.
A digest is over little-endian 32-bit numbers: for each record the number of tokens, ids, type ids, and offsets.
"""

import hashlib
import json
import sys
from itertools import groupby

import numpy
from tokenizers import Tokenizer

# clean_text, handle_chinese_chars, strip_accents, lowercase
SETTINGS = {
    "uncased": (True, True, None, True),
    "cased": (True, True, None, False),
    "uncased-accents": (True, True, False, True),
    "cased-stripped": (True, True, True, False),
    "raw": (False, False, False, False),
}


def load(path, settings):
    if settings == "transformers":
        from transformers import BertTokenizerFast

        tokenizer = BertTokenizerFast.from_pretrained(path)._tokenizer
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer
    with open(path, encoding="utf-8") as file:
        declared = json.load(file)
    if settings != "as-is":
        clean, chinese, strip, lower = SETTINGS[settings]
        declared["normalizer"] = {
            "type": "BertNormalizer", "clean_text": clean, "handle_chinese_chars": chinese, "strip_accents": strip,
            "lowercase": lower,
        }
    tokenizer = Tokenizer.from_str(json.dumps(declared))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def encode(tokenizer, records):
    """Encodings in the order of the records; a truncation that is refused gives None."""
    key = lambda r: ("pair" in r, r.get("length"), r.get("strategy", "longest_first"), r.get("side", "right"))
    for (has_pair, length, strategy, side), group in groupby(records, key):
        if length is None:
            tokenizer.no_truncation()
        else:
            tokenizer.enable_truncation(length, strategy=strategy, direction=side)
        inputs = [(r["text"], r["pair"]) if has_pair else r["text"] for r in group]
        try:
            yield from tokenizer.encode_batch(inputs)
        except Exception:
            for each in inputs:
                try:
                    yield tokenizer.encode(*each) if has_pair else tokenizer.encode(each)
                except Exception:
                    yield None


def numbers(encoding):
    if encoding is None:
        return [-1]
    return [len(encoding.ids), *encoding.ids, *encoding.type_ids, *(n for pair in encoding.offsets for n in pair)]


def digest(encodings):
    flat = [n for encoding in encodings for n in numbers(encoding)]
    return hashlib.sha256(numpy.array(flat, dtype="<i4").tobytes()).hexdigest()


def scalar_text(scalar):
    """A scalar alone at the start, between letters, between marks of the highest and the lowest class, and at the end."""
    c = chr(scalar)
    return f"{c} a{c}b a\u0345{c}\u0334b {c}"


def scalar_digests(tokenizer):
    """The digest of a block is over its scalars' normalised texts and then over their encodings."""
    for start in range(0, 0x110000, 4096):
        texts = [scalar_text(c) for c in range(start, start + 4096) if not 0xD800 <= c < 0xE000]
        hasher = hashlib.sha256()
        for text in texts:
            hasher.update(tokenizer.normalizer.normalize_str(text).encode())
        flat = [n for encoding in tokenizer.encode_batch(texts) for n in numbers(encoding)]
        hasher.update(numpy.array(flat, dtype="<i4").tobytes())
        yield hasher.hexdigest()


def main():
    mode, path, settings, *rest = sys.argv[1:]
    tokenizer = load(path, settings)
    if mode == "scalars":
        for line in scalar_digests(tokenizer):
            print(line, flush=True)
        return
    with open(rest[0], encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    if mode == "digests":
        size = int(rest[1])
        for start in range(0, len(records), size):
            print(digest(encode(tokenizer, records[start : start + size])), flush=True)
    else:
        for encoding in encode(tokenizer, records[int(rest[1]) : int(rest[2])]):
            print(json.dumps(numbers(encoding)))


if __name__ == "__main__":
    main()
