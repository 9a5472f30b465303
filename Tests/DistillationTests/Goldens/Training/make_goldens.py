"""What PyTorch's autograd and AdamW make of a small SPLADE model: the goldens of DistillationTests/Training.

Run with the judges' Python (torch, transformers):  python make_goldens.py [CASE...], all cases without a name
Each case is written in plain PyTorch from the formulas: scores of dense vectors, softmax, sums. For each it writes the loss by
part and the norm of all gradients for 20 steps (cases.json), and every parameter's gradient at the first step and its numbers
after 20 (NAME.safetensors). After steps 1 and 2 a parameter is told by its sum and the sum of its squares.
"""

import json
import math
import os
import random
import sys

import torch
from safetensors.torch import save_file
from transformers import AutoModelForMaskedLM

HERE = os.path.dirname(os.path.abspath(__file__))
MODEL = os.path.join(HERE, "../../../CheckpointsTests/Goldens/bert-old-names")
V, BATCH, STEPS, PASSAGES = 103, 4, 20, 40
START, COLUMN = 0.7, 7  # of a gate, and where it is read off the conversation: no token of `batches` is the column

CASES = {
    "kld-contrastive": dict(contrastive=0.2, temperature=0.5, kld_temperature=2.0, l1=0.02),
    "margin-mse-flops": dict(margin_mse=0.3, kld=1.0, flops=0.05, anti_zero=True, decay=0.1),
    "residual-scalar": dict(contrastive=0.1, temperature=1.0, l1=0.01, gate="scalar", gate_rate=0.05),
    "passages-shared": dict(contrastive=0.1, temperature=1.0, l1=0.01, passage_flops=0.05, rate=2e-3, passages="shared"),
    "passages-separate": dict(contrastive=0.1, temperature=1.0, flops=0.02, passage_flops=0.02, anti_zero=True,
                              rate=2e-3, passages="separate"),
    "residual-term": dict(margin_mse=1.0, kld=0.0, pairs="all", flops=0.02, gate="term", gate_rate=0.05),
    "residual-conversation": dict(contrastive=0.1, temperature=1.0, l1=0.01, gate="conversation"),
    # Each objective by itself, and its settings.
    "kld-alone": dict(kld_temperature=2.0, squared=True, positive_weight=3.0),
    "kld-corrected": dict(corrected=True, ramp=8, l1=0.05),
    "margin-mse-alone": dict(margin_mse=1.0, kld=0.0),
    "contrastive-alone": dict(contrastive=1.0, temperature=0.5, own_negatives=True),
    "soft-positives": dict(contrastive=0.3, temperature=1.0, margin_mse=0.2, positives=2),
    # Toward a teacher's vector, for which the frozen one stands in here.
    "term-mse": dict(term_mse=0.05, contrastive=0.1, temperature=1.0),
    # Each regulariser that the others leave out.
    "l0-flops": dict(l0_flops=0.05, threshold=35, depth_growth=0.3),
    "df-flops": dict(df_flops=0.05, alpha=0.4, beta=3.0, keep=0.9, ramp=8),
    "depth-l1": dict(l1=0.02, depth_growth=0.3),
}


def passages():
    generator = random.Random(5)
    rows = []
    for _ in range(PASSAGES):
        terms = sorted(generator.sample(range(V), 12))
        rows.append({"terms": terms, "weights": [round(generator.uniform(0.1, 2), 3) for _ in terms]})
    return rows


def batches():
    """For each step four queries with their tokens, sampled passages, teacher's scores, and a frozen vector."""
    generator = random.Random(6)
    steps = []
    for _ in range(STEPS):
        batch = []
        for _ in range(BATCH):
            chosen = generator.sample(range(PASSAGES), 6)
            terms = sorted(generator.sample(range(V), 5))
            batch.append({
                "tokens": [5] + [generator.randrange(14, V) for _ in range(generator.randint(2, 14))] + [6],
                "passages": chosen,
                "scores": [round(generator.uniform(0, 6), 3) for _ in chosen],
                "frozen": {"terms": terms, "weights": [round(generator.uniform(0.1, 2), 3) for _ in terms]},
            })
        steps.append(batch)
    return steps


def counts():
    """For each step and query the logarithm of how often each of its passages is expected in a sample."""
    generator = random.Random(8)
    return [[[round(generator.uniform(-3, 0), 3) for _ in range(6)] for _ in range(BATCH)] for _ in range(STEPS)]


def turn(step, query):
    return 1 + (step + query) % 5


