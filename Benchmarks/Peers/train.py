"""The training step that the reference does, in PyTorch: train.py QUERIES MODEL PASSAGES MODE CHUNK

QUERIES and PASSAGES hold texts of 256 tokens, one JSON string a line. A line on standard input is a number of steps;
one step has 10 queries, each with 1 + 16 passages. MODE is

  reference   every passage is encoded by the frozen encoder in each step, CHUNK passages at a time
  cached      the passages' vectors are dense rows that were encoded before
"""

import os
import sys

import peer
import torch
from transformers import AutoModelForMaskedLM, AutoTokenizer

QUERIES, LIST = 10, 17
tokenizer = AutoTokenizer.from_pretrained(sys.argv[2])
student = AutoModelForMaskedLM.from_pretrained(sys.argv[2], dtype=torch.float32).train().to(peer.DEVICE)
frozen = AutoModelForMaskedLM.from_pretrained(sys.argv[2], dtype=torch.float32).eval().to(peer.DEVICE)
optimizer = torch.optim.AdamW(student.parameters(), lr=2e-5)


def tokens(texts):
    return tokenizer(texts, max_length=256, truncation=True, padding=True, return_tensors="pt").to(peer.DEVICE)


def encode(model, batch):
    logits = model(**batch).logits
    weights = torch.log1p(torch.relu(logits)) * batch["attention_mask"].unsqueeze(-1)
    return weights.max(1).values


queries = tokens(peer.texts(sys.argv[1])[:QUERIES])
passages = tokens(peer.texts(sys.argv[3])[: QUERIES * LIST])


def part(batch, start, stop):
    return {key: value[start:stop] for key, value in batch.items()}


@torch.no_grad()
def encode_passages(chunk):
    count = len(passages["input_ids"])
    return torch.cat([encode(frozen, part(passages, i, i + chunk)) for i in range(0, count, chunk)])


mode, chunk = sys.argv[4], int(sys.argv[5])
cached = encode_passages(8) if mode == "cached" else None
teacher = torch.softmax(torch.rand(QUERIES, LIST, generator=torch.Generator().manual_seed(1)) * 8, 1).to(peer.DEVICE)


def step():
    with torch.autocast(peer.DEVICE.split(":")[0], torch.bfloat16, enabled=os.environ.get("PRECISION") == "bfloat16"):
        loss = forward()
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(student.parameters(), 1.0)
    optimizer.step()


def forward():
    rows = encode_passages(chunk) if cached is None else cached
    q = encode(student, queries)
    scores = torch.bmm(rows.view(QUERIES, LIST, -1), q.unsqueeze(2)).squeeze(2)
    return torch.nn.functional.kl_div(torch.log_softmax(scores, 1), teacher, reduction="batchmean")


def run(line):
    for _ in range(int(line)):
        step()


peer.serve(run, peer.finished)
