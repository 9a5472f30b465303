"""Writes Sources/WordPiece/Unicode/UnicodeTables+Data.swift: what the judge, the `tokenizers` package, does to each scalar.

The tables are observed, not taken from the Unicode database: the judge mixes versions of Unicode (its
decompositions are of version 9, its categories older, its lowercase newer), so only its behaviour is the truth.
Each property is read off by feeding the judge's own parts one scalar, or one scalar between known ones.

    .deps/judges/bin/python Scripts/unicode/make_tables.py

It takes about half a minute and rewrites the file in place; the result is the same on every run.
"""

import base64
import os

import tokenizers
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers

OUT = os.path.join(os.path.dirname(__file__), "../../Sources/WordPiece/Unicode/UnicodeTables+Data.swift")
BLOCK = 128  # scalars a block of the two-stage table
SCALARS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]

# Bits of a record; Sources/WordPiece/Unicode/ScalarRecord.swift names the same ones.
CLEANED_AWAY, CLEANED_TO_SPACE, CHINESE, NONSPACING, SPLITS_WORDS, PUNCTUATION, WORD_CHARACTER = (1 << i for i in range(7))

HANGUL = range(0xAC00, 0xAC00 + 11172)


def bert(**options):
    settings = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return normalizers.BertNormalizer(**(settings | options)).normalize_str


