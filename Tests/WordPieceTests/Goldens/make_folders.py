"""Writes folders.jsonl beside it: tokenizers in folders of many kinds, and the ids that transformers' AutoTokenizer gives there.

    .deps/judges/bin/python Tests/WordPieceTests/Goldens/make_folders.py     writes the file
    .deps/judges/bin/python Tests/WordPieceTests/Goldens/make_folders.py -   shows what it would write

The first line is {"tokenizer.json", "vocab.txt", "texts"}: what the folders have in common. Each further line is a folder: its
`name`, its `files`, and the `ids` of the texts. Where `files` has a tokenizer.json, it has the keys that differ from the common one,
those of objects laid over it one by one; `true` stands for the common file itself.
"""

import json
import os
import sys
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"

import transformers
from transformers import AutoTokenizer

HERE = os.path.dirname(os.path.abspath(__file__))
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
VOCABULARY = SPECIAL + (
    "cafe café Café Cafe x a b ##b ##ba 東 京 東京 [unused1] [unused2] ab new New NEW [ ] 1 ##1 ! unused the there ##re" " mask sep"
).split()
NEXT = len(VOCABULARY)
TEXTS = [
    "Café CAFE 東京 [unused1] [NEW1] [new1]!",
    "x [SEP] a[MASK]b [sep] abba there",
    "[unused2]x the\x07re cafe\u0301",
    "",
]


def token(content, **flags):
    return {
        "content": content, "lstrip": False, "normalized": False, "rstrip": False, "single_word": False, "special": True, **flags,
    }


PLAIN = {"normalized": True, "special": False}


def added(*more):
    """The added tokens of a tokenizer.json: the special ones, and others with their ids."""
    return [{"id": i, **token(t)} for i, t in enumerate(SPECIAL)] + [{"id": i, **t} for i, t in more]


def decoder(*more):
    return {str(i): token(t) for i, t in enumerate(SPECIAL)} | {str(i): t for i, t in more}


def template():
    special = lambda name, type_id: {"SpecialToken": {"id": name, "type_id": type_id}}
    sequence = lambda name, type_id: {"Sequence": {"id": name, "type_id": type_id}}
    return {
        "type": "TemplateProcessing",
        "single": [special("[CLS]", 0), sequence("A", 0), special("[SEP]", 0)],
        "pair": [special("[CLS]", 0), sequence("A", 0), special("[SEP]", 0), sequence("B", 1), special("[SEP]", 1)],
        "special_tokens": {t: {"id": t, "ids": [SPECIAL.index(t)], "tokens": [t]} for t in ("[CLS]", "[SEP]")},
    }


COMMON = {
    "version": "1.0",
    "truncation": None,
    "padding": None,
    "added_tokens": added(),
    "normalizer": {
        "type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True,
    },
    "pre_tokenizer": {"type": "BertPreTokenizer"},
    "post_processor": template(),
    "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
    "model": {
        "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
        "vocab": {piece: index for index, piece in enumerate(VOCABULARY)},
    },
}
BERT = {"model_type": "bert"}
CASED = {"normalizer": {"lowercase": False}}


