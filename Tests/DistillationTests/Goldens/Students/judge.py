"""What transformers and sentence-transformers make of students: judge.py < request.json > answer.json

A request has "checks" and "work". Work is done first:
  {"do": "smaller", "from": FOLDER, "to": FOLDER}   a model on the same vocabulary, with one layer of half the width
  {"do": "train", "from": FOLDER, "to": FOLDER}     sentence-transformers loads it, takes three steps, and saves it
  {"do": "save", "from": FOLDER, "to": FOLDER}      sentence-transformers loads it and saves it as it is
A check is {"by": "transformers" | "encode" | "query" | "document", "folder":, "texts": [...], "vectors": [{piece: weight}]}:
the answer has for each the greatest difference of a weight, and the version of sentence-transformers.
"""

import json
import os
import shutil
import sys

import torch
from sentence_transformers import SparseEncoder, __version__
from transformers import AutoModelForMaskedLM, AutoTokenizer, BertConfig, BertForMaskedLM


def load(folder):
    code = os.path.exists(os.path.join(folder, "parlance_student.py"))
    return SparseEncoder(folder, device="cpu", local_files_only=True, trust_remote_code=code)


def tokens_at_most(folder):
    with open(os.path.join(folder, "sentence_bert_config.json"), encoding="utf-8") as file:
        return json.load(file)["max_seq_length"]


def smaller(source, target):
    torch.manual_seed(1)
    config = BertConfig.from_pretrained(source)
    config.num_hidden_layers = 1
    config.hidden_size //= 2
    config.intermediate_size //= 2
    model = BertForMaskedLM(config)
    for parameter in model.parameters():
        parameter.data.mul_(15)
    # Few logits are above zero, as in a trained model.
    model.cls.predictions.bias.data -= 1
    model.save_pretrained(target)
    for file in ("tokenizer.json", "tokenizer_config.json", "vocab.txt"):
        if os.path.exists(os.path.join(source, file)):
            shutil.copy(os.path.join(source, file), target)


def train(source, target):
    model = load(source)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    model.train()
    for _ in range(3):
        features = (getattr(model, "preprocess", None) or model.tokenize)(["undo the last commit", "a branch"])
        loss = (model(features)["sentence_embedding"] - 0.5).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.save_pretrained(target)


@torch.no_grad()
def by_transformers(folder, texts):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForMaskedLM.from_pretrained(folder).eval()
    rows = []
    for text in texts:
        features = tokenizer(text, truncation=True, max_length=tokens_at_most(folder), return_tensors="pt")
        rows.append(torch.log1p(torch.relu(model(**features).logits[0])).amax(0))
    return torch.stack(rows), tokenizer


def by_sentence_transformers(folder, texts, how):
    model = load(folder)
    encode = {"encode": model.encode, "query": model.encode_query, "document": model.encode_document}[how]
    return encode(texts, batch_size=3).to_dense(), model.tokenizer


def difference(check):
    how = check["by"]
    if how == "transformers":
        rows, tokenizer = by_transformers(check["folder"], check["texts"])
    else:
        rows, tokenizer = by_sentence_transformers(check["folder"], check["texts"], how)
    wanted = torch.zeros_like(rows)
    pieces = tokenizer.get_vocab()
    for row, vector in enumerate(check["vectors"]):
        for piece, weight in vector.items():
            wanted[row, pieces[piece]] = weight
    assert len(check["vectors"]) == len(check["texts"]) and wanted.count_nonzero() > 0
    return float((rows - wanted).abs().max())


request = json.load(sys.stdin)
for work in request["work"]:
    if work["do"] == "smaller":
        smaller(work["from"], work["to"])
    elif work["do"] == "train":
        train(work["from"], work["to"])
    else:
        load(work["from"]).save_pretrained(work["to"])
json.dump({"version": __version__, "differences": [difference(check) for check in request["checks"]]}, sys.stdout)