def hangul(c):
    index = c - 0xAC00
    parts = [0x1100 + index // 588, 0x1161 + index % 588 // 28]
    return parts + ([0x11A7 + index % 28] if index % 28 else [])


def combining_ranks(nfd, decomposed):
    """The judge's combining classes as ranks: 0 for a starter, else the position of its class in the judge's order.

    Two scalars swap under NFD exactly when the first has the higher class and the second is no starter. The
    anchors U+0334 and U+0345 are of the lowest and the highest class that exist.
    """
    low, high = "\u0334", "\u0345"
    swaps = lambda first, second: nfd(first + second) == second + first and first != second
    marks = [c for c in map(chr, SCALARS) if ord(c) not in decomposed and (swaps(c, low) or swaps(high, c))]
    classes = []  # one representative each, ascending
    members = {}
    for mark in marks:
        bottom, top = 0, len(classes)
        while bottom < top:
            middle = (bottom + top) // 2
            representative = classes[middle]
            if swaps(mark, representative):
                bottom = middle + 1
            elif swaps(representative, mark):
                top = middle
            else:
                break
        if bottom < top:
            members[classes[(bottom + top) // 2]].append(mark)
        else:
            classes.insert(bottom, mark)
            members[mark] = [mark]
    assert low in members[classes[0]] and high in members[classes[-1]]
    return {ord(m): rank + 1 for rank, c in enumerate(classes) for m in members[c]}


def word_characters():
    """Which scalars hold back a single-word token that touches them."""
    judge = Tokenizer(models.WordLevel({"u": 0, "x": 1}, unk_token="u"))
    judge.add_tokens([AddedToken("x", single_word=True, normalized=False)])
    found = {c for c in SCALARS if len(judge.encode(chr(c) + "x").ids) == 1 and c != ord("x")}
    after = {c for c in SCALARS if len(judge.encode("x" + chr(c)).ids) == 1 and c != ord("x")}
    assert found == after, "before and after differ"
    return found | {ord("x")}


def stripped_spaces():
    """Which scalars a token with lstrip or rstrip takes along."""
    judge = Tokenizer(models.WordLevel({"u": 0, "x": 1}, unk_token="u"))
    judge.add_tokens([AddedToken("x", lstrip=True, rstrip=True, normalized=False)])
    return {c for c in SCALARS if judge.encode(chr(c) + "x" + chr(c)).offsets == [(0, 3)]}


def varints(numbers):
    out = bytearray()
    for number in numbers:
        while number >= 128:
            out.append(number & 127 | 128)
            number >>= 7
        out.append(number)
    return bytes(out)


def runs(values):
    """(how often, value) pairs, flattened."""
    out = []
    for value in values:
        if out and out[-1] == value:
            out[-2] += 1
        else:
            out += [1, value]
    return out


def main():
    clean, chinese, strip = bert(clean_text=True), bert(handle_chinese_chars=True), bert(strip_accents=True)
    nfd, lower = normalizers.NFD().normalize_str, normalizers.Lowercase().normalize_str
    split = pre_tokenizers.BertPreTokenizer().pre_tokenize_str

    decomposed = {}
    for c in SCALARS:
        result = [ord(d) for d in nfd(chr(c))]
        if c in HANGUL:
            assert result == hangul(c), hex(c)
        elif result != [c]:
            decomposed[c] = result
    ranks = combining_ranks(nfd, decomposed.keys() | set(HANGUL))
    words = word_characters()
    spaces = stripped_spaces()

    pool, pool_index = [], {}

    def pooled(scalars):
        key = tuple(scalars)
        if key not in pool_index:
            pool_index[key] = len(pool)
            pool.extend(key)
        return pool_index[key]

    records, record_index, table = [], {}, [0] * 0x110000
    plain = (0, 0, 0, 0, 0, 0)
    records.append(plain)
    record_index[plain] = 0
    for c in SCALARS:
        s = chr(c)
        flags = 0
        cleaned = clean(s)
        assert cleaned in ("", " ", s), hex(c)
        flags |= CLEANED_AWAY if cleaned == "" else CLEANED_TO_SPACE if cleaned == " " else 0
        spaced = chinese(s)
        assert spaced in (s, f" {s} "), hex(c)
        flags |= CHINESE if spaced != s else 0
        if c not in decomposed and c not in HANGUL:
            kept = strip(s)
            assert kept in ("", s), hex(c)
            flags |= NONSPACING if kept == "" else 0
        pieces = [piece for piece, _ in split(f"a{s}a")]
        if pieces == ["a", "a"]:
            flags |= SPLITS_WORDS
        elif pieces == ["a", s, "a"]:
            flags |= PUNCTUATION
        else:
            assert pieces == [f"a{s}a"], hex(c)
        assert (c in spaces) == (flags & SPLITS_WORDS != 0), hex(c)
        flags |= WORD_CHARACTER if c in words else 0
        decomposition = decomposed.get(c, [])
        assert all(d not in decomposed for d in decomposition), hex(c)
        small = [ord(d) for d in lower(s)]
        small = [] if small == [c] else small
        record = (
            flags, ranks.get(c, 0), pooled(decomposition) if decomposition else 0, len(decomposition),
            pooled(small) if small else 0, len(small),
        )
        if record not in record_index:
            record_index[record] = len(records)
            records.append(record)
        table[c] = record_index[record]

    # A context that would break the per-scalar mapping: the final sigma.
    assert lower("\u0391\u03a3") == "\u03b1\u03c3" and lower("\u0391\u03a3 ") == "\u03b1\u03c3 "

    blocks, block_index, stage1 = [], {}, []
    for start in range(0, 0x110000, BLOCK):
        block = tuple(table[start : start + BLOCK])
        if block not in block_index:
            block_index[block] = len(blocks)
            blocks.append(block)
        stage1.append(block_index[block])
    stage2 = [value for block in blocks for value in block]
    assert len(blocks) < 65536 and len(records) < 65536 and len(pool) < 65536

    flat = [field for record in records for field in record]
    numbers = []
    for section in (runs(stage1), runs(stage2), flat, pool):
        numbers += [len(section)] + section
    text = base64.b64encode(varints(numbers)).decode()
    lines = "\n".join("    " + text[i : i + 112] for i in range(0, len(text), 112))
    with open(OUT, "w", encoding="utf-8") as out:
        out.write(f'''// Generated by Scripts/unicode/make_tables.py from the behaviour of tokenizers {tokenizers.__version__}: not to be edited.
// {len(records)} records, {len(blocks)} blocks of {BLOCK} scalars, {len(pool)} mapped scalars, {max(ranks.values())} combining classes.

extension UnicodeTables {{
  /// The four sections of the tables (first stage, second stage, records, mapped scalars), each its length and then
  /// its numbers, as variable-length integers in base64; the two stages are (how often, value) runs.
  static let packed = """
{lines}
    """
}}
''')
    print(f"{len(records)} records, {len(blocks)} blocks, {len(pool)} mapped scalars, {len(text)} characters")


if __name__ == "__main__":
    main()