def passage_tokens():
    generator = random.Random(7)
    return [[5] + [generator.randrange(14, V) for _ in range(generator.randint(2, 18))] + [6] for _ in range(PASSAGES)]


def dense(row):
    vector = torch.zeros(V)
    vector[row["terms"]] = torch.tensor(row["weights"])
    return vector


def encode(model, tokens):
    logits = model(input_ids=torch.tensor([tokens])).logits[0]
    return torch.log1p(torch.relu(logits)).max(0).values


def queries(model, batch, gate):
    own_BV = torch.stack([encode(model, query["tokens"]) for query in batch])
    if gate is None:
        return own_BV
    frozen_BV = torch.stack([dense(query["frozen"]) for query in batch])
    if gate == "conversation":
        words_V = torch.ones(V)
        words_V[COLUMN] = 0
        return (own_BV + own_BV[:, COLUMN : COLUMN + 1] * frozen_BV) * words_V
    return own_BV + gate.exp() * frozen_BV


def losses(case, q_BV, batch, p_PV, step, running):
    """p_PV has a row for each passage; those that are not of the batch are not looked at."""
    parts = {}
    tau, w, positives = case.get("kld_temperature", 1.0), case.get("contrastive", 0.0), case.get("positives", 1)
    scores = [q_BV[i] @ p_PV[query["passages"]].T for i, query in enumerate(batch)]
    teacher = [torch.tensor(query["scores"]) for query in batch]
    distillation = 0.0
    if case.get("kld", 1.0) > 0:
        kld = 0.0
        for s, t, query in zip(scores, teacher, batch):
            expected = torch.tensor(query["counts"]) if case.get("corrected") else 0.0
            target = torch.softmax(t / tau - expected, 0)
            emphasis = torch.ones_like(target)
            emphasis[:positives] = case.get("positive_weight", 1.0)
            target = target * emphasis / (target * emphasis).sum()
            kld = kld + (target * (target.log() - torch.log_softmax(s / tau - expected, 0))).sum() / len(batch)
        if case.get("squared"):
            kld = kld * tau ** 2
        parts["kld"] = kld
        distillation = distillation + case.get("kld", 1.0) * kld
    if case.get("margin_mse", 0) > 0:
        error = 0.0
        for s, t in zip(scores, teacher):
            e = s - t
            difference = (e[:, None] - e[None, :]) ** 2
            pairs = (difference[:positives, positives:] if case.get("pairs") != "all"
                     else difference[torch.triu(torch.ones(6, 6), 1) > 0])
            error = error + pairs.mean() / len(batch)
        parts["margin_mse"] = error
        distillation = distillation + case["margin_mse"] * error
    if "term_mse" in case:
        teacher_BV = torch.stack([dense(query["frozen"]) for query in batch])
        parts["term_mse"] = ((q_BV - teacher_BV) ** 2).sum(1).mean()
        distillation = distillation + case["term_mse"] * parts["term_mse"]
    total = (1 - w) * distillation
    if w > 0:
        contrast = 0.0
        for i, query in enumerate(batch):
            known = query["passages"][:positives]
            others = [query] if case.get("own_negatives") else batch
            negatives = [p for other in others for p in other["passages"][positives:] if p not in known]
            for positive in known:
                logits = (q_BV[i] @ p_PV[[positive] + negatives].T) / case["temperature"]
                contrast = contrast - torch.log_softmax(logits, 0)[0] / len(batch) / positives
        parts["contrastive"] = contrast
        total = total + w * contrast
    ramp = min(1.0, (step / (case.get("ramp", 0) + 1)) ** 2)
    growth_B = torch.tensor([1 + case.get("depth_growth", 0.0) * (query["turn"] - 1) for query in batch])
    grown_BV = q_BV * growth_B.sqrt()[:, None]
    if "l1" in case:
        parts["query_l1"] = (q_BV.abs().sum(1) * growth_B).mean()
        total = total + ramp * case["l1"] * parts["query_l1"]
    if "flops" in case:
        parts["query_flops"] = (grown_BV.abs().mean(0) ** 2).sum()
        total = total + ramp * case["flops"] * parts["query_flops"]
    if "l0_flops" in case:
        dense_B = (q_BV > 0).sum(1) > case["threshold"]
        parts["query_l0_flops"] = ((grown_BV * dense_B[:, None]).mean(0) ** 2).sum()
        total = total + ramp * case["l0_flops"] * parts["query_l0_flops"]
    if "df_flops" in case:
        running["sums"] = case["keep"] * running["sums"] + (1 - case["keep"]) * (q_BV > 0).double().mean(0)
        running["whole"] = case["keep"] * running["whole"] + (1 - case["keep"])
        share_V = running["sums"] / running["whole"]
        bent_V = (share_V ** (math.log(2) / math.log(case["alpha"])) - 1).clamp(min=0)
        weight_V = (1 / (1 + bent_V ** case["beta"])).float()
        parts["query_df_flops"] = ((weight_V * grown_BV.mean(0)) ** 2).sum()
        total = total + ramp * case["df_flops"] * parts["query_df_flops"]
    if case.get("anti_zero"):
        parts["anti_zero_queries"] = 1 / q_BV.sum() ** 2
        total = total + parts["anti_zero_queries"]
    if "passages" in case:
        distinct = sorted({passage for query in batch for passage in query["passages"]})
        own_DV = p_PV[distinct]
        parts["passage_flops"] = (own_DV.abs().mean(0) ** 2).sum()
        total = total + case["passage_flops"] * parts["passage_flops"]
        if case.get("anti_zero"):
            parts["anti_zero_passages"] = 1 / own_DV.sum() ** 2
            total = total + parts["anti_zero_passages"]
    parts["loss"] = total
    return parts


