"""Writes the goldens beside it with the judge: a small vocabulary, cases in full, and digests over all scalars.

    .deps/judges/bin/python Tests/WordPieceTests/Goldens/make_goldens.py

`tokenizer.json` holds a vocabulary made for the tests: letters, signs and marks of many scripts, alone and as continuations,
and some English words and endings. `cases.jsonl` has a case a line, `scalars.txt` the digests of `judge.py scalars`.
"""

import json
import os
import random

import judge

HERE = os.path.dirname(__file__)
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = """the of and to in is was for that it with as on be at by this had not are but from or have an they which one you
were her all she there would their we him been has when who will more no if out so said what up its about into than them can only
other new some could time these two may then do first any my now such like our over man me even most made after also did many
before must through back years where much your way well down should because each just those people how too little state good very make
world still own see men work long get here between both life being under never day same another know while last might us great old year off
come since against go came right used take three Paris Berlin Tower Eiffel built search passage question conversation un able believ ing ed er s
ly tion ness ment iz al est re pre token piece word sch war fier haus straße naïve café résumé Zürich москва Москва ελλάδα ΕΛΛΆΔΑ 東京 北京 서울""".split()
RANGES = [
    (0x21, 0x7F), (0xA1, 0x180), (0x300, 0x345), (0x370, 0x3CF), (0x400, 0x460), (0x5D0, 0x5EB), (0x5B0, 0x5C0), (0x621, 0x655),
    (0x905, 0x940), (0xE01, 0xE4F), (0x1100, 0x1113), (0x1161, 0x1176), (0x11A8, 0x11C3), (0x1E00, 0x1E20), (0x1F00, 0x1F10),
    (0x2010, 0x2030), (0x20A0, 0x20B0), (0x2100, 0x2110), (0x3001, 0x3020), (0x3041, 0x3060), (0x30A1, 0x30C0), (0x4E00, 0x4E40),
    (0xAC00, 0xAC10), (0x1F600, 0x1F610),
]


def vocabulary():
    pieces = list(SPECIAL)
    pieces += [chr(c) for start, end in RANGES for c in range(start, end)]
    pieces += WORDS + [w.capitalize() for w in WORDS] + [w.upper() for w in WORDS]
    pieces += ["##" + p for p in pieces[len(SPECIAL) :]]
    pieces += [chr(c) for c in (0x200D, 0xFE0F, 0x1D165, 0x302E, 0xAD, 0x85, 0x2028)]
    return {piece: index for index, piece in enumerate(dict.fromkeys(pieces))}


def tokenizer_json():
    vocab = vocabulary()
    special = lambda token, type_id: {"SpecialToken": {"id": token, "type_id": type_id}}
    sequence = lambda name, type_id: {"Sequence": {"id": name, "type_id": type_id}}
    flags = dict(single_word=False, lstrip=False, rstrip=False, normalized=False, special=True)
    added = [{"id": vocab[t], "content": t, **flags} for t in SPECIAL]
    added[4]["lstrip"] = True
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": {
            "type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None,
            "lowercase": True,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [special("[CLS]", 0), sequence("A", 0), special("[SEP]", 0)],
            "pair": [special("[CLS]", 0), sequence("A", 0), special("[SEP]", 0), sequence("B", 1), special("[SEP]", 1)],
            "special_tokens": {t: {"id": t, "ids": [vocab[t]], "tokens": [t]} for t in ("[CLS]", "[SEP]")},
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {
            "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
            "vocab": vocab,
        },
    }


# Texts with a reason to be here.
CHOSEN = [
    "", " ", "\t\n\r", "a", "The Eiffel Tower was built in Paris.", "unbelievable tokenization", "unbelievablezzq☃",
    "[CLS] a [SEP] b [MASK]", "[sep] [Mask] [MASK]", "a  [MASK]  b", "[MASK][MASK]", "x[SEP]y", "[[SEP]]", "[SEP", "SEP]", "[PAD][UNK]",
    "café", "cafe\u0301", "e\u0301\u0323", "e\u0323\u0301", "\u0301", "\u0301a", "\u0344", "a\u0345\u0344", "\u0345\u0344", "\u0344\u0345",
    "é\u0323", "\u1ec7\u0334", "\u0958", "\u302e\u3099", "a\u302e\u0301\u302a", "\U0001d15e", "\U0001d15e\u0334", "\U0001d165\U0001d16d\u0301",
    "İstanbul", "I\u0307", "ΑΣ", "ΟΔΥΣΣΕΥΣ", "ΑΣ ΑΣ.", "straße STRASSE ẞ", "ǅ ǆ Ǆ", "ﬁ ﬀ", "Ωhm Å", "K elvin", "\u2126\u212b\u212a",
    "서울", "\u1109\u1165\u110b\u116e\u11af", "각\u11a8", "가\u0301", "東京タワー", "北京abc上海", "日本語のテキスト。", "㐀𠀀𪜀", "\uf900\ufa30",
    "👨‍👩‍👧‍👦", "🏳️‍🌈", "❤️", "☃️", "🇫🇷", "👍🏽", "😀😁", "a👍b", "\u200b", "a\u200bb", "a\u00adb", "a\u200db", "\ufeffa", "a\ufffdb", "a\0b", "\0", "\x01\x02",
    "a\x7fb", "a\x85b", "a\xa0b", "a\u2028b\u2029c", "a\u3000b", "a\x0bb\x0cc", "a\x1cb\x1fc", "\x01\u0344a", "\u0300[SEP]\u0344", "a [SEP]\u0344b",
    "don't stop-it... (now)", "$5.00 + 10% = £4", "^_`{|}~", "“quotes” ‘single’ «guillemets»", "e.g. i.e. U.S.A.", "http://example.org/a?b=c&d=e#f",
    "##ing", "# # ing", "a##b", "zażółć gęślą jaźń", "Ελλάδα", "Москва", "שָׁלוֹם", "السَّلَامُ", "नमस्ते", "ภาษาไทย", "Tiếng Việt",
    "a" * 100, "a" * 101, "é" * 100, "é" * 101, "e\u0301" * 100, "e\u0301" * 101, "字" * 120, "a" * 99 + "\u200b" + "b", "\u0301" * 150,
    "x" + "".join(chr(0x300 + i * 7 % 0x45) for i in range(60)) + "y", "w" * 100 + "." + "w" * 101, "\U000e0041\U0010ffff", "\ud7a3\ud7ff",
]