def folders():
    """Names and files; a config.json and a tokenizer.json unless something else is said."""

    def folder(name, tokenizer=True, config=None, model=BERT, **more):
        files = {"tokenizer.json": tokenizer, "config.json": model, "tokenizer_config.json": config}
        files |= {key + ".json": value for key, value in more.items()}
        return name, {key: value for key, value in files.items() if value is not None}

    def of(name, **keys):
        return {"tokenizer_class": name, **keys}

    # Which class it is, and whose normaliser counts.
    for name in ["Bert", "DistilBert", "Electra", "MobileBert", "SqueezeBert", "LayoutLM", "PreTrained"]:
        for fast in ["", "Fast"]:
            yield folder(f"cased, {name}Tokenizer{fast}", CASED, of(f"{name}Tokenizer{fast}"))
    yield folder("cased, TokenizersBackend", CASED, of("TokenizersBackend"))
    for model in ["bert", "distilbert", "electra", "mobilebert", "none"]:
        yield folder(f"cased, no class, {model}", CASED, {}, {"model_type": model})
        yield folder(f"cased, no tokenizer_config.json, {model}", CASED, None, {"model_type": model})
    yield folder("cased, no config.json", CASED, {}, None)
    yield folder("cased, no config.json, BertTokenizer", CASED, of("BertTokenizer"), None)
    yield folder("cased, a config.json without a type", CASED, {}, {"architectures": ["BertForMaskedLM"]})
    yield folder("cased, a query side", CASED, {}, {"frozen": False})
    for name in ["BertTokenizer", "PreTrainedTokenizerFast"]:
        yield folder(f"cased, class in config.json, {name}", CASED, {}, {**BERT, "tokenizer_class": name})

    for name in ["BertTokenizer", "PreTrainedTokenizerFast"]:
        def case(what, tokenizer=True, config={}, **more):
            return folder(f"{name}, {what}", tokenizer, of(name, **config), **more)

        # The flags of the configuration against those of the file.
        yield case("cased, do_lower_case", CASED, {"do_lower_case": True})
        yield case("uncased, do_lower_case false", True, {"do_lower_case": False})
        yield case("uncased with accents", {"normalizer": {"strip_accents": False}})
        yield case("uncased with accents, strip_accents null", {"normalizer": {"strip_accents": False}}, {"strip_accents": None})
        yield case("strip_accents false", True, {"strip_accents": False})
        yield case("cased, strip_accents", CASED, {"strip_accents": True, "do_lower_case": False})
        yield case("ideographs in words", {"normalizer": {"handle_chinese_chars": False}})
        yield case("tokenize_chinese_chars false", True, {"tokenize_chinese_chars": False})
        yield case("control characters", {"normalizer": {"clean_text": False}})
        yield case("no normaliser", {"normalizer": None})
        # What else a file says.
        yield case("words of three characters", {"model": {"max_input_chars_per_word": 3}})
        yield case("another unknown token", {"model": {"unk_token": "[unused2]"}})
        yield case("no template", {"post_processor": None})
        yield case("cls_token", True, {"cls_token": "[unused1]"})
        yield case("unk_token", True, {"unk_token": "[unused1]"})
        yield case("mask_token in words", True, {"mask_token": "the"})
        yield case("a new mask_token", True, {"mask_token": "[NEW1]"})
        # Added tokens.
        yield case("the file adds one", {"added_tokens": added((NEXT, token("[NEW1]")))})
        yield case("the file adds none", {"added_tokens": []})
        yield case("the file adds none, sep_token", {"added_tokens": []}, {"sep_token": "[SEP]"})
        five = {"added_tokens_decoder": decoder()}
        yield case("a decoder without the file's", {"added_tokens": added((NEXT, token("[NEW1]")))}, five)
        yield case("a decoder", True, {"added_tokens_decoder": decoder((NEXT, token("[NEW1]")))})
        yield case("a decoder of another id", True, {"added_tokens_decoder": decoder((NEXT + 7, token("[NEW1]")))})
        yield case("a decoder of a known piece", True, {"added_tokens_decoder": decoder((NEXT + 7, token("[unused1]")))})
        yield case(
            "a decoder out of order", True,
            {"added_tokens_decoder": decoder((NEXT + 5, token("[new1]")), (NEXT + 1, token("[NEW1]")), (NEXT, token("[unused1]")))},
        )
        yield case("a decoder, normalised", True, {"added_tokens_decoder": decoder((NEXT, token("[NEW1]", **PLAIN)))})
        yield case("a decoder, single word", True, {"added_tokens_decoder": decoder((11, token("the", single_word=True)))})
        yield case(
            "a decoder that contradicts the file", {"added_tokens": added((NEXT, token("[NEW1]")))},
            {"added_tokens_decoder": decoder((NEXT, token("[NEW1]", **PLAIN)))},
        )
        yield case("added_tokens.json", True, {}, added_tokens={"[NEW1]": NEXT})
        yield case("added_tokens.json, special", True, {"additional_special_tokens": ["[NEW1]"]}, added_tokens={"[NEW1]": NEXT})
        yield case("added_tokens.json beside a decoder", True, five, added_tokens={"[NEW1]": NEXT})
        yield case("additional_special_tokens", True, {"additional_special_tokens": ["[unused1]", "[NEW1]"]})
        yield case("extra_special_tokens", True, {"extra_special_tokens": ["[unused1]", "[NEW1]"]})
        yield case("extra_special_tokens by name", True, {"extra_special_tokens": {"foo_token": "[unused1]", "bar": "[NEW1]"}})
        yield case(
            "extra and additional ones", True,
            {"extra_special_tokens": ["[unused1]"], "additional_special_tokens": ["[NEW1]"]},
        )
        yield case("a token of its own", True, {"foo_token": "[unused1]", "add_foo_token": True})
        yield case("a token of its own, an object", True, {"foo_token": {"__type": "AddedToken", **token("[unused1]")}})
        yield case("bos_token and eos_token", True, {"bos_token": "[unused1]", "eos_token": "[NEW1]"})
        yield case(
            "additional_special_tokens, an object", True,
            {"additional_special_tokens": [{"__type": "AddedToken", **token("[unused1]")}]},
        )
        mapped = {"additional_special_tokens": ["[unused1]"]}
        yield case("special_tokens_map.json", True, {}, special_tokens_map=mapped)
        yield case("special_tokens_map.json, none added", True, {"additional_special_tokens": []}, special_tokens_map=mapped)
        yield case(
            "special_tokens_map.json, another added", True, {"additional_special_tokens": ["[NEW1]"]}, special_tokens_map=mapped
        )
        yield case(
            "special_tokens_map.json, extra ones", True, {"additional_special_tokens": ["[NEW1]"]},
            special_tokens_map={"extra_special_tokens": ["[unused1]"]},
        )
        yield case("special_tokens_map.json beside a decoder", True, five, special_tokens_map=mapped)
        yield case("special_tokens_map.json, cls_token", True, {"cls_token": "[CLS]"}, special_tokens_map={"cls_token": "[unused1]"})
        yield case(
            "special_tokens_map.json, an object", True, {}, special_tokens_map={"cls_token": token("[unused1]", normalized=True)}
        )
        yield case("special_tokens_map.json, a token of its own", True, {}, special_tokens_map={"foo_token": "[unused1]"})
        yield case(
            "special_tokens_map.json and added_tokens.json", True, {}, special_tokens_map={"additional_special_tokens": ["[NEW1]"]},
            added_tokens={"[NEW1]": NEXT},
        )

    # vocab.txt alone.
    def plain(what, config=None, model=BERT, **more):
        return folder(f"vocab.txt, {what}", None, config, model, **more)

    yield plain("nothing else")
    yield plain("DistilBERT", None, {"model_type": "distilbert"})
    yield plain("cased", of("BertTokenizer", do_lower_case=False))
    yield plain("cased, strip_accents", of("ElectraTokenizerFast", do_lower_case=False, strip_accents=True))
    yield plain("a decoder", of("BertTokenizer", added_tokens_decoder=decoder((NEXT, token("[NEW1]")))))
    yield plain("added_tokens.json", of("BertTokenizer"), added_tokens={"[NEW1]": NEXT, "[MASK]": 4})
    yield plain("additional_special_tokens", of("DistilBertTokenizer", additional_special_tokens=["[unused1]"]))
    yield plain("special_tokens_map.json", of("BertTokenizer"), special_tokens_map={"additional_special_tokens": ["[unused1]"]})
    yield plain("special_tokens_map.json alone", None, special_tokens_map={"sep_token": "[unused1]", "cls_token": "[unused2]"})
    yield plain("cls_token", of("BertTokenizer", cls_token="[unused1]"))


