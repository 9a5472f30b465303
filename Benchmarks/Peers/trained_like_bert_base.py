"""A checkpoint of BERT-base's shape whose logits are spread like those of a trained SPLADE model: trained_like_bert_base.py TINY FOLDER

No trained model of that shape has a licence for this project, and random weights give logits around one mean. What a trained
model has, and what the bound of the screened head depends on, is put in by hand, seeded: word vectors of unequal length; a
transform that lets a word's own vector through, so that each token has a few logits far above the rest (heavy tails); three
dimensions that outlie the others by eight times; a direction that all words share. Then two numbers are fitted on the messages of
Examples/conversations.jsonl: a factor, so that logits spread as those of TINY do, and one bias for all words, so that the same share
is positive. Both models' figures are printed."""

import json
import os
import shutil
import sys

import torch
from transformers import AutoModelForMaskedLM, AutoTokenizer, BertConfig, BertForMaskedLM


def sample(tokenizer):
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Examples", "conversations.jsonl")
    texts = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            texts += [message["content"] for message in json.loads(line)["messages"]]
    texts = sorted(set(texts), key=len)[-400::20]
    return [tokenizer(text, truncation=True, max_length=128, return_tensors="pt") for text in texts]


@torch.no_grad()
def logits(model, batch):
    return torch.cat([model(**text).logits[0] for text in batch])


def describe(name, values):
    mean, spread = values.mean().item(), values.std().item()
    tail = ((values - mean) / spread).pow(4).mean().item()
    positive = (values > 0).float().mean().item()
    print(
        f"{name}: logits {mean:.2f} on average, standard deviation {spread:.2f}, kurtosis {tail:.1f}, "
        f"{100 * positive:.4f} % positive, greatest {values.max().item():.1f}", file=sys.stderr)
    return spread, positive


torch.manual_seed(1)
tiny = AutoModelForMaskedLM.from_pretrained(sys.argv[1]).eval()
tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
batch = sample(tokenizer)
spread, positive = describe("TINY", logits(tiny, batch))

model = BertForMaskedLM(BertConfig()).eval()
with torch.no_grad():
    words = model.bert.embeddings.word_embeddings.weight
    words *= torch.exp(0.25 * torch.randn(words.shape[0], 1))
    shared = torch.randn(words.shape[1])
    words += 0.01 * shared
    transform = model.cls.predictions.transform
    transform.dense.weight.mul_(0.5).add_(torch.eye(words.shape[1]))
    outlying = torch.randperm(words.shape[1])[:3]
    transform.LayerNorm.weight[outlying] *= 8
    # The shared direction is where hidden states are not.
    transform.LayerNorm.bias -= 0.5 * shared
    values = logits(model, batch)
    factor = spread / values.std()
    transform.LayerNorm.weight *= factor
    transform.LayerNorm.bias *= factor
    values = logits(model, batch).flatten()
    count = max(1, round(positive * values.numel()))
    model.cls.predictions.bias -= values.topk(count).values[-1]
describe("made", logits(model, batch))
model.save_pretrained(sys.argv[2])
for name in ("tokenizer.json", "tokenizer_config.json"):
    shutil.copy(os.path.join(sys.argv[1], name), sys.argv[2])