def summary(parameters):
    return {name: [p.detach().double().sum().item(), (p.detach().double() ** 2).sum().item()] for name, p in parameters}


def load():
    return AutoModelForMaskedLM.from_pretrained(MODEL, dtype=torch.float32).eval()


def run(name, case, steps, p_PV, tokens):
    torch.manual_seed(0)
    model = load()
    # Pooler-free names, the tied decoder once.
    parameters = list(model.named_parameters())
    passage_encoder = load() if case.get("passages") == "separate" else model
    if passage_encoder is not model:
        parameters += [("passages " + key, p) for key, p in passage_encoder.named_parameters()]
    gate = None
    groups = [{"params": [p for _, p in parameters], "lr": case.get("rate", 1e-2), "weight_decay": case.get("decay", 0.0)}]
    if case.get("gate") == "conversation":
        gate = "conversation"
        with torch.no_grad():
            model.bert.embeddings.word_embeddings.weight[COLUMN] = 0
            model.cls.predictions.bias[COLUMN] = math.expm1(START)
    elif "gate" in case:
        gate = torch.full((1 if case["gate"] == "scalar" else V,), math.log(START), requires_grad=True)
        groups.append({"params": [gate], "lr": case["gate_rate"], "weight_decay": 0.0})
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.999), eps=1e-8)
    golden = {"settings": case, "steps": [], "after": {}}
    running = {"sums": torch.zeros(V, dtype=torch.float64), "whole": 0.0}
    tensors = {}
    for number, batch in enumerate(steps, 1):
        if "passages" in case:
            p_PV = torch.stack([encode(passage_encoder, row) for row in tokens])
        parts = losses(case, queries(model, batch, gate), batch, p_PV, number, running)
        optimizer.zero_grad()
        parts["loss"].backward()
        if number == 1:
            for key, parameter in parameters:
                # A parameter that the loss does not reach has no gradient in PyTorch.
                tensors["gradient " + key] = (
                    torch.zeros_like(parameter) if parameter.grad is None else parameter.grad.clone())
            if isinstance(gate, torch.Tensor):
                tensors["gradient gate"] = gate.grad.clone()
        norm = torch.nn.utils.clip_grad_norm_([p for _, p in parameters], 1.0)
        optimizer.step()
        golden["steps"].append({"parts": {k: v.item() for k, v in parts.items()}, "norm": norm.item()})
        if number in (1, 2):
            golden["after"][str(number)] = summary(parameters)
    for key, parameter in parameters:
        tensors["weights " + key] = parameter.detach().clone()
    if isinstance(gate, torch.Tensor):
        tensors["weights gate"] = gate.detach().clone()
    save_file({k: v.contiguous() for k, v in tensors.items()}, os.path.join(HERE, name + ".safetensors"))
    return golden


def main():
    rows, steps, tokens = passages(), batches(), passage_tokens()
    for step, (batch, expected) in enumerate(zip(steps, counts())):
        for place, query in enumerate(batch):
            query["turn"], query["counts"] = turn(step, place), expected[place]
    p_PV = torch.stack([dense(row) for row in rows])
    path, chosen, before = os.path.join(HERE, "cases.json"), sys.argv[1:] or list(CASES), {}
    if sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            before = json.load(file)["cases"]
    made = {name: run(name, CASES[name], steps, p_PV, tokens) for name in chosen}
    cases = {name: made.get(name) or before[name] for name in CASES}
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"passages": rows, "passage_tokens": tokens, "batches": steps, "cases": cases}, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
