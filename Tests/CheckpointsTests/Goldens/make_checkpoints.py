"""Makes the small checkpoints beside this script: the layouts of published SPLADE models, with random weights.

Run with the judges' Python (torch, transformers, sentence-transformers):  python make_checkpoints.py
Each folder has `expected.json`: what sentence-transformers' SparseEncoder itself gives for a few texts.
"""

import json
import os
import shutil

import torch
from safetensors.torch import load_file, save_file
from sentence_transformers import SparseEncoder
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertTokenizerFast,
    DistilBertConfig,
    DistilBertForMaskedLM,
)

HERE = os.path.dirname(os.path.abspath(__file__))
TEXTS = [
    "how do i undo the last commit",
    "the branch is merged",
    "a tag names a commit, and a branch moves!",
    "",
    "unknown words: xyzzy 東京 naïve",
]
PIECES = list(dict.fromkeys(
    ["[PAD]"]
    + [f"[unused{i}]" for i in range(3)]
    + ["[UNK]", "[CLS]", "[SEP]", "[MASK]", "!", ",", ".", ":", "?", "-"]
    + list("abcdefghijklmnopqrstuvwxyz0123456789")
    + ["##" + c for c in "abcdefghijklmnopqrstuvwxyz0123456789"]
    + "the a is how do i undo last commit branch merged tag names and moves word ##s ##ing ##ed naive".split()
))


def write(path, value):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, indent=2)
        file.write("\n")


def tokenizer(folder, keep):
    os.makedirs(folder, exist_ok=True)
    vocabulary = os.path.join(folder, "vocab.txt")
    with open(vocabulary, "w", encoding="utf-8") as file:
        file.write("\n".join(PIECES) + "\n")
    made = BertTokenizerFast(vocab=vocabulary, do_lower_case=True, model_max_length=512)
    made.save_pretrained(folder)
    write(
        os.path.join(folder, "tokenizer_config.json"),
        {
            "cls_token": "[CLS]",
            "do_lower_case": True,
            "mask_token": "[MASK]",
            "model_max_length": 512,
            "pad_token": "[PAD]",
            "sep_token": "[SEP]",
            "strip_accents": None,
            "tokenize_chinese_chars": True,
            "tokenizer_class": "BertTokenizer",
            "unk_token": "[UNK]",
        },
    )
    if keep == "vocab.txt":
        os.remove(os.path.join(folder, "tokenizer.json"))
    if keep == "tokenizer.json":
        os.remove(vocabulary)


def noisy(model):
    """Random weights that make some logits positive and most negative, as trained models have them."""
    torch.manual_seed(7)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "LayerNorm" in name or "layer_norm" in name:
                parameter.add_(0.1 * torch.randn_like(parameter))
            elif parameter.dim() > 1:
                parameter.normal_(0, 0.3)
            else:
                parameter.normal_(-0.5 if "predictions" in name or "projector" in name else 0, 0.2)
    return model.eval()


def bert(**more):
    return noisy(
        BertForMaskedLM(
            BertConfig(
                vocab_size=len(PIECES), hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
                intermediate_size=32, max_position_embeddings=32, **more,
            )
        )
    )


def distilbert(**more):
    return noisy(
        DistilBertForMaskedLM(
            DistilBertConfig(
                vocab_size=len(PIECES), dim=16, n_layers=2, n_heads=2, hidden_dim=32, max_position_embeddings=32, **more
            )
        )
    )


def modules(folder, pooling="max", activation="relu", width=None, length=24):
    """sentence-transformers 5's layout, as the published models have it."""
    write(
        os.path.join(folder, "modules.json"),
        [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.sparse_encoder.models.MLMTransformer"},
            {
                "idx": 1, "name": "1", "path": "1_SpladePooling",
                "type": "sentence_transformers.sparse_encoder.models.SpladePooling",
            },
        ],
    )
    write(
        os.path.join(folder, "1_SpladePooling", "config.json"),
        {"pooling_strategy": pooling, "activation_function": activation, "word_embedding_dimension": width},
    )
    write(os.path.join(folder, "sentence_bert_config.json"), {"max_seq_length": length, "do_lower_case": False})
    sparse_config(folder)


def sparse_config(folder, prompts=None):
    write(
        os.path.join(folder, "config_sentence_transformers.json"),
        {
            "model_type": "SparseEncoder",
            "__version__": {"sentence_transformers": "5.0.0", "transformers": "4.50.3", "pytorch": "2.6.0"},
            "prompts": prompts or {"query": "", "document": ""},
            "default_prompt_name": None,
            "similarity_fn_name": "dot",
        },
    )


def rename(folder, change):
    path = os.path.join(folder, "model.safetensors")
    tensors = load_file(path)
    save_file({change(name): value.contiguous() for name, value in tensors.items()}, path, {"format": "pt"})


def sparse(rows):
    rows = rows.to_dense()
    result = []
    for row in rows:
        terms = row.nonzero().flatten()
        result.append({"terms": terms.tolist(), "weights": [float(w) for w in row[terms]]})
    return result