def laid_over(common, other):
    if not isinstance(common, dict) or not isinstance(other, dict):
        return other
    return common | {key: laid_over(common.get(key), value) for key, value in other.items()}


def ids(files):
    with tempfile.TemporaryDirectory() as path:
        for name, value in files.items():
            if name == "tokenizer.json":
                value = COMMON if value is True else laid_over(COMMON, value)
            with open(os.path.join(path, name), "w", encoding="utf-8") as file:
                json.dump(value, file)
        if "tokenizer.json" not in files:
            with open(os.path.join(path, "vocab.txt"), "w", encoding="utf-8") as file:
                file.write("\n".join(VOCABULARY) + "\n")
        tokenizer = AutoTokenizer.from_pretrained(path)
        return [tokenizer(text)["input_ids"] for text in TEXTS]


def lines():
    yield {"tokenizer.json": COMMON, "vocab.txt": VOCABULARY, "texts": TEXTS}
    for name, files in folders():
        yield {"name": name, "files": files, "ids": ids(files)}


def main():
    transformers.logging.set_verbosity_error()
    output = sys.stdout if sys.argv[1:] == ["-"] else open(os.path.join(HERE, "folders.jsonl"), "w", encoding="utf-8")
    with output:
        for line in lines():
            output.write(json.dumps(line, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