def random_text(draw, vocab):
    pieces = [p.removeprefix("##") for p in vocab]
    out = []
    for _ in range(draw.randrange(1, 14)):
        kind = draw.randrange(12)
        if kind < 4:
            out.append(draw.choice(pieces) + draw.choice(["", "", draw.choice(pieces)]))
        elif kind < 6:
            start, end = draw.choice(RANGES)
            out.append("".join(chr(draw.randrange(start, end)) for _ in range(draw.randrange(1, 5))))
        elif kind == 6:
            out.append(draw.choice("aeiouAEIOUдгक") + "".join(chr(draw.randrange(0x300, 0x370)) for _ in range(draw.randrange(1, 6))))
        elif kind == 7:
            out.append(draw.choice(SPECIAL + ["[sep]", "[Mask]", "[[MASK]", "[SEP", "[CLS]]"]))
        elif kind == 8:
            out.append(chr(draw.choice([draw.randrange(0x20), 0x7F, 0x85, 0xAD, 0x200B, 0x200D, 0x2028, 0x3000, 0xFE0F, 0xFEFF, 0xFFFD])))
        elif kind == 9:
            scalar = draw.randrange(0x110000)
            out.append(chr(scalar if not 0xD800 <= scalar < 0xE000 else 0x2603))
        elif kind == 10:
            out.append("".join(draw.choice(pieces) for _ in range(draw.randrange(1, 30))))
        else:
            out.append(draw.choice(["👨‍👩‍👧", "❤️", "🏳️‍🌈", "각", "한국어", "漢字", "Ǆ", "İ", "ẞ"]))
        out.append(draw.choice(["", " ", " ", " ", "  ", ".", ", ", "\n"]))
    return "".join(out)


def cases(vocab):
    draw = random.Random(20250623)
    for settings in judge.SETTINGS:
        for text in CHOSEN:
            yield settings, {"text": text}
        for _ in range(240):
            yield settings, {"text": random_text(draw, vocab)}
    for number in range(120):
        text, pair = random_text(draw, vocab), random_text(draw, vocab)
        for strategy in ("longest_first", "only_first", "only_second"):
            for side in ("right", "left"):
                yield "uncased", {
                    "text": text, "pair": pair, "length": draw.randrange(3, 40), "strategy": strategy, "side": side,
                }
    text = random_text(draw, vocab) + CHOSEN[4] * 2
    for length in range(2, 40):
        for side in ("right", "left"):
            yield "uncased", {"text": text, "length": length, "strategy": "longest_first", "side": side}


def main():
    declared = tokenizer_json()
    path = os.path.join(HERE, "tokenizer.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(declared, file, ensure_ascii=True, indent=None, separators=(",", ":"))
    tokenizers = {settings: judge.load(path, settings) for settings in judge.SETTINGS}
    with open(os.path.join(HERE, "cases.jsonl"), "w", encoding="utf-8") as file:
        for settings, record in cases(declared["model"]["vocab"]):
            (encoding,) = judge.encode(tokenizers[settings], [record])
            line = {"settings": settings, **record, "numbers": judge.numbers(encoding)}
            file.write(json.dumps(line, separators=(",", ":")) + "\n")
    with open(os.path.join(HERE, "scalars.txt"), "w", encoding="utf-8") as file:
        for settings, tokenizer in tokenizers.items():
            for index, digest in enumerate(judge.scalar_digests(tokenizer)):
                file.write(f"{settings} {index * 4096:06x} {digest[:16]}\n")


if __name__ == "__main__":
    main()