def expect(folder, judge=None):
    model = SparseEncoder(judge or folder, device="cpu")
    values = {
        "texts": TEXTS,
        "max_length": model.max_seq_length,
        "documents": sparse(model.encode_document(TEXTS, batch_size=1, convert_to_tensor=True)),
        "queries": sparse(model.encode_query(TEXTS, batch_size=1, convert_to_tensor=True)),
    }
    with open(os.path.join(folder, "expected.json"), "w", encoding="utf-8") as file:
        json.dump(values, file, ensure_ascii=False)
        file.write("\n")


def fresh(name):
    folder = os.path.join(HERE, name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    return folder


def readme(folder, licence):
    with open(os.path.join(folder, "README.md"), "w", encoding="utf-8") as file:
        file.write(f"---\nlanguage: en\nlicense: {licence}\ntags:\n- splade\n---\nRandom weights for tests.\n")


def main():
    # As naver's cocondenser models: BERT, old layer norm names, tied decoder left out, max and relu.
    folder = fresh("bert-old-names")
    bert().save_pretrained(folder)
    tokenizer(folder, keep="both")
    modules(folder, width=len(PIECES))
    readme(folder, "cc-by-nc-sa-4.0")
    rename(folder, lambda n: n.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"))
    expect(folder)

    # As opensearch-project's second generation: DistilBERT, vocab.txt only; here with sum pooling and a prompt.
    folder = fresh("distilbert-sum")
    distilbert().save_pretrained(folder)
    tokenizer(folder, keep="vocab.txt")
    modules(folder, pooling="sum")
    sparse_config(folder, {"query": "how ", "document": "the "})
    readme(folder, "apache-2.0")
    expect(folder)

    # As saved by sentence-transformers 6: newer module paths, `transformer_task`, half precision weights.
    folder = fresh("bert-saved-by-6")
    source = fresh("source")
    bert().half().save_pretrained(source)
    tokenizer(source, keep="tokenizer.json")
    SparseEncoder(source, device="cpu", model_kwargs={"dtype": torch.float16}).save_pretrained(folder)
    shutil.rmtree(source)
    readme(folder, "mit")
    write_float32(folder)

    # bfloat16, decoder stored and different from the embeddings, its bias under decoder.bias.
    folder = fresh("bert-untied-bf16")
    bert(tie_word_embeddings=False).to(torch.bfloat16).save_pretrained(folder)
    tokenizer(folder, keep="tokenizer.json")
    rename(folder, lambda n: n.replace("cls.predictions.bias", "cls.predictions.decoder.bias"))
    write_float32(folder)

    # Shards with an index; no modules.json at all.
    folder = fresh("bert-sharded")
    bert().save_pretrained(folder, max_shard_size="12KB")
    tokenizer(folder, keep="tokenizer.json")
    expect(folder)

    # As opensearch-project's inference-free models: a router, DistilBERT documents, token weights for queries.
    folder = fresh("router-inference-free")
    distilbert().save_pretrained(folder)
    tokenizer(folder, keep="both")
    modules(folder, activation="log1p_relu")
    shutil.rmtree(os.path.join(folder, "1_SpladePooling"))
    write(
        os.path.join(folder, "modules.json"),
        [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Router"}],
    )
    query = "query_0_SparseStaticEmbedding"
    write(
        os.path.join(folder, "router_config.json"),
        {
            "types": {
                query: "sentence_transformers.sparse_encoder.models.SparseStaticEmbedding.SparseStaticEmbedding",
                "": "sentence_transformers.sparse_encoder.models.MLMTransformer.MLMTransformer",
                "document_1_SpladePooling": "sentence_transformers.sparse_encoder.models.SpladePooling.SpladePooling",
            },
            "structure": {"query": [query], "document": ["", "document_1_SpladePooling"]},
            "parameters": {"default_route": "document", "allow_empty_key": True},
        },
    )
    write(
        os.path.join(folder, "document_1_SpladePooling", "config.json"),
        {"pooling_strategy": "max", "activation_function": "log1p_relu", "word_embedding_dimension": len(PIECES)},
    )
    tokenizer(os.path.join(folder, query), keep="both")
    write(os.path.join(folder, query, "config.json"), {"frozen": True})
    torch.manual_seed(3)
    weights = torch.rand(len(PIECES)) * 5
    weights[:8] = 0
    save_file({"weight": weights}, os.path.join(folder, query, "model.safetensors"), {"format": "pt"})
    readme(folder, "apache-2.0")
    expect(folder)


def write_float32(folder):
    """What the float32 model with these exact (rounded) weights gives, since we compute in float32."""
    wide = fresh("wide")
    shutil.copytree(folder, wide, dirs_exist_ok=True)
    path = os.path.join(wide, "model.safetensors")
    tensors = {name: value.float().contiguous() for name, value in load_file(path).items()}
    # transformers 5 wants the bias under both of its names.
    if "cls.predictions.decoder.bias" in tensors:
        tensors["cls.predictions.bias"] = tensors["cls.predictions.decoder.bias"].clone()
    save_file(tensors, path, {"format": "pt"})
    config = os.path.join(wide, "config.json")
    values = json.load(open(config))
    values["dtype"] = "float32"
    write(config, values)
    expect(folder, judge=wide)
    shutil.rmtree(wide)


if __name__ == "__main__":
    main()
